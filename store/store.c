#include "store_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/stat.h>

#include "migration.h"
#include "schema.h"
#include "spillscope/state_key.h"
#include "spillscope/text.h"
#include "store_lock.h"

#define STORE_APPLICATION_ID 0x5370696c /* "Spil" */
#define STORE_BUSY_MILLISECONDS 2000

struct error *store_error(const struct store *store, const char *what) {
    int code = sqlite3_errcode(store->database);
    enum error_code kind = code == SQLITE_FULL || code == SQLITE_IOERR ? ERROR_IO : ERROR_DATABASE;
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
        return error_create(kind, "%s: another program is writing it; try again when that has ended", store->path);
    }
    return error_create(kind, "%s: %s (%s)", store->path, sqlite3_errmsg(store->database), what);
}

struct error *store_execute(struct store *store, const char *sql) {
    if (sqlite3_exec(store->database, sql, NULL, NULL, NULL) != SQLITE_OK) {
        struct text head = {0};
        text_append_bytes(&head, sql, strcspn(sql, "\n"));
        struct error *error = store_error(store, text_string(&head));
        text_deinit(&head);
        return error;
    }
    return NULL;
}

struct error *store_begin(struct store *store) {
    return store_execute(store, "BEGIN IMMEDIATE");
}

struct error *store_commit(struct store *store) {
    return store_execute(store, "COMMIT");
}

struct error *store_rollback(struct store *store) {
    /* SQLite rolls back by itself after some failures (full disk): then there is nothing left to do. */
    return sqlite3_get_autocommit(store->database) ? NULL : store_execute(store, "ROLLBACK");
}

struct error *store_scalar(struct store *store, const char *sql, int64_t *out_value) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, sql, &query);
    bool row = false;
    if (!error) {
        error = query_step(query, &row);
    }
    if (!error) {
        *out_value = row ? query_int(query, 0) : 0;
    }
    return error;
}

/* Refuses what is not ours and what is newer than we are; *out_version is 0 for an empty file. */
static struct error *check_identity(struct store *store, int64_t *out_version) {
    int64_t application = 0;
    int64_t version = 0;
    int64_t tables = 0;
    struct error *error = store_scalar(store, "PRAGMA application_id", &application);
    if (!error) {
        error = store_scalar(store, "PRAGMA user_version", &version);
    }
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM sqlite_schema", &tables);
    }
    if (error) {
        return error;
    }
    *out_version = version;
    if (application == 0 && version == 0 && tables == 0) {
        return NULL;
    }
    if (application != STORE_APPLICATION_ID || version < 1) {
        return error_create(ERROR_DATABASE, "%s: a SQLite database, but not one of Spillscope", store->path);
    }
    if (version > STORE_SCHEMA_VERSION) {
        return error_create(ERROR_DATABASE, "%s: schema version %lld is newer than this spillscope knows (%d): use the spillscope that wrote it",
                            store->path, (long long)version, STORE_SCHEMA_VERSION);
    }
    return NULL;
}

