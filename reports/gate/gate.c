#include "spillscope/gate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "findings/pool.h"
#include "gate/match.h"
#include "gate/policy.h"
#include "gate/reasons.h"
#include "gate/suppression.h"

const char *gate_verdict_name(enum gate_verdict verdict) {
    static const char *const names[] = {"pass", "fail", "incomplete"};
    return names[verdict];
}

const char *gate_change_name(enum gate_change change) {
    static const char *const names[GATE_CHANGE_COUNT] = {"new", "grown", "shrunk", "resolved"};
    return names[change];
}

const char *gate_code_name(enum gate_code code) {
    static const char *const names[] = {"unchanged", "changed", "unknown"};
    return names[code];
}

int gate_exit_code(const struct gate *gate) {
    return gate->failed ? 1 : gate->is_incomplete ? 3 : 0;
}

void gate_destroy(struct gate *gate) {
    if (!gate) {
        return;
    }
    for (size_t index = 0; index < gate->suppression_count; index++) {
        free(gate->suppressions[index].variable);
        free(gate->suppressions[index].function);
        free(gate->suppressions[index].file);
        free(gate->suppressions[index].reason);
        free(gate->suppressions[index].owner);
        free(gate->suppressions[index].expires);
        free(gate->suppressions[index].origin);
    }
    for (size_t index = 0; index < gate->budget_count; index++) {
        free(gate->budgets[index].entity);
        free(gate->budgets[index].origin);
    }
    free(gate->suppressions);
    free(gate->budgets);
    free(gate->entries);
    free(gate->entities);
    free(gate->unknowns);
    free((void *)gate->reasons);
    findings_destroy(gate->head);
    findings_destroy(gate->base);
    free(gate);
}

/* ------------------------------------------------------------------------------------------------ loading both sides */

static struct error *gate_load(struct gate *gate, struct store *head, struct store *base, enum gate_mode mode) {
    int64_t head_runs = 0;
    int64_t base_runs = 0;
    struct error *error = store_scalar(head, "SELECT count(*) FROM run WHERE tool = 'probe'", &head_runs);
    if (!error) {
        error = store_scalar(base, "SELECT count(*) FROM run WHERE tool = 'probe'", &base_runs);
    }
    if (!error && mode == GATE_OBSERVED && (!head_runs || !base_runs)) {
        return error_create(ERROR_USAGE, "--mode observed needs a probe run in both databases; the %s has none", head_runs ? "baseline" : "head");
    }
    bool observed = mode == GATE_OBSERVED || (mode == GATE_AUTO && head_runs && base_runs);
    enum findings_scope scope = observed ? FINDINGS_ALL : FINDINGS_STATIC;
    gate->mode = observed ? GATE_OBSERVED : GATE_STATIC;
    if (!error) {
        error = findings_load(head, scope, &gate->head);
    }
    if (!error) {
        error = findings_load(base, scope, &gate->base);
    }
    return error;
}

/* --------------------------------------------------------------------------------------------------- code axis */

/* Digest of each translation unit, by path. */
struct unit {
    const char *path, *digest;
};
struct units {
    struct unit *items;
    size_t count;
};

static int unit_compare(const void *one, const void *other) {
    return strcmp(((const struct unit *)one)->path, ((const struct unit *)other)->path);
}

static struct error *units_load(struct store *store, struct pool *pool, struct units *units) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    int64_t count = 0;
    bool row = false;
    struct error *error = store_scalar(store, "SELECT count(*) FROM unit", &count);
    if (!error) {
        units->items = calloc(count > 0 ? (size_t)count : 1, sizeof *units->items);
        error = units->items ? store_prepare(store, "SELECT path, digest FROM unit", &query) : error_out_of_memory();
    }
    while (!error && !(error = query_step(query, &row)) && row && units->count < (size_t)count) {
        units->items[units->count++] = (struct unit){pool_intern(pool, query_text(query, 0)), pool_intern(pool, query_text(query, 1))};
    }
    if (!error) {
        qsort(units->items, units->count, sizeof *units->items, unit_compare);
    }
    return error;
}

static const char *units_digest(const struct units *units, const char *path) {
    const struct unit wanted = {path, ""};
    const struct unit *unit = units->count ? bsearch(&wanted, units->items, units->count, sizeof wanted, unit_compare) : NULL;
    return unit ? unit->digest : NULL;
}

