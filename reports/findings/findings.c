#include "spillscope/findings.h"

#include <stdlib.h>
#include <string.h>

#include "findings/completeness.h"
#include "findings/fingerprint.h"
#include "findings/harm.h"
#include "findings/pattern.h"
#include "findings/pool.h"
#include "findings/state_notes.h"
#include "spillscope/state_key.h"

/* A growing array of findings. */
struct finding_list {
    struct finding *items;
    size_t count;
    size_t capacity;
};

const char *finding_kind_name(enum finding_kind kind) {
    return kind == FINDING_PRIMARY ? "primary" : "secondary";
}

const char *finding_certainty_name(enum finding_certainty certainty) {
    static const char *const names[] = {"observed", "possible", "unknown"};
    return names[certainty];
}

bool finding_is_undeclared(const struct finding *finding) {
    return !*finding->declared && !finding->shared && finding->certainty != FINDING_UNKNOWN;
}

bool findings_counts(const struct findings *findings, const struct finding *finding) {
    return finding_is_undeclared(finding) && (!findings->has_probe || finding->certainty == FINDING_OBSERVED);
}

size_t findings_transaction(const struct findings *findings, int64_t txn_id) {
    for (size_t index = 0; index < findings->transaction_count; index++) {
        if (findings->transactions[index].txn_id == txn_id) {
            return index;
        }
    }
    return findings->transaction_count;
}

static struct finding *finding_list_add(struct finding_list *list) {
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 256;
        struct finding *items = realloc(list->items, capacity * sizeof *items);
        if (!items) {
            return NULL;
        }
        list->items = items;
        list->capacity = capacity;
    }
    struct finding *finding = &list->items[list->count++];
    *finding = (struct finding){0};
    return finding;
}

/* The columns that both queries share, in this order. */
#define COMMON_COLUMNS                                                                                                                               \
    "s.key, s.root, s.path, s.root_kind, s.type, v.entity, v.transaction_name, v.common_name, v.txn_id, v.state_id, s.leaves, s.bit_size, f.path, "  \
    "fn.line, fn.name"
enum {
    COLUMN_KEY,
    COLUMN_ROOT,
    COLUMN_PATH,
    COLUMN_ROOT_KIND,
    COLUMN_TYPE,
    COLUMN_ENTITY,
    COLUMN_TRANSACTION,
    COLUMN_COMMON,
    COLUMN_TXN,
    COLUMN_STATE,
    COLUMN_LEAVES,
    COLUMN_BITS,
    COLUMN_FILE,
    COLUMN_LINE,
    COLUMN_FUNCTION,
    COLUMN_NEXT
};

static void finding_set_changer(struct finding *finding, const char *function, const char *file, int64_t line) {
    finding->changer = function;
    finding->changer_file = file;
    finding->changer_line = line;
}

static void finding_read(struct pool *pool, const struct query *query, struct finding *finding) {
    finding->key = pool_intern(pool, query_text(query, COLUMN_KEY));
    finding->root = pool_intern(pool, query_text(query, COLUMN_ROOT));
    finding->path = pool_intern(pool, query_text(query, COLUMN_PATH));
    finding->root_kind = pool_intern(pool, query_text(query, COLUMN_ROOT_KIND));
    finding->type = pool_intern(pool, query_text(query, COLUMN_TYPE));
    finding->entity = pool_intern(pool, query_text(query, COLUMN_ENTITY));
    finding->transaction = pool_intern(pool, query_text(query, COLUMN_TRANSACTION));
    finding->common_name = pool_intern(pool, query_text(query, COLUMN_COMMON));
    finding->file = pool_intern(pool, query_text(query, COLUMN_FILE));
    finding->function = pool_intern(pool, query_text(query, COLUMN_FUNCTION));
    finding->line = query_int(query, COLUMN_LINE);
    finding_set_changer(finding, finding->function, finding->file, finding->line);
    finding->txn_id = query_int(query, COLUMN_TXN);
    finding->state_id = query_int(query, COLUMN_STATE);
    finding->leaves = query_int(query, COLUMN_LEAVES);
    finding->bits = query_int(query, COLUMN_BITS);
    for (size_t pattern = 0; pattern < PATTERN_COUNT; pattern++) {
        finding->evidence[pattern] = pool_intern(pool, "");
    }
}

