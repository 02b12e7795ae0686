#ifndef SPILLSCOPE_IMAGE_H
#define SPILLSCOPE_IMAGE_H
/*
 * A kernel image: ELF symbols and DWARF types, variables, functions and lines, as plain arrays. libdwarf is used by the reader of entries
 * only; the result is an index that is cached on disk by build-id. File names are relative to the source root where they lie below it, and to
 * the directory of the build where that was mapped away (a relative DW_AT_comp_dir).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/placement.h"
#include "spillscope/scope.h"

#define IMAGE_NONE UINT32_MAX
enum { IMAGE_OBJECT_NAME = 64 };

enum type_kind {
    TYPE_VOID,
    TYPE_INTEGER, /* signed or unsigned by `is_signed`; booleans and characters too */
    TYPE_FLOAT,
    TYPE_ENUM,    /* `enumerators` */
    TYPE_POINTER, /* `target` */
    TYPE_ARRAY,   /* `target` the element, `count` elements; 0 = flexible; a multi-dimensional array nests */
    TYPE_STRUCT,
    TYPE_UNION,
    TYPE_FUNCTION
};

struct type_member {
    const char *name; /* "" = anonymous */
    uint32_t type;
    uint64_t bit_offset; /* from the start of the record, little-endian bit numbering: byte = bit_offset / 8 */
    uint64_t bit_size;   /* bit-fields: the width; else 8 * size of the type */
    bool bit_field;
};
struct type_enumerator {
    const char *name;
    int64_t value;
};

/* Qualifiers and typedefs are looked through; a typedef of an untagged record gives it its name ("struct pair_t"). Declarations are resolved to the
 * definition. */
struct type {
    enum type_kind kind;
    const char *name; /* "struct task", "union u", "unsigned int", "enum state"; "" for pointers, arrays, functions */
    uint64_t size;    /* bytes */
    uint64_t count;
    uint32_t target;
    bool is_signed;
    bool is_char;     /* one-byte character type: shown as text */
    const char *file; /* of a record's definition */
    uint32_t line;
    const struct type_member *members;
    uint32_t member_count;
    const struct type_enumerator *enumerators;
    uint32_t enumerator_count;
};

/* A variable with static storage duration. */
struct variable {
    const char *name;
    const char *function; /* enclosing function of a static local, else "" */
    const char *file;     /* where it is defined */
    uint32_t line;
    uint32_t type;
    uint64_t address; /* linked address; per-CPU: offset in its section */
    bool external;    /* external linkage: its root is the bare name */
    bool thread_local_;
    const char *root; /* root of its state keys: NAME, FILE:NAME, FILE:FUNCTION:NAME */
};

struct address_range {
    uint64_t low;  /* first */
    uint64_t high; /* one past the last */
};

struct function {
    const char *name;
    const char *file;
    uint32_t line;
    bool external;
    uint64_t entry;                     /* address of the first instruction; 0 = only inlined */
    const struct address_range *ranges; /* .cold parts included */
    uint32_t range_count;
    const uint32_t *parameter_types;
    const char *const *parameter_names;
    uint32_t parameter_count;
    uint32_t result_type; /* IMAGE_NONE = void */
};

/* An inlined instance of a function. */
struct inlined {
    uint32_t function;     /* index of the abstract function */
    uint32_t depth;        /* 1 = inlined into an out-of-line function directly, 2 = into an inlined one ... */
    const char *call_file; /* place of the call that was replaced */
    uint32_t call_line;
    uint64_t entry; /* address where the instance is entered */
    const struct address_range *ranges;
    uint32_t range_count;
};

struct symbol { /* ELF symbol with an address, sorted by address */
    const char *name;
    uint64_t address;
    uint64_t size;
    bool is_function;
    bool is_object;
};

struct image {
    const char *path;
    const char *build_id; /* lower-case hex, "" = none */
    uint16_t machine;     /* e_machine */
    uint32_t pointer_size;
    const struct type *types;
    uint32_t type_count;
    const struct variable *variables; /* sorted by address */
    uint32_t variable_count;
    const struct function *functions; /* sorted by entry, then name */
    uint32_t function_count;
    const struct inlined *inlined; /* sorted by entry */
    uint32_t inlined_count;
    const struct symbol *symbols;
    uint32_t symbol_count;
    uint64_t slide;             /* what was added to all addresses that move with the kernel; they are linked ones while it is 0 */
    struct placement placement; /* of loadable objects, whose addresses in all of the above are home addresses */
};

/*
 * Reads ELF and DWARF. `source_root` (may be NULL) is cut off file names. `cache_directory` holds the index of each build-id; NULL is the user's,
 * $XDG_CACHE_HOME/spillscope or ~/.cache/spillscope, "" is none. An index that is damaged or older is made anew.
 * No DWARF, truncated files and the like: ERROR_FORMAT that names file and offset. DWARF is read in a child process, so that it cannot crash this
 * one.
 */
