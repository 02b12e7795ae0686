#ifndef SPILLSCOPE_GROUP_WATCH_H
#define SPILLSCOPE_GROUP_WATCH_H
/* What is kept of each group under way until it ends: its observations, and the states that differ in the end. */
#include "spillscope/groups.h"
#include "journal.h"
#include "spillscope/difference.h"
#include "spillscope/snapshot.h"

struct group_record {
    uint64_t number;
    struct vector observations; /* int64_t */
    struct snapshot *entry;     /* the state at its beginning; NULL = the user keeps it */
    void *view;                 /* the user's; freed with it */
};

struct group_watch {
    struct group_record *records; /* owned */
    size_t count;
    size_t capacity;
    uint64_t ended;
};

void group_watch_deinit(struct group_watch *watch);
/* Takes over the snapshot and the view. */
struct error *group_watch_begin(struct group_watch *watch, uint64_t number, struct snapshot *entry, void *view);
/* NULL when there is none. */
struct group_record *group_watch_find(const struct group_watch *watch, uint64_t number);
struct error *group_record_add(struct group_record *record, int64_t observation);
void group_watch_drop(struct group_watch *watch, uint64_t number);

/* Gathers the keys that a comparison of both ends gives: a difference_visitor, and what becomes of them. */
struct group_keys {
    char **keys; /* owned */
    size_t count;
};
struct error *group_keys_visit(void *context, const struct difference *difference);
void group_keys_deinit(struct group_keys *keys);
/* The group is over: what no longer remains is marked, and its record dropped. */
struct error *group_watch_end(struct group_watch *watch, struct journal *journal, uint64_t number, const struct group_keys *keys);

#endif
