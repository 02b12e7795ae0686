#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "spillscope/collection.h"
#include "spillscope/oracle.h"
#include "spillscope/state_key.h"
#include "spillscope/text.h"
#include "whitelist.h"

struct verdict_builder {
    struct store *store;
    struct oracle_verdict *verdict;
    struct whitelist whitelist;
    struct vector findings; /* struct finding */
};

static char *copy(struct verdict_builder *builder, const char *string) {
    char *result = strdup(string ? string : "");
    builder->findings.failed |= !result;
    return result;
}

/* Columns: transaction, key, function, file, line, pc, count, note. */
static void builder_add(struct verdict_builder *builder, enum finding_kind kind, const struct query *query) {
    struct finding *finding = vector_push(&builder->findings);
    finding->kind = kind;
    finding->transaction = copy(builder, query_text(query, 0));
    finding->key = copy(builder, query_text(query, 1));
    finding->function = copy(builder, query_text(query, 2));
    finding->file = copy(builder, query_text(query, 3));
    finding->line = (uint32_t)query_int(query, 4);
    finding->pc = (uint64_t)query_int(query, 5);
    finding->count = (uint64_t)query_int(query, 6);
    finding->note = copy(builder, query_text(query, 7));
    builder->verdict->counts[kind]++;
}

/* All rows of a query over the run (?1) and the probe run that it is paired with (?2) are findings of one kind. */
static struct error *builder_query(struct verdict_builder *builder, enum finding_kind kind, const char *sql) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(builder->store, sql, &query);
    bool row = false;
    if (!error) {
        query_bind_int(query, 1, builder->verdict->run);
        query_bind_int(query, 2, builder->verdict->paired_run);
    }
    while (!error && !(error = query_step(query, &row)) && row) {
        builder_add(builder, kind, query);
    }
    return error;
}

static struct error *builder_misses(struct verdict_builder *builder) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(builder->store,
                                        "SELECT t.name, u.key, u.function, u.file, u.line, u.pc, u.stores, u.owner, u.txn_id, u.silent, u.transient "
                                        "FROM truth u JOIN txn t ON t.id = u.txn_id WHERE u.run_id = ?1 ORDER BY t.name, t.id, u.key",
                                        &query);
    bool row = false;
    if (!error) {
        query_bind_int(query, 1, builder->verdict->run);
    }
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *key = query_text(query, 1);
        builder->verdict->pairs++;
        builder->verdict->silent_stores += (size_t)query_int(query, 9);
        builder->verdict->transient += query_int(query, 10) > 0;
        enum allowance allowed =
            strcmp(key, PAGE_TABLES) == 0 ? ALLOWED : whitelist_allows(&builder->whitelist, query_int(query, 8), key, state_key_root_length(key));
        builder->verdict->page_tables += strcmp(key, PAGE_TABLES) == 0;
        builder->verdict->by_wildcard += allowed == ALLOWED_BY_WILDCARD;
        if (allowed == NOT_ALLOWED) {
            builder_add(builder, FINDING_STATE, query);
        }
    }
    return error;
}

static struct error *builder_findings(struct verdict_builder *builder) {
    struct error *error = judge_whitelist_load(builder->store, &builder->whitelist);
    error = error ? error : builder_misses(builder);
    error =
        error ? error
              : builder_query(builder, FINDING_FUNCTION,
                              "SELECT t.name, '', u.function, u.file, 0, 0, 0, '', ?2 FROM truth_function u JOIN txn t ON t.id = u.txn_id WHERE "
                              "u.run_id = ?1 AND NOT EXISTS (SELECT 1 FROM txn_alias a WHERE a.txn_id = u.txn_id AND a.name = u.function) "
                              /* Code that was not analysed, below a function that a model or a wildcard stands for, is not in question. */
                              "AND (EXISTS (SELECT 1 FROM function d JOIN file y ON y.id = d.file_id WHERE d.name = u.function AND y.path = u.file) "
                              "OR NOT EXISTS (SELECT 1 FROM closure m JOIN function o ON o.id = m.function_id WHERE m.txn_id = u.txn_id AND "
                              "o.file_id IS NULL)) "
                              /* What an unknown call runs is as unknown as what it stores to. */
                              "AND NOT EXISTS (SELECT 1 FROM v_unknown w WHERE w.txn_id = u.txn_id AND w.cause = 'outside-call') AND NOT EXISTS ("
                              "SELECT 1 FROM closure c JOIN function f ON f.id = c.function_id LEFT JOIN file x ON x.id = f.file_id "
                              "WHERE c.txn_id = u.txn_id AND f.name = u.function AND (x.path IS NULL OR x.path = u.file)) ORDER BY t.name, t.id, "
                              "u.function, u.file");
    if (!error && builder->verdict->paired_run) {
        error = builder_query(
            builder, FINDING_FALSE_POSITIVE,
            "SELECT t.name, s.key, coalesce(u.function, ''), coalesce(u.file, ''), coalesce(u.line, 0), coalesce(u.pc, 0), count(DISTINCT o.id), "
            "CASE WHEN u.key IS NULL THEN 'never stored to' WHEN u.changed = 0 AND u.transient > 0 THEN 'changed back' "
            "WHEN u.changed = 0 THEN 'only silent stores' ELSE 'owned by the client' END "
            "FROM change c JOIN observation o ON o.id = c.observation_id JOIN txn t ON t.id = o.txn_id JOIN state s ON s.id = c.state_id "
            "LEFT JOIN truth u ON u.run_id = ?1 AND u.txn_id = t.id AND u.key = s.key "
            "WHERE o.run_id = ?2 AND c.owner = 'server' AND c.attribution = 'own' AND c.whitelisted = 1 "
            "AND (u.key IS NULL OR u.changed = 0 OR u.owner <> 'server') "
            /* Pages that only serve as page tables go by that name here, and may go by their allocation there. */
            "AND NOT (s.key LIKE 'alloc@%' AND NOT EXISTS (SELECT 1 FROM truth p WHERE p.run_id = ?1 AND p.key = s.key) "
            "AND EXISTS (SELECT 1 FROM truth p WHERE p.run_id = ?1 AND p.txn_id = t.id AND p.key = '" PAGE_TABLES "' AND p.changed > 0)) "
            "GROUP BY t.id, s.id ORDER BY t.name, t.id, s.key");
    }
    if (!error && builder->verdict->paired_run) {
        error = builder_query(builder, FINDING_FALSE_NEGATIVE,
                              "SELECT t.name, u.key, u.function, u.file, u.line, u.pc, u.changed, u.owner FROM truth u JOIN txn t ON t.id = u.txn_id "
                              "WHERE u.run_id = ?1 AND u.changed > 0 AND u.owner = 'server' AND u.key <> '" PAGE_TABLES "' AND NOT EXISTS ("
                              "SELECT 1 FROM change c JOIN observation o ON o.id = c.observation_id JOIN state s ON s.id = c.state_id "
                              "WHERE o.run_id = ?2 AND o.txn_id = u.txn_id AND s.key = u.key AND c.owner = 'server') ORDER BY t.name, t.id, u.key");
    }
    error = error ? error
                  : builder_query(
                        builder, FINDING_UNMAPPED,
                        "SELECT t.name, '', u.function, u.file, u.line, u.pc, u.stores, printf('%d bytes, first at 0x%x', u.bytes, u.address), ?2 "
                        "FROM unmapped u JOIN txn t ON t.id = u.txn_id WHERE u.run_id = ?1 ORDER BY t.name, t.id, u.file, u.line, u.pc");
    return error;
}

