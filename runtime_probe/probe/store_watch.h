#ifndef PROBE_STORE_WATCH_H
#define PROBE_STORE_WATCH_H
/*
 * Write watchpoints over what a transaction may store to and others may change meanwhile (docs/adr/029). Pieces of its time show what it has changed,
 * but not what it has changed and changed back; a watchpoint stops the guest at each such store, and the bytes tell whether it changed any. So of a
 * stretch that was watched from its entry on, while it ran, every byte is known: changed by the transaction itself at some time, or by others alone.
 *
 * A transaction that stores often to a stretch is asked no further there: what others change in it stays open, as without a watchpoint.
 */
#include "points.h"
#include "spillscope/difference.h"
#include "store_spans.h"

/* The stretches of all kinds of transactions, found once. */
struct store_spans_cache {
    struct store_spans **of; /* by kind * shapes + shape; NULL = not asked for yet */
    uint8_t *busy;           /* by the same index * STORE_SPANS + stretch: how often one was given up */
    uint32_t kinds;
    uint32_t shapes;
};
struct error *store_spans_cache_init(struct store_spans_cache *cache, uint32_t kinds, uint32_t shapes);
void store_spans_cache_deinit(struct store_spans_cache *cache);

struct store_stretch {
    struct region region; /* object at the entry */
    uint64_t offset;      /* in it */
    uint32_t length;
    uint64_t data;  /* where its copy begins in `bytes` */
    uint8_t *busy;  /* of the cache */
    uint32_t stops; /* at stores that changed it */
    bool leaf;
    bool done;  /* nothing is left to ask */
    bool known; /* watched whenever the transaction ran */
};

/* Of one transaction. */
struct store_watch {
    struct store_stretch *list;
    uint32_t count;
    uint8_t *bytes; /* as they were when last looked at */
    bool set;       /* the points are */
};

struct store_watch_place {
    const struct plan *plan;
    const struct whitelist *whitelist;
    uint32_t kind; /* index of the transaction's kind in the cache */
    struct store_spans_cache *cache;
};

/* For the objects of the state at its entry. */
struct error *store_watch_create(const struct store_watch_place *place, const struct snapshot *entry, struct store_watch **out_watch);
void store_watch_destroy(struct store_watch *watch); /* clears nothing in the guest; NULL is fine */

/* The transaction runs by itself from here on, in the state `now`, or no longer does. */
struct error *store_watch_begin(struct store_watch *watch, struct points *points, const struct snapshot *now);
struct error *store_watch_end(struct store_watch *watch, struct points *points);

/*
 * The guest has stopped while it ran: adds what it has changed since. `address` is that of the watchpoint that was told, 0 = all are looked at.
 */
struct error *store_watch_look(struct store_watch *watch, struct points *points, uint64_t address, struct own_bytes *own);

/* It ran a while without watchpoints: nothing is known any more. */
struct error *store_watch_give_up(struct store_watch *watch, struct points *points);

/* It has ended: tells of which bytes all is known. */
struct error *store_watch_tell(const struct store_watch *watch, struct own_bytes *own);

#endif
