#ifndef SOLVER_NARROWING_H
#define SOLVER_NARROWING_H
/*
 * What earlier runs saw at calls through pointers. Where a site was seen to call something, the narrowed result takes it that it calls nothing else;
 * sites that were never seen keep all their targets. The sound result stays as it is: states that only it has are marked in may_modify.narrowed.
 */
#include <stdbool.h>
#include "modify.h"
#include "output.h"
#include "program.h"
#include "spillscope/error.h"
#include "spillscope/store.h"

/* A target that was seen, as the earlier database names it. */
struct observed {
    const char *file; /* of the site */
    const char *function;
    uint32_t line;
    uint32_t column;
    const char *target;
    const char *target_file; /* "" = not defined in the source */
};

struct narrowing {
    struct arena *arena;
    VECTOR(struct observed) rows;
    struct map site_of;  /* function << 32 | instruction -> number of the site */
    struct map allowed;  /* site << 32 | function */
    struct map outsides; /* sites that were seen to call what is not defined in the source */
    uint32_t sites;
    uint32_t lost; /* rows whose site or target this source does not have any more */
};

/* Reads the observed targets of an earlier database of the same kernel. */
struct error *narrowing_read(const char *database, struct arena *arena, struct narrowing *narrowing);
/* Finds them in the linked program. */
void narrowing_link(struct narrowing *narrowing, const struct program *program);
/* May this call lead there, by what was seen? Calls by name and sites that were not seen may. */
bool narrowing_allows(const struct narrowing *narrowing, uint32_t function, uint32_t instruction, uint32_t target);
bool narrowing_allows_outside(const struct narrowing *narrowing, uint32_t function, uint32_t instruction);

/* Marks what the narrowed result of a transaction leaves out. */
struct error *narrowing_mark(struct output *output, const struct transaction *transaction, const struct modification *sound,
                             const struct modification *narrowed, struct arena *arena);
/* Carries the rows over to the new database: what was seen once stays seen. */
struct error *narrowing_keep(const struct narrowing *narrowing, struct store *store);

#endif
