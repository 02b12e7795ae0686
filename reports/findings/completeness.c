#include "findings/completeness.h"

#include <stdlib.h>
#include <string.h>

#include "findings/pool.h"
#include "spillscope/text.h"

static struct error *incomplete_add(struct findings *findings, const char *sentence) {
    const char **grown = realloc(findings->incomplete, (findings->incomplete_count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    findings->incomplete = grown;
    findings->incomplete[findings->incomplete_count++] = pool_intern(findings->pool, sentence);
    return NULL;
}

/* Each query gives one sentence a row, as three parts that are joined. */
static const char *const reason_queries[] = {
    "SELECT 'translation unit ' || path || ' failed: ', coalesce(message, 'no message'), '' FROM unit WHERE status = 'failed' ORDER BY path",
    "SELECT tool || ' run ' || id || ' is ' || CASE status WHEN 'running' THEN 'unfinished (still running, or killed)' ELSE status END, "
    "CASE WHEN message IS NULL THEN '' ELSE ': ' || message END, '' FROM run WHERE status <> 'complete' AND tool <> 'litmus' "
    "ORDER BY id" /* a litmus stores each outcome as it comes: an interrupted one hides nothing */,
    "SELECT 'no translation unit and no run: the database is empty', '', '' WHERE NOT EXISTS (SELECT 1 FROM unit) AND NOT EXISTS (SELECT 1 FROM run)",
    "SELECT 'the whitelist of ' || count(*) || ' transaction(s) was not computed: ', group_concat(name, ', '), '' FROM "
    "(SELECT t.name FROM txn t JOIN entity e ON e.id = t.entity_id WHERE NOT t.expanded AND e.role NOT IN ('client', 'outside') ORDER BY t.name "
    "LIMIT 20) "
    "HAVING count(*) > 0",
};

static struct error *reasons_load(struct store *store, struct findings *findings, const char *sql) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct text sentence __attribute__((cleanup(text_deinit))) = {0};
    bool row = false;
    struct error *error = store_prepare(store, sql, &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        text_clear(&sentence);
        for (int column = 0; column < 3; column++) {
            const char *part = query_text(query, column);
            text_append(&sentence, part ? part : "");
        }
        error = incomplete_add(findings, text_string(&sentence));
    }
    return error;
}

static struct error *meta_load(struct store *store, struct findings *findings, const char *key, const char **out_value) {
    char *value SCOPE_FREE = NULL;
    struct error *error = store_meta_get(store, key, &value);
    if (!error) {
        *out_value = pool_intern(findings->pool, value);
    }
    return error;
}

struct error *completeness_load(struct store *store, struct findings *findings) {
    int64_t probes = 0;
    const char *name = "";
    const char *complete = "";
    const struct {
        const char *key;
        const char **value;
    } texts[] = {{"kernel", &findings->kernel},
                 {"name", &name},
                 {"configuration", &findings->configuration},
                 {"build_id", &findings->build_id},
                 {"source_root", &findings->source_root},
                 {"revision", &findings->revision},
                 {"tool_version", &findings->tool_version},
                 {"complete", &complete}};
    struct error *error = NULL;
    findings->kernel = pool_intern(findings->pool, "");
    for (size_t index = 0; index < sizeof texts / sizeof texts[0] && !error; index++) {
        error = meta_load(store, findings, texts[index].key, texts[index].value);
    }
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM unit", &findings->units);
    }
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM unit WHERE status = 'failed'", &findings->units_failed);
    }
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM run WHERE tool = 'probe'", &probes);
    }
    findings->has_probe = probes > 0;
    findings->kernel = *findings->kernel ? findings->kernel : name; /* a manifest calls its kernel `name` */
    if (!error && strcmp(complete, "0") == 0 && !findings->units_failed) {
        error = incomplete_add(findings, "the analysis says of itself that it is incomplete (meta complete = 0)");
    }
    for (size_t index = 0; index < sizeof reason_queries / sizeof reason_queries[0] && !error; index++) {
        error = reasons_load(store, findings, reason_queries[index]);
    }
    return error;
}
