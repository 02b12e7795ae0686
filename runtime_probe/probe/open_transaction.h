#ifndef SPILLSCOPE_OPEN_TRANSACTION_H
#define SPILLSCOPE_OPEN_TRANSACTION_H
/*
 * A transaction under way, as the modes that stop the guest see it: what its state was when it began, and which bytes changed in the pieces of its
 * time in which its task ran by itself.
 */
#include "observer.h"
#include "store_watch.h"

struct open_transaction {
    const struct catalog_transaction *kind;
    uint64_t entry_pc; /* where it began */
    uint64_t entry_sp;
    uint64_t group; /* number of the group that it belongs to; 0 = none */
    bool whole;     /* it is the call of a function, which gives a result */
    int64_t observation;
    struct snapshot_parameter parameters[8];
    size_t parameter_count;
    struct snapshot *entry;
    struct snapshot *piece;     /* beginning of the present piece; NULL = the entry, or asleep */
    bool begun;                 /* its first instruction was executed; until then its entry breakpoint may be met again */
    bool awake;                 /* its task runs, by itself */
    struct own_bytes *own;      /* of the pieces that ended; NULL = the first one still lasts */
    struct store_watch *stores; /* NULL = stores are not watched */
    bool overlapped;
    bool *beside; /* catalog transactions that were open on other stacks meanwhile; NULL = none */
};

void open_destroy(struct open_transaction *open); /* NULL is fine */
/* It will not end as it should: takes its watchpoints away. */
struct error *open_leave(struct observer *observer, struct open_transaction *open);

/* Begins one on the stack that the guest runs on: notes which others are open beside it, and takes its state. */
struct error *open_create(struct observer *observer, const struct catalog_transaction *kind, const struct track_stack *stack,
                          struct open_transaction **out_open);
/* It begins only now: what changed since its breakpoint was first met is not its own. */
struct error *open_again(struct observer *observer, struct open_transaction *open);
/* The state of a scope where the guest stands, but for what only parameters lead to. */
struct error *observer_look(struct observer *observer, const char *name, const struct scope *scope, struct snapshot **out_snapshot);
/* Its task stops running by itself: the present piece ends. */
struct error *open_sleep(struct observer *observer, struct open_transaction *open);
struct error *open_wake(struct observer *observer, struct open_transaction *open);
/* The guest stopped while it ran: takes in what a watchpoint over its states tells. `address` as in store_watch_look; `lost`: stores may have gone
 * untold. */
struct error *open_look(struct observer *observer, struct open_transaction *open, uint64_t address, bool lost);
/* It has ended: compares and stores. */
struct error *open_close(struct observer *observer, struct open_transaction *open);

#endif
