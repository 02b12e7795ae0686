#ifndef SOLVER_PROGRAM_H
#define SOLVER_PROGRAM_H
/*
 * The linked program: all units' types, objects and functions, each once. The facts of the units stay in memory below it; the program
 * says for each unit which of its own indices means which program index. All ids follow the order of units (sorted by path), so
 * they are the same whatever order the units came in.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "arena.h"
#include "map.h"
#include "spillscope/facts.h"

#define NONE UINT32_MAX

struct asm_effect;

struct member {
    const char *name; /* "" = anonymous */
    uint32_t type;
    uint64_t bit_offset; /* from the record's start */
    uint64_t bit_size;
    bool bit_field;
};

struct type {
    enum facts_type_kind kind;
    const char *name; /* as facts_type.name */
    const char *root; /* record: root of state keys of heap objects: "struct task", "FILE:struct task" where the tag is shared */
    uint32_t target;  /* pointer, array, function result */
    uint64_t size;    /* bytes; 0 = incomplete */
    uint64_t count;   /* array elements; 0 = flexible or unknown */
    bool is_union;
    bool is_variadic;
    bool is_incomplete;           /* record with no definition anywhere, or whose tag has several */
    bool is_link;                 /* record made only of pointers to its own type (and words): a list or tree node */
    const struct member *members; /* record; function: parameters */
    uint32_t member_count;
    uint32_t file; /* record: where it is defined; index of program.files, NONE */
    uint32_t line;
};

/* A place in a source file: file indexes program.files. */
struct place {
    uint32_t file;
    uint32_t line;
    uint32_t column;
};

/* A variable, string literal or function of the program. Locals are templates: each clone of their function has its own. */
struct object {
    enum facts_object_kind kind;
    const char *name;
    const char *function; /* enclosing function of a static local or local, "" */
    const char *root;     /* root of its state keys */
    uint32_t type;
    uint32_t flags; /* FACTS_DEFINED ... */
    const char *section;
    const char *annotations;
    struct place place;
    uint32_t function_index; /* FACTS_CODE that is defined: index of program.functions, else NONE */
    uint32_t local_index;    /* FACTS_LOCAL: its number among its function's locals */
    uint32_t also;           /* FACTS_CODE: another definition of the name, which may be the one that runs; NONE */
    bool address_taken;      /* FACTS_CODE: used other than as the callee of a direct call */
};

struct initialiser {
    uint32_t object;
    uint64_t offset;
    uint32_t target;
    int64_t target_offset; /* FACTS_OFFSET_UNKNOWN */
};

struct function {
    const char *name;
    uint32_t object;
    uint32_t unit;
    const struct facts_function *facts;
    struct place place;
    bool internal;    /* static */
    bool alternative; /* `also` of some definition */
    uint32_t *locals; /* template objects */
    uint32_t local_count;
    uint32_t direct_callers; /* direct calls of it in the program */
};

/* Where a name lies: in a program object, behind its beginning where assembly names a part of one. */
struct placement {
    uint32_t object; /* NONE */
    int64_t offset;  /* FACTS_OFFSET_UNKNOWN */
};

struct unit {
    const struct facts_unit *facts;
    const char *path;  /* relative to the source root */
    uint32_t *types;   /* unit index -> program index */
    uint32_t *objects; /* NONE: a local of a function that another unit's equal copy stands for */
    int64_t *offsets;  /* of `objects`, as in struct placement; NULL = each is 0 */
    uint32_t *files;
};

/* A record type that holds another one: `outer` has it at byte `offset` (arrays folded to element 0). */
struct embedding {
    uint32_t outer;
    uint64_t offset;
};
typedef VECTOR(struct embedding) embedding_list;

struct program {
    struct arena *arena;
    const char *source_root; /* absolute, without a slash at the end; "" = none */
    uint32_t pointer_size;
    struct names files; /* paths relative to source_root where they lie below it */
    struct unit *units;
    uint32_t unit_count;
    VECTOR(struct type) types;
    VECTOR(struct object) objects;
    VECTOR(struct function) functions;
    VECTOR(struct initialiser) initialisers;
    struct names tags;   /* of records */
    uint32_t *tag_first; /* tag -> first complete definition, NONE */
    struct names global_names;
    struct placement *global_of_name;
    embedding_list *direct_outer; /* type -> records that hold it directly */
    embedding_list **all_outer;   /* type -> all records that hold it at any depth; made on demand */
    struct map asm_effect_of;     /* address of an assembly instruction -> index of asm_effects; made on demand */
    VECTOR(const struct asm_effect *) asm_effects;
};

/*
 * Links units, which must be sorted by main_file and must outlive the program. `source_root` NULL = the common directory of the units.
 */
void program_link(struct arena *arena, const struct facts_unit *const *units, uint32_t count, const char *source_root, struct program *out_program);

/* Object of external linkage with this name, NONE when there is none; and where in it the name lies. */
uint32_t program_find_global(const struct program *program, const char *name);
struct placement program_place_global(const struct program *program, const char *name);

/* Where a unit's object lies. */
struct placement program_place(const struct unit *unit, uint32_t object);

/* A place so many bytes behind another one; FACTS_OFFSET_UNKNOWN where either is. */
int64_t placement_offset(int64_t offset, int64_t more);

/* The defined function that an instruction of `caller` calls by name; NONE for indirect calls and for what is only declared. */
uint32_t program_called_function(const struct program *program, const struct function *caller, const struct facts_instruction *instruction);

const char *program_file(const struct program *program, uint32_t file);

#endif
