/* spillscope spills: what was spilled, from view v_spill. */
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spillscope/escape.h"
#include "spillscope/findings.h"
#include "spillscope/store.h"
#include "spillscope/text.h"
#include "verb.h"

/* Undeclared ones first; the order is the same for the table and for JSON. */
static const char SPILLS_SQL[] =
    "WITH pattern AS MATERIALIZED (SELECT txn_id, state_id, kind, group_concat(pattern) AS patterns FROM (SELECT * FROM v_pattern ORDER BY pattern) "
    "GROUP BY txn_id, state_id, kind) SELECT v.key, v.entity, v.transaction_name, v.kind, v.declared, v.attribution, v.owner, v.observed, v.bytes, "
    "v.declared_reason, v.common_name, "
    "p.patterns, h.harm, v.txn_id, v.state_id FROM v_spill v LEFT JOIN v_harm h ON h.txn_id = v.txn_id AND h.key = v.key LEFT JOIN pattern p ON "
    "p.txn_id = v.txn_id AND "
    "p.state_id = v.state_id AND p.kind = v.kind "
    "ORDER BY v.declared IS NOT NULL, v.attribution, v.entity, v.transaction_name, v.key, v.kind, v.owner";

enum column { KEY, ENTITY, TRANSACTION, KIND, DECLARED, ATTRIBUTION, OWNER, OBSERVED, BYTES, REASON, COMMON_NAME, PATTERNS, HARM, TXN_ID, STATE_ID };

/* Prints the pattern names, joined by commas in the column, as a JSON array. */
static void patterns_append(struct text *text, const char *names) {
    text_append_char(text, '[');
    for (const char *at = names; at && *at;) {
        size_t length = strcspn(at, ",");
        char *name = strndup(at, length);
        text_append(text, at == names ? "" : ",");
        text_append_json_string(text, name ? name : "");
        free(name);
        at += at[length] ? length + 1 : length;
    }
    text_append_char(text, ']');
}

static void member_append(struct text *text, const char *name, const char *value) {
    text_append_format(text, "\"%s\":", name);
    if (value) {
        text_append_json_string(text, value);
    } else {
        text_append(text, "null");
    }
    text_append_char(text, ',');
}

static int finding_compare(const void *one, const void *other) {
    const struct finding *left = *(const struct finding *const *)one;
    const struct finding *right = *(const struct finding *const *)other;
    int order = (left->txn_id > right->txn_id) - (left->txn_id < right->txn_id);
    order = order ? order : (left->state_id > right->state_id) - (left->state_id < right->state_id);
    return order ? order : (int)left->kind - (int)right->kind;
}

/* All findings, ordered by transaction, state and kind; the caller frees the array. NULL = no memory. */
static const struct finding **findings_ordered(const struct findings *findings) {
    const struct finding **ordered = calloc(findings->count + 1, sizeof *ordered);
    for (size_t i = 0; ordered && i < findings->count; i++) {
        ordered[i] = &findings->items[i];
    }
    if (ordered) {
        qsort(ordered, findings->count, sizeof *ordered, finding_compare);
    }
    return ordered;
}

/* By which suppressions and policies name the finding; NULL where there is none. */
static const char *fingerprint_of(const struct finding *const *ordered, size_t count, const struct query *query) {
    const struct finding wanted = {.txn_id = query_int(query, TXN_ID),
                                   .state_id = query_int(query, STATE_ID),
                                   .kind = strcmp(query_text(query, KIND), "secondary") == 0 ? FINDING_SECONDARY : FINDING_PRIMARY};
    const struct finding *key = &wanted;
    const struct finding *const *found = bsearch(&key, ordered, count, sizeof *ordered, finding_compare);
    return found ? (*found)->fingerprint : NULL;
}

static struct error *spills_json(struct store *store, struct query *query) {
    struct findings *findings __attribute__((cleanup(scope_findings))) = NULL;
    const struct finding **ordered SCOPE_FREE = NULL;
    struct text text = {0};
    bool row = true;
    bool first = true;
    text_append(&text, "{\"schema_version\":1,\"spills\":[");
    struct error *error = findings_load(store, FINDINGS_ALL, &findings);
    if (!error && !(ordered = findings_ordered(findings))) {
        error = error_out_of_memory();
    }
    error = error ? error : query_step(query, &row);
    while (!error && row) {
        text_append(&text, first ? "\n{" : ",\n{");
        member_append(&text, "fingerprint", fingerprint_of(ordered, findings->count, query));
        member_append(&text, "state", query_text(query, KEY));
        member_append(&text, "entity", query_text(query, ENTITY));
        member_append(&text, "transaction", query_text(query, TRANSACTION));
        member_append(&text, "common_name", query_text(query, COMMON_NAME));
        member_append(&text, "kind", query_text(query, KIND));
        member_append(&text, "declared", query_text(query, DECLARED));
        member_append(&text, "reason", query_text(query, REASON));
        member_append(&text, "attribution", query_text(query, ATTRIBUTION));
        member_append(&text, "owner", query_text(query, OWNER));
        member_append(&text, "harm", query_text(query, HARM));
        text_append(&text, "\"patterns\":");
        patterns_append(&text, query_text(query, PATTERNS));
        text_append_format(&text, ",\"observed\":%lld,\"bytes\":%lld}", (long long)query_int(query, OBSERVED), (long long)query_int(query, BYTES));
        first = false;
        error = query_step(query, &row);
    }
    text_append(&text, "\n]}\n");
    if (!error && text.failed) {
        error = error_out_of_memory();
    }
    if (!error && (fputs(text_string(&text), stdout) == EOF || fflush(stdout) != 0)) {
        error = error_create_errno("cannot write to standard output");
    }
    text_deinit(&text);
    return error;
}

