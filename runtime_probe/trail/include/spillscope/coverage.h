#ifndef SPILLSCOPE_COVERAGE_H
#define SPILLSCOPE_COVERAGE_H
/*
 * What of a kernel was seen, and what was not: transactions and whitelisted states by the store's runs; call sites, branches and lines of handlers by
 * a trail. Branches are those that ran, and are seen when they went both ways (x86; elsewhere none are told). A handler's line is a line of a
 * function that may run in some transaction (table closure), in a file of a server.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/image.h"
#include "spillscope/store.h"
#include "spillscope/trail.h"

enum coverage_kind { COVERAGE_TRANSACTION, COVERAGE_SITE, COVERAGE_STATE, COVERAGE_BRANCH, COVERAGE_LINE, COVERAGE_KINDS };

/* Something that can be seen. */
struct coverage_item {
    enum coverage_kind kind;
    char *entity;
    char *name; /* transaction; function of a site, branch or line; "TRANSACTION STATE" */
    char *file; /* "" for states */
    uint32_t line;
    bool seen;
    char *note; /* of a branch: "never taken", "always taken"; of a site: how many of its targets were seen; "" */
};

struct coverage {
    struct coverage_item *items; /* by kind, entity, file, line, name */
    size_t count;
    size_t all[COVERAGE_KINDS];
    size_t seen[COVERAGE_KINDS];
    size_t targets;  /* of calls through pointers, over all sites */
    size_t observed; /* of these */
};

/* `trail` NULL: only what the store knows; sites, branches and lines are then none. */
struct error *coverage_read(struct store *store, const struct image *image, const struct trail *trail, struct coverage **out_coverage);
void coverage_destroy(struct coverage *coverage); /* NULL is fine */
SCOPE_DEFINE(coverage, struct coverage *, coverage_destroy)

/* What the trail's calls through pointers led to becomes `observed` in table call_target, also where the analysis had no such target. */
struct observed_calls {
    size_t calls;   /* (place, target) pairs of the trail */
    size_t matched; /* that are a known target of a known site */
    size_t added;   /* that the store did not have and now has, as observed */
    size_t unknown; /* of the others: at sites of which the analysis says that it knows all targets: a miss of the call graph */
    char example[256];
};
struct error *coverage_observe(struct store *store, const struct image *image, const struct trail *trail, struct observed_calls *out_calls);

#endif