static const char observed_sql[] =
    "SELECT " COMMON_COLUMNS ", v.kind, v.attribution, v.owner, v.declared, v.declared_reason, v.observed, v.bytes, m.id "
    "FROM v_spill v JOIN state s ON s.id = v.state_id JOIN txn t ON t.id = v.txn_id JOIN function fn ON fn.id = t.function_id "
    "LEFT JOIN file f ON f.id = fn.file_id LEFT JOIN may_modify m ON m.txn_id = v.txn_id AND m.state_id = v.state_id "
    "ORDER BY v.txn_id, s.key, v.kind, v.attribution, v.owner";

/* v_spill has a row for each owner and attribution; a finding joins the owners, and a shared row adds nothing to an own one. */
static bool finding_joins(const struct finding *last, const struct finding *next) {
    return last->txn_id == next->txn_id && last->state_id == next->state_id && last->kind == next->kind;
}

static struct error *load_observed(struct store *store, struct pool *pool, struct finding_list *list) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = store_prepare(store, observed_sql, &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        struct finding read = {0};
        finding_read(pool, query, &read);
        read.kind = strcmp(query_text(query, COLUMN_NEXT), "primary") == 0 ? FINDING_PRIMARY : FINDING_SECONDARY;
        read.shared = strcmp(query_text(query, COLUMN_NEXT + 1), "shared") == 0;
        read.owner = pool_intern(pool, query_text(query, COLUMN_NEXT + 2));
        read.declared = pool_intern(pool, query_text(query, COLUMN_NEXT + 3));
        read.declared_reason = pool_intern(pool, query_text(query, COLUMN_NEXT + 4));
        read.observed = query_int(query, COLUMN_NEXT + 5);
        read.bytes = query_int(query, COLUMN_NEXT + 6);
        read.may_modify_id = query_int(query, COLUMN_NEXT + 7);
        read.certainty = FINDING_OBSERVED;
        struct finding *last = list->count ? &list->items[list->count - 1] : NULL;
        if (last && finding_joins(last, &read)) {
            if (last->shared == read.shared) {
                last->observed += read.observed;
                last->bytes += read.bytes;
            }
            continue;
        }
        struct finding *finding = finding_list_add(list);
        if (!finding) {
            return error_out_of_memory();
        }
        *finding = read;
    }
    return error;
}

static const char possible_sql[] =
    "SELECT " COMMON_COLUMNS ", v.by_unknown, v.state_entity, v.may_modify_id, v.phase = 'runtime', w.function, w.file, w.line, we.name, "
    "te.role IN ('client', 'outside'), h.function, h.file, h.line "
    "FROM v_whitelist v JOIN state s ON s.id = v.state_id JOIN txn t ON t.id = v.txn_id JOIN entity te ON te.id = t.entity_id "
    "JOIN function fn ON fn.id = t.function_id LEFT JOIN file f ON f.id = fn.file_id "
    "JOIN may_modify m ON m.id = v.may_modify_id LEFT JOIN witness_place w ON w.id = m.store_id "
    "LEFT JOIN witness_place h ON h.id = (SELECT place_id FROM v_changer g WHERE g.may_modify_id = m.id) "
    "LEFT JOIN file wf ON wf.path = w.file LEFT JOIN entity we ON we.id = wf.entity_id "
    "ORDER BY v.txn_id, s.key";

/* Candidates are all whitelist rows; observed == -1 marks the ones that explain an observation but are no finding of their own. */
#define CANDIDATE_SILENT (-1)