static struct error *table_row(struct libscols_table *table, const struct query *query) {
    char observed[24];
    struct libscols_line *line = scols_table_new_line(table, NULL);
    if (!line) {
        return error_out_of_memory();
    }
    const char *declared = query_text(query, DECLARED);
    const char *harm = query_text(query, HARM);
    bool shared = strcmp(query_text(query, ATTRIBUTION), "shared") == 0;
    snprintf(observed, sizeof observed, "%lld", (long long)query_int(query, OBSERVED));
    const char *cells[] = {query_text(query, ENTITY), query_text(query, TRANSACTION), query_text(query, KEY),
                           query_text(query, KIND),   query_text(query, OWNER),       observed,
                           harm ? harm : "",          declared ? declared : "",       shared ? "shared" : ""};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct text cell __attribute__((cleanup(text_deinit))) = {0};
        escape_terminal(&cell, cells[i] ? cells[i] : "");
        if (scols_line_set_data(line, i, text_string(&cell)) != 0) {
            return error_out_of_memory();
        }
    }
    return NULL;
}

static struct error *spills_table(struct query *query) {
    static const char *const HEADS[] = {"ENTITY", "TRANSACTION", "STATE", "KIND", "OWNER", "SEEN", "HARM", "DECLARED", "NOTE"};
    scols_init_debug(0);
    struct libscols_table *table = scols_new_table();
    struct error *error = table ? NULL : error_out_of_memory();
    size_t count = 0;
    bool row = true;
    for (size_t i = 0; !error && i < sizeof HEADS / sizeof *HEADS; i++) {
        int flags = strcmp(HEADS[i], "SEEN") == 0 ? SCOLS_FL_RIGHT : 0;
        error = scols_table_new_column(table, HEADS[i], 0, flags) ? NULL : error_out_of_memory();
    }
    if (!error) {
        error = query_step(query, &row);
    }
    for (; !error && row; count++) {
        error = table_row(table, query);
        if (!error) {
            error = query_step(query, &row);
        }
    }
    if (!error && count == 0) {
        printf("no spill was observed\n");
    } else if (!error && scols_print_table(table) != 0) {
        error = error_create_errno("cannot write to standard output");
    }
    scols_unref_table(table);
    return error;
}

static int verb_spills_run(const struct arguments *arguments) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    const char *path = arguments_database(arguments);
    int64_t runs = 0;
    struct error *error = store_open(path, STORE_READ, &store);
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM run WHERE tool = 'probe'", &runs);
    }
    if (!error && runs == 0) {
        error = error_create(ERROR_INCOMPLETE, "%s holds no run of the probe: run 'spillscope probe' first", path);
    }
    if (!error) {
        error = store_prepare(store, SPILLS_SQL, &query);
    }
    if (!error) {
        error = arguments_flag(arguments, "json") ? spills_json(store, query) : spills_table(query);
    }
    return verb_finish("spills", error);
}

static const struct verb_option OPTIONS[] = {
    {"db", 0, "FILE", "database with a run of the probe; default spillscope.db"},
    {"json", 0, NULL, "print JSON instead of a table"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_spills = {
    .name = "spills",
    .summary = "list the spills that the probe observed",
    .usage = "[--db FILE] [--json]",
    .description =
        "Prints every (transaction, state) whose lasting change was observed in state that the client does not own, how often, and as what it is "
        "declared; undeclared ones first. A change that another task or an interrupt may have made instead is noted as shared; harm is the worst "
        "that came of altering the state in a litmus. In JSON a finding has the fingerprint that 'spillscope suppress' takes.\n\n"
        "Exit codes: 0 printed, 2 the database cannot be read, 3 it holds no run of the probe.",
    .example = "spillscope spills --db kernel.db\nspillscope spills --db kernel.db --json | jq '.spills[] | select(.declared == null)'",
    .options = OPTIONS,
    .paged = true,
    .run = verb_spills_run,
};
