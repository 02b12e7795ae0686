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

/* A compact copy; the database at `input` is only read. */
struct error *store_copy(const char *input, const char *output);

struct manifest_setting;

/* Is it a setting that docs/manifest.md knows? Only where it stands and how it is spelled; for entities also its value. */
struct error *manifest_check_setting(const char *file, const struct manifest_setting *setting);

/* The whole text of a manifest; the caller frees it. */
struct error *manifest_read_file(const char *path, char **out_text);

/* The error of the last failed SQLite call on this store; `what` names the statement or step. */
struct error *store_error(const struct store *store, const char *what);

#endif