static void possible_read(struct pool *pool, const struct query *query, const struct state_notes *notes, struct finding *finding) {
    finding_read(pool, query, finding);
    const struct state_note *note = state_notes_find(notes, finding->state_id);
    finding->certainty = query_int(query, COLUMN_NEXT) ? FINDING_UNKNOWN : FINDING_POSSIBLE;
    finding->owner = *note->owner ? note->owner : pool_intern(pool, query_text(query, COLUMN_NEXT + 1));
    finding->declared = note->declared;
    finding->declared_reason = note->reason;
    finding->may_modify_id = query_int(query, COLUMN_NEXT + 2);
    if (!query_is_null(query, COLUMN_NEXT + 4)) {
        finding->function = pool_intern(pool, query_text(query, COLUMN_NEXT + 4));
        finding->file = pool_intern(pool, query_text(query, COLUMN_NEXT + 5));
        finding->line = query_int(query, COLUMN_NEXT + 6);
        finding_set_changer(finding, finding->function, finding->file, finding->line);
    }
    if (!query_is_null(query, COLUMN_NEXT + 9)) {
        finding_set_changer(finding, pool_intern(pool, query_text(query, COLUMN_NEXT + 9)), pool_intern(pool, query_text(query, COLUMN_NEXT + 10)),
                            query_int(query, COLUMN_NEXT + 11));
    }
    /* The owner decides; where the analysis does not know it, the place of the store is the best guess. */
    const char *holder = *finding->owner ? finding->owner : pool_intern(pool, query_text(query, COLUMN_NEXT + 7));
    finding->kind = !*holder || holder == finding->entity ? FINDING_PRIMARY : FINDING_SECONDARY;
    bool counts = query_int(query, COLUMN_NEXT + 3) && !note->client && !query_int(query, COLUMN_NEXT + 8);
    finding->observed = counts ? 0 : CANDIDATE_SILENT;
}

static struct error *load_possible(struct store *store, struct pool *pool, struct finding_list *list) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct state_notes notes __attribute__((cleanup(state_notes_deinit))) = {0};
    bool row = false;
    struct error *error = state_notes_load(store, pool, &notes);
    if (!error) {
        error = store_prepare(store, possible_sql, &query);
    }
    while (!error && !(error = query_step(query, &row)) && row) {
        struct finding *finding = finding_list_add(list);
        if (!finding) {
            return error_out_of_memory();
        }
        possible_read(pool, query, &notes, finding);
    }
    return error;
}

/* The whitelist row that covers an observed leaf: the longest overlapping key of the transaction. */
static const struct finding *candidate_covering(const struct finding_list *possible, const struct finding *observed, size_t first) {
    const struct finding *best = NULL;
    for (size_t index = first; index < possible->count && possible->items[index].txn_id == observed->txn_id; index++) {
        const struct finding *candidate = &possible->items[index];
        if (state_key_overlaps(candidate->key, observed->key) && (!best || strlen(candidate->key) > strlen(best->key))) {
            best = candidate;
        }
    }
    return best;
}

/* Both lists are sorted by txn_id and key. */
static void observed_explain(struct finding_list *observed, struct finding_list *possible) {
    size_t first = 0;
    for (size_t index = 0; index < observed->count; index++) {
        struct finding *finding = &observed->items[index];
        while (first < possible->count && possible->items[first].txn_id < finding->txn_id) {
            first++;
        }
        const struct finding *candidate = candidate_covering(possible, finding, first);
        if (candidate) {
            finding->may_modify_id = candidate->may_modify_id;
            finding->function = candidate->function;
            finding->file = candidate->file;
            finding->line = candidate->line;
            finding_set_changer(finding, candidate->changer, candidate->changer_file, candidate->changer_line);
        }
        for (size_t at = first; at < possible->count && possible->items[at].txn_id == finding->txn_id; at++) {
            if (possible->items[at].state_id == finding->state_id) {
                possible->items[at].observed = CANDIDATE_SILENT;
            }
        }
    }
}

static int finding_compare(const void *one, const void *other) {
    const struct finding *left = one;
    const struct finding *right = other;
    int order = strcmp(left->entity, right->entity);
    order = order ? order : strcmp(left->transaction, right->transaction);
    order = order ? order : (left->txn_id > right->txn_id) - (left->txn_id < right->txn_id);
    order = order ? order : strcmp(left->key, right->key);
    return order ? order : (int)left->kind - (int)right->kind;
}

static struct error *load_items(struct store *store, enum findings_scope scope, struct findings *findings) {
    struct finding_list observed = {0};
    struct finding_list possible = {0};
    struct error *error = scope == FINDINGS_STATIC ? NULL : load_observed(store, findings->pool, &observed);
    if (!error) {
        error = load_possible(store, findings->pool, &possible);
    }
    if (!error) {
        findings->has_static = possible.count > 0;
        observed_explain(&observed, &possible);
    }
    for (size_t index = 0; index < possible.count && !error; index++) {
        if (possible.items[index].observed != CANDIDATE_SILENT) {
            struct finding *finding = finding_list_add(&observed);
            if (finding) {
                *finding = possible.items[index];
            } else {
                error = error_out_of_memory();
            }
        }
    }
    free(possible.items);
    if (error) {
        free(observed.items);
        return error;
    }
    if (observed.count) {
        qsort(observed.items, observed.count, sizeof *observed.items, finding_compare);
    }
    findings->items = observed.items;
    findings->count = observed.count;
    return NULL;
}

