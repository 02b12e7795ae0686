#ifndef SPILLSCOPE_STORE_H
#define SPILLSCOPE_STORE_H
/*
 * The results database (SQLite). store/schema.sql is the schema, docs/SCHEMA.md its description. This is the only place that
 * touches SQLite's C API: parts prepare queries through `struct query`.
 */
#include "spillscope/error.h"
#include "spillscope/scope.h"
#include <stdbool.h>
#include <stdint.h>

#define STORE_SCHEMA_VERSION 7

struct store;
struct query;

enum store_mode {
    STORE_READ,  /* must exist; nothing is changed */
    STORE_WRITE, /* must exist; one writer at a time: a second one gets ERROR_DATABASE after two seconds */
    STORE_CREATE /* as STORE_WRITE, but an absent or empty file gets the schema first */
};

/*
 * Opens a database. A file that is no Spillscope database, or of a newer schema, is refused and left alone; of an older one is refused
 * with the command that migrates it. A writer holds a lock beside the file until store_close, so that two never mix.
 */
struct error *store_open(const char *path, enum store_mode mode, struct store **out_store);

/* Brings the database at `path` to this schema. *out_backup (caller frees): the copy that was made before, NULL when nothing was to do but to add
 * views. */
struct error *store_migrate(const char *path, char **out_backup);
/* What that would do, without doing it: from which schema, and after which copy (caller frees; NULL = nothing to do). */
struct error *store_migration_plan(const char *path, int *out_version, char **out_backup);

void store_close(struct store *store); /* NULL is fine; an open transaction is rolled back */
SCOPE_DEFINE(store, struct store *, store_close)

/* Unlinks a database that nobody has open, and what may lie beside it. */
void store_remove(const char *path);

struct error *store_begin(struct store *store);
struct error *store_commit(struct store *store);
struct error *store_rollback(struct store *store);

/* Runs one or more statements without parameters or rows. */
struct error *store_execute(struct store *store, const char *sql);

/* A prepared statement. Errors name the SQL. */
struct error *store_prepare(struct store *store, const char *sql, struct query **out_query);
void query_destroy(struct query *query); /* NULL is fine */
SCOPE_DEFINE(query, struct query *, query_destroy)

/* Parameters count from 1; texts are copied; NULL text binds NULL. Binding after a finished run starts a new run. */
void query_bind_int(struct query *query, int index, int64_t value);
void query_bind_text(struct query *query, int index, const char *value);
void query_bind_null(struct query *query, int index);
/* Text that stays as it is until it is bound anew or the query destroyed; it is not copied. */
void query_bind_borrowed(struct query *query, int index, const char *value);

/* Next row: *out_row false at the end, after which the query may be bound and run again. */
struct error *query_step(struct query *query, bool *out_row);
/* Runs a statement that returns no row to its end. */
struct error *query_run(struct query *query);

/* Columns count from 0; texts are valid until the next step; NULL for SQL NULL. */
int64_t query_int(const struct query *query, int column);
double query_real(const struct query *query, int column);
const char *query_text(const struct query *query, int column);
bool query_is_null(const struct query *query, int column);

int64_t store_last_id(const struct store *store);

/* The present time as table run stores it: ISO 8601, UTC; SOURCE_DATE_EPOCH overrules. */
#define STORE_TIME_LENGTH 32
void store_time(char out[STORE_TIME_LENGTH]);

/* First column of the first row of a statement without parameters; 0 when there is none. */
struct error *store_scalar(struct store *store, const char *sql, int64_t *out_value);

struct error *store_meta_set(struct store *store, const char *key, const char *value);
/* *out_value is NULL when absent; the caller frees it. */
struct error *store_meta_get(struct store *store, const char *key, char **out_value);

/* Id of the state with this key, made with the given origin ("analyzer", "probe", "oracle") when new. */
struct error *store_state_id(struct store *store, const char *key, const char *root_kind, const char *origin, int64_t *out_id);

/*
 * Reads a manifest (docs/manifest.md) into tables entity, file (prefixes stay in `manifest`), declaration and manifest, replacing what was
 * there. Errors name FILE:LINE.
 */
struct error *store_load_manifest(struct store *store, const char *path);

#endif