static struct error *builder_number(struct verdict_builder *builder, const char *sql, size_t *out_number) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(builder->store, sql, &query);
    bool row = false;
    if (!error) {
        query_bind_int(query, 1, builder->verdict->run);
        error = query_step(query, &row);
    }
    if (!error && row) {
        *out_number = (size_t)query_int(query, 0);
    }
    return error;
}

static struct error *builder_numbers(struct verdict_builder *builder) {
    struct oracle_verdict *verdict = builder->verdict;
    struct error *error =
        builder_number(builder, "SELECT count(*) FROM observation WHERE run_id = ?1 AND status = 'complete'", &verdict->transactions);
    error = error ? error
                  : builder_number(builder, "SELECT count(DISTINCT txn_id) FROM observation WHERE run_id = ?1 AND status = 'complete'",
                                   &verdict->distinct_transactions);
    error =
        error ? error
              : builder_number(builder, "SELECT count(*) FROM truth WHERE run_id = ?1 AND changed > 0 AND owner = 'server'", &verdict->changed_pairs);
    return error ? error : builder_number(builder, "SELECT coalesce(sum(bytes), 0) FROM unmapped WHERE run_id = ?1", &verdict->unmapped_bytes);
}

static struct error *builder_run(struct verdict_builder *builder, int64_t run) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(builder->store,
                      "SELECT id, coalesce(paired_id, 0), status, coalesce(message, '') FROM run WHERE tool = 'oracle' AND (?1 = 0 OR id = ?1) "
                      "ORDER BY id DESC LIMIT 1",
                      &query);
    bool row = false;
    if (!error) {
        query_bind_int(query, 1, run);
        error = query_step(query, &row);
    }
    if (!error && !row) {
        return error_create(ERROR_INCOMPLETE,
                            "the database holds no oracle run: make one with `spillscope probe --oracle` or `spillscope oracle --run -- QEMU ...`");
    }
    if (!error && strcmp(query_text(query, 2), "complete") != 0) {
        return error_create(ERROR_INCOMPLETE, "oracle run %lld is %s: %s", (long long)query_int(query, 0), query_text(query, 2),
                            query_text(query, 3));
    }
    if (!error) {
        builder->verdict->run = query_int(query, 0);
        builder->verdict->paired_run = query_int(query, 1);
    }
    return error;
}

struct error *oracle_verdict_read(struct store *store, int64_t run, struct oracle_verdict **out_verdict) {
    struct verdict_builder builder = {.store = store, .verdict = calloc(1, sizeof *builder.verdict), .findings = VECTOR_OF(struct finding)};
    if (!builder.verdict) {
        return error_out_of_memory();
    }
    struct error *error = builder_run(&builder, run);
    error = error ? error : builder_findings(&builder);
    error = error ? error : builder_numbers(&builder);
    error = !error && builder.findings.failed ? error_out_of_memory() : error;
    whitelist_deinit(&builder.whitelist);
    builder.verdict->findings = builder.findings.items;
    builder.verdict->finding_count = builder.findings.count;
    if (error) {
        oracle_verdict_destroy(builder.verdict);
        return error;
    }
    *out_verdict = builder.verdict;
    return NULL;
}

void oracle_verdict_destroy(struct oracle_verdict *verdict) {
    if (verdict) {
        for (size_t i = 0; i < verdict->finding_count; i++) {
            struct finding *finding = &verdict->findings[i];
            free(finding->transaction);
            free(finding->key);
            free(finding->function);
            free(finding->file);
            free(finding->note);
        }
        free(verdict->findings);
        free(verdict);
    }
}

bool oracle_verdict_passes(const struct oracle_verdict *verdict) {
    return !verdict->counts[FINDING_STATE] && !verdict->counts[FINDING_FUNCTION] && !verdict->counts[FINDING_UNMAPPED] &&
           !verdict->counts[FINDING_FALSE_NEGATIVE];
}