/* Units of the baseline that the head did not analyse although their files are still there: what they do is not known. Another kernel has its own. */
static struct error *units_check_gone(struct gate *gate, const struct units *head, const struct units *base) {
    size_t gone = 0;
    const char *first = NULL;
    if (strcmp(gate->head->kernel, gate->base->kernel) != 0) {
        return NULL;
    }
    for (size_t index = 0; index < base->count; index++) {
        const char *path = base->items[index].path;
        if (!units_digest(head, path) && gate_head_has_file(gate, path)) {
            first = gone++ ? first : path;
        }
    }
    return gone ? gate_reason_add(gate,
                                  "%zu translation unit(s) of the baseline were not analysed again, though their files are still there; first %s",
                                  gone, first)
                : NULL;
}

static enum gate_code file_code(const struct units *head, const struct units *base, const char *path) {
    const char *now = units_digest(head, path);
    const char *then = units_digest(base, path);
    if (!now && !then) {
        return GATE_CODE_UNKNOWN;
    }
    return now && then && strcmp(now, then) == 0 ? GATE_CODE_UNCHANGED : GATE_CODE_CHANGED;
}

/* The unit of the store and the unit of the entry; a header is no unit and says nothing. */
static enum gate_code finding_code(const struct gate *gate, const struct finding *finding, const struct units *head, const struct units *base) {
    const struct findings *side = finding >= gate->head->items && finding < gate->head->items + gate->head->count ? gate->head : gate->base;
    enum gate_code store = file_code(head, base, finding->file);
    size_t at = findings_transaction(side, finding->txn_id);
    enum gate_code entry = at < side->transaction_count ? file_code(head, base, side->transactions[at].file) : GATE_CODE_UNKNOWN;
    if (store == GATE_CODE_CHANGED || entry == GATE_CODE_CHANGED) {
        return GATE_CODE_CHANGED;
    }
    return store == GATE_CODE_UNCHANGED || entry == GATE_CODE_UNCHANGED ? GATE_CODE_UNCHANGED : GATE_CODE_UNKNOWN;
}

/* ------------------------------------------------------------------------------------------------------ entries */

static bool finding_is_soft(const struct finding *finding) {
    return strcmp(finding->declared, "soft") == 0;
}

/*
 * The findings of one side that take part: undeclared, and with enough certainty for the mode. Of the base also what a litmus has shown to be soft:
 * where the head was not tried, its unproved claim is known from there.
 */
static struct error *side_pairs(const struct findings *findings, bool observed, bool is_base, struct match_pair **out_pairs, size_t *out_count) {
    struct match_pair *pairs = calloc(findings->count ? findings->count : 1, sizeof *pairs);
    if (!pairs) {
        return error_out_of_memory();
    }
    size_t count = 0;
    for (size_t index = 0; index < findings->count; index++) {
        const struct finding *finding = &findings->items[index];
        /* Where a run never entered the transaction, its whitelist stands in for what would have been seen. */
        bool stands_in = finding->certainty == FINDING_POSSIBLE && !finding->txn_observed;
        bool soft = is_base && finding_is_soft(finding);
        if ((finding_is_undeclared(finding) || soft) && (!observed || finding->certainty == FINDING_OBSERVED || stands_in)) {
            pairs[count++].finding = finding;
        }
    }
    *out_pairs = pairs;
    *out_count = count;
    return NULL;
}

static bool finding_has_grown(const struct finding *from, const struct finding *to) {
    return to->leaves > from->leaves || (to->leaves == from->leaves && from->bits && to->bits > from->bits);
}

static void entry_add(struct gate *gate, const struct match_pair *pair, bool is_head, enum gate_change change) {
    gate->entries[gate->entry_count++] = (struct gate_entry){
        .head = is_head ? pair->finding : NULL,
        .base = is_head ? pair->other : pair->finding,
        .change = change,
        .tier = pair->other ? fingerprint_tier_name(pair->tier) : "none",
    };
}

/* How a finding of the head differs from its counterpart; GATE_CHANGE_COUNT = not at all. */
static enum gate_change pair_change(const struct match_pair *pair) {
    if (!pair->other) {
        return GATE_NEW;
    }
    if (finding_has_grown(pair->other, pair->finding)) {
        return GATE_GROWN;
    }
    return finding_has_grown(pair->finding, pair->other) ? GATE_SHRUNK : GATE_CHANGE_COUNT;
}

