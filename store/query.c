#include "store_internal.h"

#include <stdlib.h>
#include <string.h>

struct query {
    const struct store *store;
    sqlite3_stmt *statement;
    bool stepped;     /* the statement must be reset before it is bound again */
    bool bind_failed; /* a bind ran out of memory or range; the next step reports it */
};

struct error *store_prepare(struct store *store, const char *sql, struct query **out_query) {
    struct query *query = calloc(1, sizeof *query);
    if (!query) {
        return error_out_of_memory();
    }
    query->store = store;
    if (sqlite3_prepare_v3(store->database, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->statement, NULL) != SQLITE_OK) {
        free(query);
        return store_error(store, sql);
    }
    *out_query = query;
    return NULL;
}

void query_destroy(struct query *query) {
    if (query) {
        sqlite3_finalize(query->statement);
        free(query);
    }
}

static void query_rewind(struct query *query) {
    if (query->stepped) {
        sqlite3_reset(query->statement);
        query->stepped = false;
    }
}

void query_bind_int(struct query *query, int index, int64_t value) {
    query_rewind(query);
    query->bind_failed |= sqlite3_bind_int64(query->statement, index, value) != SQLITE_OK;
}

void query_bind_text(struct query *query, int index, const char *value) {
    query_rewind(query);
    int status = value ? sqlite3_bind_text(query->statement, index, value, -1, SQLITE_TRANSIENT) : sqlite3_bind_null(query->statement, index);
    query->bind_failed |= status != SQLITE_OK;
}

void query_bind_borrowed(struct query *query, int index, const char *value) {
    query_rewind(query);
    query->bind_failed |= sqlite3_bind_text(query->statement, index, value, -1, SQLITE_STATIC) != SQLITE_OK;
}

void query_bind_null(struct query *query, int index) {
    query_rewind(query);
    query->bind_failed |= sqlite3_bind_null(query->statement, index) != SQLITE_OK;
}

struct error *query_step(struct query *query, bool *out_row) {
    if (query->bind_failed) {
        query->bind_failed = false;
        return error_create(ERROR_DATABASE, "cannot bind a parameter of: %s", sqlite3_sql(query->statement));
    }
    query->stepped = true;
    int status = sqlite3_step(query->statement);
    if (status != SQLITE_ROW && status != SQLITE_DONE) {
        struct error *error = store_error(query->store, sqlite3_sql(query->statement));
        query_rewind(query);
        return error;
    }
    if (status == SQLITE_DONE) {
        query_rewind(query);
    }
    *out_row = status == SQLITE_ROW;
    return NULL;
}

struct error *query_run(struct query *query) {
    bool row = true;
    struct error *error = NULL;
    while (!error && row) {
        error = query_step(query, &row);
    }
    return error;
}

int64_t query_int(const struct query *query, int column) {
    return sqlite3_column_int64(query->statement, column);
}

double query_real(const struct query *query, int column) {
    return sqlite3_column_double(query->statement, column);
}

const char *query_text(const struct query *query, int column) {
    return (const char *)sqlite3_column_text(query->statement, column);
}

bool query_is_null(const struct query *query, int column) {
    return sqlite3_column_type(query->statement, column) == SQLITE_NULL;
}
