#ifndef RECORDER_PLAN_BUILDER_H
#define RECORDER_PLAN_BUILDER_H
/* What the hook plan is gathered in. */
#include "spillscope/collection.h"
#include "spillscope/recorder.h"

struct plan_builder {
    struct store *store;
    const struct image *image;
    struct vector hooks;    /* struct recorder_hook; names owned */
    struct vector switches; /* struct address_range */
    struct vector fresh;    /* uint64_t */
    struct vector missing;  /* char *; owned */
    struct vector depths;   /* struct code_place */
    struct vector analysed; /* const struct function *: those in `depths` */
    uint32_t places;
    bool has_begin;
};

/* The hook is valid until the next one. */
struct recorder_hook *builder_add(struct plan_builder *builder, uint64_t address, enum hook_role role, const char *name);
void builder_miss(struct plan_builder *builder, const char *name);

/*
 * Where a transaction begins and ends other than by a call of its function: inlined instances that other entities call, clones, and what the manifest
 * says of lines. *found stays when there is nothing.
 */
struct error *builder_instances(struct plan_builder *builder, int64_t txn, const struct function *function, bool *found);
struct error *builder_lines(struct plan_builder *builder);

#endif