static void gate_classify(struct gate *gate, const struct match_pair *heads, size_t head_count, const struct match_pair *bases, size_t base_count) {
    for (enum gate_change change = GATE_NEW; change < GATE_RESOLVED; change++) {
        for (size_t index = 0; index < head_count; index++) {
            bool relevant = gate->mode == GATE_STATIC || heads[index].finding->certainty == FINDING_OBSERVED;
            if (relevant && pair_change(&heads[index]) == change) {
                entry_add(gate, &heads[index], true, change);
            }
        }
    }
    _Static_assert(sizeof gate->matched / sizeof gate->matched[0] == TIER_COUNT, "one count a tier");
    for (size_t index = 0; index < head_count; index++) {
        const struct match_pair *pair = &heads[index];
        if (pair->other) {
            gate->matched[pair->tier]++;
        }
        gate->first_seen +=
            gate->mode == GATE_OBSERVED && pair->finding->certainty == FINDING_OBSERVED && pair->other && pair->other->certainty != FINDING_OBSERVED;
    }
    for (size_t index = 0; index < base_count; index++) {
        const struct match_pair *pair = &bases[index];
        if (finding_is_soft(pair->finding)) {
            continue; /* was no spill, so nothing is resolved */
        }
        if (gate->mode == GATE_STATIC ? !pair->other : pair->finding->certainty == FINDING_OBSERVED && !pair->other) {
            entry_add(gate, pair, false, GATE_RESOLVED);
        } else if (gate->mode == GATE_OBSERVED && pair->finding->certainty == FINDING_OBSERVED && pair->other->certainty != FINDING_OBSERVED) {
            gate->not_observed++;
        }
    }
}

/* A resolved finding may still be there, and be declared now: by the manifest, not by a change of the code. */
static void gate_mark_declared(struct gate *gate) {
    for (size_t index = 0; index < gate->entry_count; index++) {
        struct gate_entry *entry = &gate->entries[index];
        for (size_t at = 0; at < gate->head->count && entry->change == GATE_RESOLVED && !entry->declared; at++) {
            const struct finding *finding = &gate->head->items[at];
            bool same = strcmp(finding->key, entry->base->key) == 0 && strcmp(finding->common_name, entry->base->common_name) == 0 &&
                        finding->kind == entry->base->kind;
            entry->declared = same && *finding->declared ? finding : NULL;
        }
        gate->declared += entry->declared != NULL;
    }
}

/*
 * Where a unit failed, what it defines may do anything, and much seems new or gone that is not. Only differences in code that changed are judged
 * then; the result is incomplete anyway.
 */
static struct error *gate_drop_doubtful(struct gate *gate) {
    size_t kept = 0;
    size_t dropped = 0;
    if (gate->head->units_failed || gate->base->units_failed) {
        for (size_t index = 0; index < gate->entry_count; index++) {
            if (gate->entries[index].code == GATE_CODE_UNCHANGED) {
                dropped++;
            } else {
                gate->entries[kept++] = gate->entries[index];
            }
        }
        gate->entry_count = kept;
    }
    return dropped ? gate_reason_add(gate, "%zu difference(s) in code that did not change are not judged: the units that failed may be their cause",
                                     dropped)
                   : NULL;
}

/* Of those that have no counterpart yet. */
static void pairs_mark_unchanged(const struct gate *gate, struct match_pair *pairs, size_t count, const struct units *head,
                                 const struct units *base) {
    for (size_t index = 0; index < count; index++) {
        pairs[index].code_unchanged = !pairs[index].other && finding_code(gate, pairs[index].finding, head, base) == GATE_CODE_UNCHANGED;
    }
}

static struct error *gate_compare(struct gate *gate, struct store *head, struct store *base) {
    struct match_pair *heads SCOPE_FREE = NULL;
    struct match_pair *bases SCOPE_FREE = NULL;
    struct units head_units = {0};
    struct units base_units = {0};
    size_t head_count = 0;
    size_t base_count = 0;
    bool observed = gate->mode == GATE_OBSERVED;
    struct error *error = side_pairs(gate->head, observed, false, &heads, &head_count);
    if (!error) {
        error = side_pairs(gate->base, observed, true, &bases, &base_count);
    }
    if (!error) {
        error = match_findings(gate->head, gate->base, heads, head_count, bases, base_count);
    }
    if (!error) {
        error = units_load(head, gate->head->pool, &head_units);
    }
    if (!error) {
        error = units_load(base, gate->base->pool, &base_units);
    }
    if (!error) {
        error = units_check_gone(gate, &head_units, &base_units);
    }
    if (!error) {
        pairs_mark_unchanged(gate, heads, head_count, &head_units, &base_units);
        pairs_mark_unchanged(gate, bases, base_count, &head_units, &base_units);
        error = match_relaid(heads, head_count, bases, base_count);
    }
    if (!error) {
        gate->entries = calloc(head_count + base_count + 1, sizeof *gate->entries);
        error = gate->entries ? NULL : error_out_of_memory();
    }
    if (!error) {
        gate_classify(gate, heads, head_count, bases, base_count);
        gate_mark_declared(gate);
    }
    for (size_t index = 0; index < gate->entry_count && !error; index++) {
        const struct finding *finding = gate->entries[index].head ? gate->entries[index].head : gate->entries[index].base;
        gate->entries[index].code = finding_code(gate, finding, &head_units, &base_units);
    }
    free(head_units.items);
    free(base_units.items);
    return error ? error : gate_drop_doubtful(gate);
}

