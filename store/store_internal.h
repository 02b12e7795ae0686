#ifndef SPILLSCOPE_STORE_INTERNAL_H
#define SPILLSCOPE_STORE_INTERNAL_H
/* What the files of store/ share. */
#include "spillscope/store.h"
#include <sqlite3.h>

struct store {
    sqlite3 *database;
    char *path;
    int lock;                 /* descriptor of the writer's lock, -1 for readers */
    struct query *state_find; /* prepared on first use by store_state_id */
    struct query *state_insert;
};

/* The error of the last failed SQLite call on this store; `what` names the statement or step. */
struct error *store_error(const struct store *store, const char *what);

#endif
