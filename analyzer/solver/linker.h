#ifndef SOLVER_LINKER_H
#define SOLVER_LINKER_H
/* The state of program_link: program.c links objects, program_types.c types. */
#include "program.h"
#include "type_shape.h"

/* Work of linking; gone afterwards. */
struct linker {
    struct program *program;
    struct names strings; /* of keys */
    struct type_shapes shapes;
    struct map records;        /* layout shape -> program type */
    struct keys others;        /* structural key -> program type */
    uint32_t *tag_definitions; /* tag -> how many complete definitions */
    uint32_t *tag_incomplete;  /* tag -> type that stands for "one of several, or none", NONE */
    struct keys statics;       /* key -> program object */
    uint32_t literal;          /* the one object that stands for all string literals */
};

uint32_t string_number(struct linker *linker, const char *string); /* the same for the same string */

/* In this order: each unit's records, then the tags of all, each unit's other types and members, then what follows from all types. */
void link_records(struct linker *linker, uint32_t unit_index);
void link_tags(struct linker *linker);
void link_unit_types(struct linker *linker, uint32_t unit_index);
void link_type_relations(struct linker *linker);

#endif
