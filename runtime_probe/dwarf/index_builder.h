#ifndef DWARF_INDEX_BUILDER_H
#define DWARF_INDEX_BUILDER_H
/*
 * Gathers the entries of all units into the arrays of an image: equal types of different units become one, declarations are resolved
 * to definitions, qualifiers and typedefs are looked through.
 *
 * Until image_index makes them real, pointers hold positions: a string its offset in `strings`, a sub-array the index of its
 * first element, so that the index can be written to a file as it is.
 */
#include "die.h"
#include "elf_file.h"
#include "spillscope/collection.h"
#include "spillscope/text.h"

struct index_builder {
    uint32_t pointer_size;
    struct strings strings;        /* number 0 is "" */
    struct vector types;           /* struct type; 0 = void */
    struct vector members;         /* struct type_member */
    struct vector enumerators;     /* struct type_enumerator */
    struct vector variables;       /* struct variable */
    struct vector functions;       /* struct function_draft until finished, then struct function */
    struct vector inlined;         /* struct inlined */
    struct vector ranges;          /* struct address_range */
    struct vector parameter_types; /* uint32_t */
    struct vector parameter_names; /* const char * */
    struct vector symbols;         /* struct symbol */
    struct vector lines;           /* struct line_row */
    struct strings descriptions;   /* what makes a type or an inlined function the same as another one; not part of the index */
    struct text description;       /* the one being made */
    struct map records;            /* number of a description -> type */
    struct map abstract;           /* number of a description -> function that is only inlined */
    struct vector forwards;        /* uint32_t: types that are only declared so far */
    struct vector orphans;         /* uint32_t: static locals whose function's entry has no name (index_builder.c says why) */
};

/* A function while its final place is not known. */
struct function_draft {
    struct function function;
    uint32_t draft; /* index before sorting */
};

/* A string's number as what a pointer holds until the index is attached. */
static inline const char *index_position(size_t value) {
    return (const char *)(uintptr_t)value;
}
static inline const char *index_builder_string(const struct index_builder *builder, uint32_t number) {
    return builder->strings.length ? strings_at(&builder->strings, number) : "";
}
/* The root of a variable's state keys: NAME, FILE:NAME or FILE:FUNCTION:NAME. */
const char *index_builder_root(struct index_builder *builder, bool external, uint32_t file, uint32_t function, uint32_t name);

void index_builder_init(struct index_builder *builder, uint32_t pointer_size);
void index_builder_deinit(struct index_builder *builder);
/* Rows of a sequence in order of address. A row that says what the one before it says is left out. */
void index_builder_line(struct index_builder *builder, uint64_t address, uint32_t file, uint32_t line, bool end);
/* `dies` in order of offset; their `result` fields are scratch space. */
void index_builder_unit(struct index_builder *builder, struct die *dies, uint32_t count, const struct address_range *ranges);
void index_builder_symbols(struct index_builder *builder, const struct elf_file *file);
/* Sorts and resolves; nothing may be added after. Out of memory is reported here for all calls before. */
struct error *index_builder_finish(struct index_builder *builder);

#endif