/* ------------------------------------------------------------------------------------------------------- counts */

static int entity_compare(const void *one, const void *other) {
    return strcmp(((const struct gate_entity *)one)->name, ((const struct gate_entity *)other)->name);
}

/* Adds the counts of one side; findings lie together by entity. */
static void entities_count(struct gate *gate, const struct findings *findings, bool is_head) {
    size_t at = gate->entity_count;
    for (size_t index = 0; index < findings->count; index++) {
        const struct finding *finding = &findings->items[index];
        if (!findings_counts(findings, finding) || (is_head && suppression_holds(gate, finding))) {
            continue;
        }
        if (at == gate->entity_count || strcmp(gate->entities[at].name, finding->entity) != 0) {
            for (at = 0; at < gate->entity_count && strcmp(gate->entities[at].name, finding->entity) != 0; at++) {
            }
            if (at == gate->entity_count) {
                gate->entities[gate->entity_count++] = (struct gate_entity){.name = finding->entity};
            }
        }
        gate->entities[at].head += is_head;
        gate->entities[at].base += !is_head;
    }
}

static size_t entity_changes(const struct findings *findings) {
    size_t changes = 0;
    for (size_t index = 0; index < findings->count; index++) {
        changes += !index || findings->items[index].entity != findings->items[index - 1].entity;
    }
    return changes;
}

static struct error *gate_count(struct gate *gate) {
    gate->entities = calloc(entity_changes(gate->head) + entity_changes(gate->base) + 1, sizeof *gate->entities);
    if (!gate->entities) {
        return error_out_of_memory();
    }
    entities_count(gate, gate->base, false);
    entities_count(gate, gate->head, true);
    qsort(gate->entities, gate->entity_count, sizeof *gate->entities, entity_compare);
    for (size_t index = 0; index < gate->budget_count; index++) {
        struct gate_budget *budget = &gate->budgets[index];
        const struct gate_entity wanted = {.name = budget->entity};
        const struct gate_entity *entity = bsearch(&wanted, gate->entities, gate->entity_count, sizeof wanted, entity_compare);
        budget->count = entity ? entity->head : 0;
        gate->budgets_exceeded += budget->count > budget->limit;
    }
    for (size_t index = 0; index < gate->entry_count; index++) {
        gate->counts[gate->entries[index].change] += !gate->entries[index].suppressed;
    }
    return NULL;
}

static int state_id_compare(const void *one, const void *other) {
    int64_t left = *(const int64_t *)one;
    int64_t right = *(const int64_t *)other;
    return (left > right) - (left < right);
}

static struct error *states_count(const struct findings *findings, int64_t *out_count) {
    int64_t *states SCOPE_FREE = calloc(findings->count ? findings->count : 1, sizeof *states);
    if (!states) {
        return error_out_of_memory();
    }
    size_t count = 0;
    for (size_t index = 0; index < findings->count; index++) {
        if (findings_counts(findings, &findings->items[index])) {
            states[count++] = findings->items[index].state_id;
        }
    }
    qsort(states, count, sizeof *states, state_id_compare);
    int64_t distinct = 0;
    for (size_t index = 0; index < count; index++) {
        distinct += !index || states[index] != states[index - 1];
    }
    *out_count = distinct;
    return NULL;
}

/* ------------------------------------------------------------------------------------------------------- unknowns */

static const char unknown_sql[] =
    "SELECT DISTINCT t.common_name, u.cause, u.detail, min(u.file || char(31) || printf('%012d', u.line)) FROM v_unknown u "
    "JOIN txn t ON t.id = u.txn_id JOIN entity e ON e.id = t.entity_id WHERE e.role NOT IN ('client', 'outside') "
    "GROUP BY t.common_name, u.cause, u.detail ORDER BY t.common_name, u.cause, u.detail";

