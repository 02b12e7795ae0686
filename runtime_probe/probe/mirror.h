#ifndef SPILLSCOPE_MIRROR_H
#define SPILLSCOPE_MIRROR_H
/*
 * The probe's picture of what the recorder has captured for one kind of transaction: as it is now, and as it was when a transaction began. The
 * first transaction that is open keeps the old bytes beside the new ones; each further one at the same time gets a copy of all.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/capture_log.h"
#include "spillscope/collection.h"
#include "spillscope/difference.h"

/* One that has begun and not ended. */
struct mirror_view {
    struct snapshot *before; /* its own copy of the state at its beginning; NULL = the mirror keeps it */
};

struct mirror {
    const struct plan *plan;
    struct snapshot *now;      /* NULL = nothing was told yet */
    uint8_t *then;             /* bytes at the owner's beginning; equal to now's when there is no owner */
    struct mirror_view *owner; /* whose beginning `then` is; NULL = nobody's */
    struct vector changed;     /* uint32_t: regions that changed since then, each once */
    uint8_t *marks;            /* for each region: is it among them? */
    struct snapshot *coming;   /* a snapshot whose pieces have not all come */
    uint64_t come;             /* bytes of it that have */
};

void mirror_init(struct mirror *mirror, const struct plan *plan);
void mirror_deinit(struct mirror *mirror);

/* What the recorder tells. Malformed messages are ERROR_FORMAT. */
struct error *mirror_announce(struct mirror *mirror, const struct capture_snapshot *message);
struct error *mirror_piece(struct mirror *mirror, const struct capture_message *message);
struct error *mirror_patch(struct mirror *mirror, const struct capture_patch *message);
bool mirror_is_coming(const struct mirror *mirror);

/* A transaction begins, and ends. */
struct error *mirror_open(struct mirror *mirror, struct mirror_view *view);
void mirror_close(struct mirror *mirror, struct mirror_view *view);

/* What changed since the view was opened. `own` as of difference_visit. */
struct error *mirror_visit(struct mirror *mirror, const struct mirror_view *view, const struct whitelist *whitelist, const struct own_bytes *own,
                           difference_visitor *visitor, void *context);
#endif
