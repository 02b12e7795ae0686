#ifndef DWARF_DIE_H
#define DWARF_DIE_H
/*
 * A debugging information entry as plain data: what the reader hands to the index builder, so that only the reader knows libdwarf. Only entries that
 * an index needs are made. Source: DWARF 5, section 2 and 5.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/image.h"

#define DIE_NONE UINT32_MAX

enum die_tag { /* the tags that matter, under names of our own */
               DIE_UNIT,
               DIE_BASE,
               DIE_POINTER,
               DIE_ARRAY,
               DIE_SUBRANGE,
               DIE_STRUCT,
               DIE_UNION,
               DIE_MEMBER,
               DIE_ENUM,
               DIE_ENUMERATOR,
               DIE_TYPEDEF,
               DIE_QUALIFIER, /* const, volatile, restrict, atomic */
               DIE_SUBROUTINE_TYPE,
               DIE_UNSPECIFIED_TYPE,
               DIE_FUNCTION,
               DIE_PARAMETER,
               DIE_INLINED,
               DIE_VARIABLE,
               DIE_SCOPE /* lexical block: only so that what it holds finds its function */
};

enum die_flag {
    DIE_EXTERNAL = 1,
    DIE_DECLARATION = 2,
    DIE_INLINE = 4, /* abstract instance */
    DIE_HAS_SIZE = 8,
    DIE_HAS_BIT_SIZE = 16,
    DIE_OLD_BIT_OFFSET = 32, /* bit_offset counts from the most significant bit of a storage unit (DWARF 2 to 3) */
    DIE_HAS_DATA_BIT_OFFSET = 64,
    DIE_HAS_COUNT = 128,
    DIE_HAS_ADDRESS = 256,
    DIE_THREAD_LOCAL = 512,
    DIE_HAS_ENTRY = 1024
};

struct die {
    uint64_t offset;   /* in .debug_info */
    uint64_t type;     /* offset of DW_AT_type; 0 = none */
    uint64_t origin;   /* offset of DW_AT_abstract_origin or DW_AT_specification; 0 = none */
    uint64_t size;     /* DW_AT_byte_size */
    uint64_t location; /* member: byte offset; variable: address; function, inlined: entry */
    uint64_t count;    /* subrange: elements; enumerator: value; base: encoding */
    uint64_t bit_offset;
    uint32_t bit_size;
    uint32_t parent; /* index among the unit's entries, DIE_NONE for the unit */
    uint32_t name;   /* string number, 0 = "" */
    uint32_t file;   /* string number, 0 = "" */
    uint32_t line;
    uint32_t column;
    uint32_t call_file; /* inlined */
    uint32_t call_line;
    uint32_t ranges; /* index into the reader's ranges */
    uint32_t range_count;
    uint16_t tag;    /* enum die_tag */
    uint16_t flags;  /* enum die_flag */
    uint32_t result; /* the builder's: index + 1 of what it became; 0 = nothing yet */
    bool visiting;   /* the builder's: a type that leads to itself */
};

#define LINE_END UINT32_MAX
struct line_row { /* sorted by address */
    uint64_t address;
    uint32_t file; /* string number; LINE_END ends a sequence */
    uint32_t line;
};

struct index_builder;
struct elf_file;

/* Who decodes the entries: this part itself, which takes linked and uncompressed files only, or libdwarf. */
enum die_decoder { DIE_PLAIN, DIE_LIBRARY };
/* The faster one that takes the file. */
enum die_decoder die_decoder_of(const struct elf_file *file);

/*
 * Reads all units of the file and hands them to the builder one by one. `source_root` is cut off file names (NULL cuts nothing), and so is
 * the directory that a unit was compiled in where it is relative: a reproducible build mapped the true one away.
 */
struct error *die_reader_run(struct elf_file *file, const char *source_root, enum die_decoder decoder, struct index_builder *builder);

#endif