static struct error *load_transactions(struct store *store, struct findings *findings) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    int64_t count = 0;
    bool row = false;
    struct error *error = store_scalar(store, "SELECT count(*) FROM txn", &count);
    if (!error) {
        findings->transactions = calloc(count > 0 ? (size_t)count : 1, sizeof *findings->transactions);
        error = findings->transactions ? NULL : error_out_of_memory();
    }
    if (!error) {
        error = store_prepare(
            store,
            "SELECT c.txn_id, c.entity, c.transaction_name, c.common_name, f.path, fn.line, c.observed, c.complete, c.failed, c.overlapped, "
            "w.states, w.leaves, w.by_unknown FROM v_coverage c JOIN v_whitelist_size w ON w.txn_id = c.txn_id JOIN txn t ON t.id = c.txn_id "
            "JOIN entity e ON e.id = t.entity_id JOIN function fn ON fn.id = t.function_id LEFT JOIN file f ON f.id = fn.file_id "
            "WHERE e.role NOT IN ('client', 'outside') ORDER BY c.entity, c.transaction_name, c.txn_id",
            &query);
    }
    while (!error && !(error = query_step(query, &row)) && row && findings->transaction_count < (size_t)count) {
        struct finding_transaction *transaction = &findings->transactions[findings->transaction_count++];
        transaction->txn_id = query_int(query, 0);
        transaction->entity = pool_intern(findings->pool, query_text(query, 1));
        transaction->name = pool_intern(findings->pool, query_text(query, 2));
        transaction->common_name = pool_intern(findings->pool, query_text(query, 3));
        transaction->file = pool_intern(findings->pool, query_text(query, 4));
        transaction->line = query_int(query, 5);
        transaction->observed = query_int(query, 6);
        transaction->complete = query_int(query, 7);
        transaction->failed = query_int(query, 8);
        transaction->overlapped = query_int(query, 9);
        transaction->states = query_int(query, 10);
        transaction->leaves = query_int(query, 11);
        transaction->by_unknown = query_int(query, 12);
    }
    return error;
}

/* Findings and transactions have the same order of entity and name, but not of ids: one pass with a memory of the last hit is enough. */
static void assign_txn_observed(struct findings *findings) {
    size_t last = findings->transaction_count;
    for (size_t index = 0; index < findings->count; index++) {
        struct finding *finding = &findings->items[index];
        if (last == findings->transaction_count || findings->transactions[last].txn_id != finding->txn_id) {
            last = findings_transaction(findings, finding->txn_id);
        }
        finding->txn_observed = last < findings->transaction_count ? findings->transactions[last].observed : 0;
    }
}

struct error *findings_load(struct store *store, enum findings_scope scope, struct findings **out_findings) {
    struct findings *findings = calloc(1, sizeof *findings);
    struct pool *pool = pool_create();
    if (!findings || !pool) {
        free(findings);
        pool_destroy(pool);
        return error_out_of_memory();
    }
    findings->pool = pool;
    struct error *error = completeness_load(store, findings);
    findings->has_probe = findings->has_probe && scope == FINDINGS_ALL;
    if (!error) {
        error = load_items(store, scope, findings);
    }
    if (!error) {
        error = load_transactions(store, findings);
    }
    if (!error) {
        assign_txn_observed(findings);
        error = pattern_assign(store, findings);
    }
    if (!error) {
        error = harm_assign(store, findings);
    }
    if (!error) {
        error = fingerprint_assign(findings);
    }
    if (!error) {
        error = pool_check(pool);
    }
    if (error) {
        findings_destroy(findings);
        return error;
    }
    *out_findings = findings;
    return NULL;
}

void findings_destroy(struct findings *findings) {
    if (findings) {
        free(findings->items);
        free(findings->transactions);
        free(findings->incomplete);
        pool_destroy(findings->pool);
        free(findings);
    }
}