static int unknown_compare(const struct query *one, const struct query *other) {
    for (int column = 0; column < 3; column++) {
        int order = strcmp(query_text(one, column), query_text(other, column));
        if (order) {
            return order;
        }
    }
    return 0;
}

static struct error *unknown_add(struct gate *gate, const struct query *query) {
    if ((gate->unknown_count & (gate->unknown_count - 1)) == 0) {
        size_t capacity = gate->unknown_count ? gate->unknown_count * 2 : 1;
        struct gate_unknown *grown = realloc(gate->unknowns, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        gate->unknowns = grown;
    }
    struct text file __attribute__((cleanup(text_deinit))) = {0};
    const char *place = query_text(query, 3);
    size_t length = strcspn(place, "\x1f");
    text_append_bytes(&file, place, length);
    gate->unknowns[gate->unknown_count++] = (struct gate_unknown){.transaction = pool_intern(gate->head->pool, query_text(query, 0)),
                                                                  .cause = pool_intern(gate->head->pool, query_text(query, 1)),
                                                                  .detail = pool_intern(gate->head->pool, query_text(query, 2)),
                                                                  .file = pool_intern(gate->head->pool, text_string(&file)),
                                                                  .line = place[length] ? strtoll(place + length + 1, NULL, 10) : 0};
    return NULL;
}

/* Both queries are sorted alike: one merge finds what only the head has. */
static struct error *gate_unknowns(struct gate *gate, struct store *head, struct store *base) {
    struct query *now __attribute__((cleanup(scope_query))) = NULL;
    struct query *then __attribute__((cleanup(scope_query))) = NULL;
    bool now_row = false;
    bool then_row = false;
    struct error *error = store_prepare(head, unknown_sql, &now);
    if (!error) {
        error = store_prepare(base, unknown_sql, &then);
    }
    if (!error) {
        error = query_step(now, &now_row);
    }
    if (!error) {
        error = query_step(then, &then_row);
    }
    while (!error && now_row) {
        int order = then_row ? unknown_compare(now, then) : -1;
        if (order < 0) {
            error = unknown_add(gate, now);
        }
        if (!error && order <= 0) {
            error = query_step(now, &now_row);
        }
        if (!error && order >= 0) {
            error = query_step(then, &then_row);
        }
    }
    return error;
}

struct error *gate_run(struct store *head, struct store *base, const struct gate_options *options, struct gate **out_gate) {
    struct gate *gate = calloc(1, sizeof *gate);
    if (!gate) {
        return error_out_of_memory();
    }
    struct error *error = gate_load(gate, head, base, options->mode);
    if (!error) {
        error = gate_reasons(gate, head, base);
    }
    if (!error) {
        error = gate_compare(gate, head, base);
    }
    if (!error && options->policy) {
        error = policy_read(gate, options->policy);
    }
    if (!error) {
        error = policy_check_budgets(gate, head);
    }
    if (!error) {
        error = policy_read_source(gate, head);
    }
    if (!error) {
        error = policy_read_store(gate, head, "head");
    }
    if (!error) {
        error = policy_read_store(gate, base, "baseline");
    }
    if (!error) {
        error = suppression_apply(gate, options->today);
    }
    if (!error) {
        error = gate_count(gate);
    }
    if (!error) {
        error = gate_unknowns(gate, head, base);
    }
    if (!error && options->require_coverage && gate->mode == GATE_OBSERVED) {
        error = gate_coverage(gate);
    }
    if (!error) {
        error = states_count(gate->head, &gate->head_states);
    }
    if (!error) {
        error = states_count(gate->base, &gate->base_states);
    }
    if (!error) {
        error = pool_check(gate->head->pool);
    }
    if (error) {
        gate_destroy(gate);
        return error;
    }
    gate->unknowns_fail = options->fail_on_unknown;
    gate->failed =
        gate->counts[GATE_NEW] || gate->counts[GATE_GROWN] || gate->stale || gate->budgets_exceeded || (gate->unknowns_fail && gate->unknown_count);
    gate->is_incomplete = gate->reason_count > 0;
    gate->verdict = gate->failed ? GATE_FAIL : gate->is_incomplete ? GATE_INCOMPLETE : GATE_PASS;
    *out_gate = gate;
    return NULL;
}
