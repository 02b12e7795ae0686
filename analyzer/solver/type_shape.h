#ifndef SOLVER_TYPE_SHAPE_H
#define SOLVER_TYPE_SHAPE_H
/*
 * When are two units' types the same? Types get numbers by hash consing: a key of words that has the numbers of the parts in it, compared in full
 * (keys_add). What a pointer points to counts by kind and name, what lies inside by its layout, records also by the place of their definition.
 */
#include "program.h"

struct type_shapes {
    const struct program *program;
    struct names strings;
    struct keys shapes;
    uint32_t **pointed; /* unit -> its types' shapes from behind a pointer, NONE = not yet */
    uint32_t **layouts; /* unit -> its types' shapes with layout, NONE = not yet */
};

/* program->units must be as many as there will be; their facts and files are read when a type of theirs is asked for. */
void type_shapes_init(const struct program *program, struct type_shapes *out_shapes);

/* Equal number = equal through and through. */
uint32_t type_shape_layout(struct type_shapes *shapes, uint32_t unit, uint32_t type);

#endif