struct error *image_open(const char *path, const char *source_root, const char *cache_directory, struct image **out_image);
/*
 * The same with objects that the kernel may load at run time (modules, cells): object files with their debug information. Equal types of kernel and
 * objects are one, so that the result is one image; what belongs to objects has home addresses (placement.h). An object is called like its
 * file, without folder and suffix, '-' as '_'. Two of one name are ERROR_USAGE.
 */
struct error *image_open_with(const char *path, const char *const *objects, size_t object_count, const char *source_root, const char *cache_directory,
                              struct image **out_image);
/* The same, with the user's cache, where the objects' paths came as one text: each followed by a newline; NULL or "" = none. */
struct error *image_open_list(const char *path, const char *objects, const char *source_root, struct image **out_image);
void image_close(struct image *image); /* NULL is fine */
SCOPE_DEFINE(image, struct image *, image_close)

/*
 * The kernel runs `slide` bytes (modulo 2^64) from where it was linked: all addresses of the image and of the look-ups below are from now on those of
 * the running kernel. What lies below the text (per-CPU variables, which are offsets) stays. What was copied out of the image before is stale.
 */
void image_slide_to(struct image *image, uint64_t slide);
/*
 * Objects that were opened with it. Look-ups by address take addresses of the guest, wherever objects lie now, and home addresses alike; what they
 * give speaks of home addresses. Names are looked for in the kernel first.
 */
size_t image_object_count(const struct image *image);
const char *image_object_name(const struct image *image, size_t object);
const char *image_object_path(const struct image *image, size_t object);
const char *image_object_build_id(const struct image *image, size_t object); /* lower-case hex, "" = none */
static inline uint64_t image_home(const struct image *image, uint64_t running) {
    return placement_home(&image->placement, running);
}
static inline uint64_t image_running(const struct image *image, uint64_t home) {
    return placement_running(&image->placement, home);
}
/* The address that a database keeps of a running one: as linked, or home. */
static inline uint64_t image_linked(const struct image *image, uint64_t running) {
    uint64_t home = image_home(image, running);
    return placement_is_home(home) ? home : home - image->slide;
}

/* Address, bytes, and place in the file of the section .text; false when there is none. */
bool image_text(const struct image *image, uint64_t *out_address, uint64_t *out_size, uint64_t *out_offset);

/* Look-ups; NULL or IMAGE_NONE when there is none. `name` of a type as in struct type ("struct task"). */
uint32_t image_type_by_name(const struct image *image, const char *name);
const struct variable *image_variable_by_name(const struct image *image, const char *name); /* name or root */
const struct variable *image_variable_at(const struct image *image, uint64_t address);
const struct function *image_function_by_name(const struct image *image, const char *name);
const struct function *image_function_at(const struct image *image, uint64_t pc); /* by ranges */
const struct symbol *image_symbol_by_name(const struct image *image, const char *name);
const struct symbol *image_symbol_at(const struct image *image, uint64_t address);

/* Source place of a program counter, the innermost inlined one; false when unknown. The strings belong to the image. */
bool image_line_at(const struct image *image, uint64_t pc, const char **out_file, uint32_t *out_line, const char **out_function);

/* The source-level frames of a program counter, innermost first: inlined instances, then the function itself. `line` is the place within it. */
struct image_frame {
    const char *function;
    const char *file;
    uint32_t line;
};
size_t image_frames_at(const struct image *image, uint64_t pc, struct image_frame *frames, size_t capacity);

/* Bytes of an allocated section as linked, by the address of the running kernel (text, rodata, initial data); false when not in the file. */
bool image_bytes(const struct image *image, uint64_t address, void *buffer, size_t count);

/*
 * Leaves of a type: the scalars, pointers and bit-fields that an object of the type is made of. A visitor is called for each leaf that
 * overlaps the bytes [offset, offset + count) of one object; arrays fold to "[]" in `path`, and `instance` keeps the indices. Every
 * member of a union that overlaps is visited. An object larger than its type (a flexible or allocated array) is taken as an array
 * of the type, where `object_size` says so, or as its trailing flexible array.
 */
struct leaf {
    const char *path;     /* "" for a scalar object, ".q_perm.deleted", ".ids[].in_use" */
    const char *instance; /* ".ids[2].in_use" */
    uint32_t type;
    uint64_t bit_offset; /* within the object */
    uint64_t bit_size;
    bool in_union; /* lies in a union, itself or what it is part of: other leaves may take the same bits */
};
typedef bool leaf_visitor(void *context, const struct leaf *leaf); /* false stops */
void image_leaves(const struct image *image, uint32_t type, uint64_t object_size, uint64_t offset, uint64_t count, leaf_visitor *visitor,
                  void *context);

#endif