static struct error *create_schema(struct store *store) {
    struct error *error = store_begin(store);
    if (!error) {
        error = store_execute(store, schema_sql);
    }
    if (!error) {
        error = store_execute(store, views_sql);
    }
    if (!error) {
        struct text pragmas = {0};
        text_append_format(&pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d", STORE_APPLICATION_ID, STORE_SCHEMA_VERSION);
        error = store_execute(store, text_string(&pragmas));
        text_deinit(&pragmas);
    }
    return error ? error : store_commit(store);
}

/*
 * Views may be added without a new schema version. A database made before gets them for this connection, which may be one that only reads.
 */
static struct error *add_missing_views(struct store *store) {
    static const char create[] = "CREATE VIEW ";
    struct text sql __attribute__((cleanup(text_deinit))) = {0};
    int64_t present = 0;
    int64_t known = 0;
    const char *at = views_sql;
    for (const char *next = NULL; (next = strstr(at, create)) != NULL; at = next + strlen(create), known++) {
        text_append_bytes(&sql, at, (size_t)(next - at));
        text_append(&sql, "CREATE TEMP VIEW ");
    }
    text_append(&sql, at);
    struct error *error = store_scalar(store, "SELECT count(*) FROM sqlite_schema WHERE type = 'view'", &present);
    return error || present >= known ? error : store_execute(store, text_string(&sql));
}

static int open_flags(enum store_mode mode) {
    switch (mode) {
    case STORE_READ:
        return SQLITE_OPEN_READONLY;
    case STORE_WRITE:
        return SQLITE_OPEN_READWRITE;
    default:
        return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    }
}

/* Is there a log of a writer whose transactions the file does not hold yet? */
static bool has_log(const char *path) {
    struct text log __attribute__((cleanup(text_deinit))) = {0};
    struct stat status;
    text_append_format(&log, "%s-wal", path);
    return log.failed || (stat(text_string(&log), &status) == 0 && status.st_size > 0);
}

static struct error *open_file(struct store *store, const char *name, int flags, int64_t *out_version) {
    if (sqlite3_open_v2(name, &store->database, flags, NULL) != SQLITE_OK) {
        return store->database ? store_error(store, "open") : error_out_of_memory();
    }
    sqlite3_busy_timeout(store->database, STORE_BUSY_MILLISECONDS);
    return check_identity(store, out_version);
}

/* As it is in the file, without a look at writers. */
static struct error *open_immutable(struct store *store, int64_t *out_version) {
    struct text uri __attribute__((cleanup(text_deinit))) = {0};
    text_append(&uri, "file:");
    for (const char *at = store->path; *at; at++) {
        text_append_format(&uri, strchr("%?#", *at) ? "%%%02x" : "%c", *at);
    }
    text_append(&uri, "?immutable=1");
    sqlite3_close_v2(store->database);
    store->database = NULL;
    return uri.failed ? error_out_of_memory() : open_file(store, text_string(&uri), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, out_version);
}

static struct error *connect(struct store *store, enum store_mode mode, int64_t *out_version) {
    struct stat status;
    if (mode != STORE_CREATE && stat(store->path, &status) != 0) {
        return error_create_errno("cannot open database %s", store->path);
    }
    if (mode != STORE_CREATE && S_ISDIR(status.st_mode)) {
        return error_create(ERROR_USAGE, "%s is a directory, not a database", store->path);
    }
    struct error *error = open_file(store, store->path, open_flags(mode), out_version);
    int code = error && store->database ? sqlite3_errcode(store->database) : SQLITE_OK;
    /* Where SQLite can make no file beside the database (read-only or full), it does not read what writers might share; nor can there be one. */
    if (mode == STORE_READ && (code == SQLITE_CANTOPEN || code == SQLITE_IOERR || code == SQLITE_FULL) && !has_log(store->path)) {
        error_destroy(error);
        error = open_immutable(store, out_version);
    }
    return error;
}

static struct error *open_database(struct store *store, enum store_mode mode) {
    int64_t version = 0;
    struct error *error = connect(store, mode, &version);
    if (!error && version == 0 && mode != STORE_CREATE) {
        error = error_create(ERROR_DATABASE, "%s: an empty database: run spillscope analyze --db %s first", store->path, store->path);
    }
    if (!error && version != 0 && version < STORE_SCHEMA_VERSION) {
        error = error_create(ERROR_DATABASE, "%s: schema version %lld is older than this spillscope's (%d): run spillscope db migrate --db %s",
                             store->path, (long long)version, STORE_SCHEMA_VERSION, store->path);
    }
    if (!error) {
        error = store_execute(store, "PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY");
    }
    if (!error && mode != STORE_READ) {
        error = store_execute(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536");
    }
    if (!error) {
        error = version == 0 ? create_schema(store) : add_missing_views(store);
    }
    return error;
}

/* A store with its path and, for writers, the lock, but no connection yet. */
static struct error *store_create(const char *path, enum store_mode mode, struct store **out_store) {
    struct store *store = calloc(1, sizeof *store);
    if (!store) {
        return error_out_of_memory();
    }
    store->lock = -1;
    store->path = strdup(path);
    struct error *error = store->path ? NULL : error_out_of_memory();
    if (!error && mode != STORE_READ) {
        error = store_lock_acquire(path, &store->lock);
    }
    if (error) {
        store_close(store);
        return error;
    }
    *out_store = store;
    return NULL;
}

struct error *store_open(const char *path, enum store_mode mode, struct store **out_store) {
    struct store *store = NULL;
    struct error *error = store_create(path, mode, &store);
    if (!error) {
        error = open_database(store, mode);
    }
    if (error) {
        store_close(store);
        return error;
    }
    *out_store = store;
    return NULL;
}

struct error *store_migration_plan(const char *path, int *out_version, char **out_backup) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    int64_t version = 0;
    struct error *error = store_create(path, STORE_READ, &store);
    if (!error) {
        error = connect(store, STORE_READ, &version);
    }
    return error ? error : migration_plan(store, migration_steps, STORE_SCHEMA_VERSION, out_version, out_backup);
}

struct error *store_migrate(const char *path, char **out_backup) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    int64_t version = 0;
    struct error *error = store_create(path, STORE_WRITE, &store);
    if (!error) {
        error = connect(store, STORE_WRITE, &version);
    }
    return error ? error : migration_run(store, migration_steps, STORE_SCHEMA_VERSION, out_backup);
}

