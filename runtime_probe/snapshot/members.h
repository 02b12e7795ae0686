#ifndef SNAPSHOT_MEMBERS_H
#define SNAPSHOT_MEMBERS_H
/*
 * Collections: who belongs to lists, trees and arrays of pointers, before and after. A pointer of a collection is told by what happened to its
 * members, not by its bits: one was added, one was removed, or those that are there were put in another order.
 *
 * A link is a pointer to the record type that it lies in itself (`next`, `left`, `pprev` one step further), whatever embeds that; its nodes are all
 * that links and heads of that type lead to. They are found by looking over the objects of the snapshot and never by following links, so a list
 * that does not close, or leads into nowhere, ends where the snapshot ends.
 */
#include "identities.h"
#include "spillscope/collection.h"
#include "spillscope/difference.h"

struct members {
    const struct plan *plan;
    struct identities before;
    struct identities after;
    struct vector kinds; /* struct member_kind: those asked for so far */
    bool failed;         /* memory was short: effects are those of plain pointers */
};

void members_init(struct members *members, const struct plan *plan, const struct snapshot *before, const struct snapshot *after);
void members_deinit(struct members *members);

/* A pointer leaf that was `old_value` in `then` and is `new_value` in `now`. */
struct member_change {
    const struct region *now;
    const struct region *then;
    const struct leaf *leaf;
    uint64_t old_value;
    uint64_t new_value;
};
enum difference_effect members_effect(struct members *members, const struct member_change *change);

#endif