void store_close(struct store *store) {
    if (!store) {
        return;
    }
    query_destroy(store->state_find);
    query_destroy(store->state_insert);
    if (store->lock >= 0 && store->database) {
        /* One file again, beside which readers need no other. While somebody still reads, it stays as it is. */
        sqlite3_busy_timeout(store->database, 0);
        sqlite3_exec(store->database, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL);
    }
    sqlite3_close_v2(store->database);
    if (store->lock >= 0) {
        store_lock_release(store->path, store->lock);
    }
    free(store->path);
    free(store);
}

int64_t store_last_id(const struct store *store) {
    return sqlite3_last_insert_rowid(store->database);
}

struct error *store_meta_set(struct store *store, const char *key, const char *value) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "INSERT INTO meta VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value", &query);
    if (error) {
        return error;
    }
    query_bind_text(query, 1, key);
    query_bind_text(query, 2, value);
    return query_run(query);
}

struct error *store_meta_get(struct store *store, const char *key, char **out_value) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT value FROM meta WHERE key = ?1", &query);
    bool row = false;
    if (!error) {
        query_bind_text(query, 1, key);
        error = query_step(query, &row);
    }
    if (error) {
        return error;
    }
    char *value = row ? strdup(query_text(query, 0)) : NULL;
    if (row && !value) {
        return error_out_of_memory();
    }
    *out_value = value;
    return NULL;
}

static struct error *insert_state(struct store *store, const char *key, const char *root_kind, const char *origin, int64_t *out_id) {
    struct error *error = NULL;
    if (!store->state_insert) {
        error = store_prepare(store, "INSERT INTO state (key, root, path, root_kind, wildcard, origin) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                              &store->state_insert);
    }
    if (error) {
        return error;
    }
    struct text root = {0};
    size_t root_length = state_key_root_length(key);
    size_t length = strlen(key);
    text_append_bytes(&root, key, root_length);
    query_bind_text(store->state_insert, 1, key);
    query_bind_text(store->state_insert, 2, text_string(&root));
    query_bind_text(store->state_insert, 3, key + root_length);
    query_bind_text(store->state_insert, 4, root_kind);
    query_bind_int(store->state_insert, 5, length && key[length - 1] == '*');
    query_bind_text(store->state_insert, 6, origin);
    text_deinit(&root);
    error = query_run(store->state_insert);
    if (!error) {
        *out_id = store_last_id(store);
    }
    return error;
}

struct error *store_state_id(struct store *store, const char *key, const char *root_kind, const char *origin, int64_t *out_id) {
    struct error *error = NULL;
    if (!store->state_find) {
        error = store_prepare(store, "SELECT id FROM state WHERE key = ?1", &store->state_find);
    }
    bool row = false;
    if (!error) {
        query_bind_text(store->state_find, 1, key);
        error = query_step(store->state_find, &row);
    }
    if (!error && row) {
        *out_id = query_int(store->state_find, 0);
        return query_step(store->state_find, &row); /* unique: ends the query, so that it holds no read lock */
    }
    return error ? error : insert_state(store, key, root_kind, origin, out_id);
}

void store_time(char out[STORE_TIME_LENGTH]) {
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    time_t now = fixed ? (time_t)strtoll(fixed, NULL, 10) : time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(out, STORE_TIME_LENGTH, "%Y-%m-%dT%H:%M:%SZ", &parts);
}

struct error *store_copy(const char *input, const char *output) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_open(input, STORE_READ, &store);
    if (!error) {
        error = store_prepare(store, "VACUUM INTO ?1", &query);
    }
    if (!error) {
        query_bind_text(query, 1, output);
        error = query_run(query);
    }
    return error;
}

void store_remove(const char *path) {
    static const char *const suffixes[] = {"", "-wal", "-shm", "-journal", "-lock"};
    for (size_t index = 0; index < sizeof suffixes / sizeof *suffixes; index++) {
        struct text name = {0};
        text_append_format(&name, "%s%s", path, suffixes[index]);
        unlink(text_string(&name));
        text_deinit(&name);
    }
}
