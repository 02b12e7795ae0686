#include "compare/cost.h"
#include "findings/fingerprint.h"
#include "findings/plan.h"
#include "findings/pool.h"
#include "spillscope/compare.h"

#include <stdlib.h>
#include <string.h>

const char *compare_change_name(enum compare_change change) {
    static const char *const names[COMPARE_CHANGE_COUNT] = {"removed", "added", "moved", "kept"};
    return names[change];
}

bool compare_is_predicted(const struct compare *compare) {
    return compare->alike && compare->before_pairs;
}

bool compare_is_complete(const struct compare *compare) {
    return compare->common_count && !compare->before->incomplete_count && !compare->after->incomplete_count;
}

const char *compare_nothing_common(const struct compare *compare) {
    return compare->common_count ? "" : "nothing was compared: no transaction is in both databases, and observed where both have runs";
}

void compare_destroy(struct compare *compare) {
    if (compare) {
        free(compare->pairs);
        free(compare->entities);
        free(compare->objects);
        free((void *)compare->common);
        free(compare->left_out);
        cost_deinit(&compare->cost);
        findings_destroy(compare->before);
        findings_destroy(compare->after);
        free(compare);
    }
}

/* -------------------------------------------------------------------------------------------- which transactions */

/* A common name on one side; several transactions may share it. */
struct presence {
    const char *name;
    bool observed;
};

static int presence_compare(const void *one, const void *other) {
    return strcmp(((const struct presence *)one)->name, ((const struct presence *)other)->name);
}

static struct error *presences_collect(const struct findings *findings, struct presence **out_presences, size_t *out_count) {
    struct presence *presences = calloc(findings->transaction_count + 1, sizeof *presences);
    if (!presences) {
        return error_out_of_memory();
    }
    for (size_t index = 0; index < findings->transaction_count; index++) {
        presences[index] = (struct presence){findings->transactions[index].common_name, findings->transactions[index].observed > 0};
    }
    qsort(presences, findings->transaction_count, sizeof *presences, presence_compare);
    size_t kept = 0;
    for (size_t index = 0; index < findings->transaction_count; index++) {
        if (kept && strcmp(presences[kept - 1].name, presences[index].name) == 0) {
            presences[kept - 1].observed |= presences[index].observed;
        } else {
            presences[kept++] = presences[index];
        }
    }
    *out_presences = presences;
    *out_count = kept;
    return NULL;
}

static const char *left_out_reason(const struct compare *compare, const struct presence *before, const struct presence *after) {
    if (!before) {
        return "exists only after";
    }
    if (!after) {
        return "exists only before";
    }
    if (!compare->observed || (before->observed && after->observed)) {
        return NULL;
    }
    return before->observed ? "observed only before" : after->observed ? "observed only after" : "observed in neither";
}

static struct error *transactions_choose(struct compare *compare) {
    struct presence *before SCOPE_FREE = NULL;
    struct presence *after SCOPE_FREE = NULL;
    size_t before_count = 0;
    size_t after_count = 0;
    struct error *error = presences_collect(compare->before, &before, &before_count);
    if (!error) {
        error = presences_collect(compare->after, &after, &after_count);
    }
    if (error) {
        return error;
    }
    compare->common = calloc(before_count + 1, sizeof *compare->common);
    compare->left_out = calloc(before_count + after_count + 1, sizeof *compare->left_out);
    if (!compare->common || !compare->left_out) {
        return error_out_of_memory();
    }
    for (size_t left = 0, right = 0; left < before_count || right < after_count;) {
        int order = left == before_count ? 1 : right == after_count ? -1 : strcmp(before[left].name, after[right].name);
        const struct presence *one = order <= 0 ? &before[left] : NULL;
        const struct presence *other = order >= 0 ? &after[right] : NULL;
        const char *why = left_out_reason(compare, one, other);
        if (why) {
            compare->left_out[compare->left_out_count++] = (struct compare_left_out){one ? one->name : other->name, why};
        } else {
            compare->common[compare->common_count++] = one->name;
        }
        left += order <= 0;
        right += order >= 0;
    }
    return NULL;
}

/* ---------------------------------------------------------------------------------------------------------- pairs */

/* A counted finding of one side. */
struct item {
    const struct finding *finding;
};

static int item_compare(const void *one, const void *other) {
    const struct finding *left = ((const struct item *)one)->finding;
    const struct finding *right = ((const struct item *)other)->finding;
    int order = strcmp(left->common_name, right->common_name);
    order = order ? order : strcmp(left->key, right->key);
    return order ? order : (left > right) - (left < right);
}

static bool item_same_pair(const struct item *one, const struct item *other) {
    return strcmp(one->finding->common_name, other->finding->common_name) == 0 && strcmp(one->finding->key, other->finding->key) == 0;
}

static int name_compare(const void *one, const void *other) {
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* Distinct pairs of the compared transactions. */
static struct error *items_collect(const struct compare *compare, const struct findings *findings, struct item **out_items, size_t *out_count) {
    struct item *items = calloc(findings->count + 1, sizeof *items);
    size_t count = 0;
    if (!items) {
        return error_out_of_memory();
    }
    for (size_t index = 0; index < findings->count; index++) {
        const struct finding *finding = &findings->items[index];
        if (findings_counts(findings, finding) &&
            bsearch(&finding->common_name, compare->common, compare->common_count, sizeof *compare->common, name_compare)) {
            items[count++].finding = finding;
        }
    }
    qsort(items, count, sizeof *items, item_compare);
    size_t kept = 0;
    for (size_t index = 0; index < count; index++) {
        if (!kept || !item_same_pair(&items[kept - 1], &items[index])) {
            items[kept++] = items[index];
        }
    }
    *out_items = items;
    *out_count = kept;
    return NULL;
}

static const char *finding_holder(const struct finding *finding) {
    return *finding->owner ? finding->owner : finding->entity;
}

static void prediction_count(struct compare_prediction *prediction, bool planned, bool kept) {
    prediction->predicted += !planned;
    prediction->gone += planned && !kept;
    prediction->gone_beyond += !planned && !kept;
    prediction->kept += !planned && kept;
    prediction->kept_against += planned && kept;
}

static struct error *pairs_merge(struct compare *compare, const struct item *before, size_t before_count, const struct item *after,
                                 size_t after_count) {
    compare->pairs = calloc(before_count + after_count + 1, sizeof *compare->pairs);
    if (!compare->pairs) {
        return error_out_of_memory();
    }
    for (size_t left = 0, right = 0; left < before_count || right < after_count;) {
        int order = left == before_count   ? 1
                    : right == after_count ? -1
                                           : strcmp(before[left].finding->common_name, after[right].finding->common_name);
        if (!order) {
            order = strcmp(before[left].finding->key, after[right].finding->key);
        }
        const struct finding *one = order <= 0 ? before[left].finding : NULL;
        const struct finding *other = order >= 0 ? after[right].finding : NULL;
        enum compare_change change = !other                                                    ? COMPARE_REMOVED
                                     : !one                                                    ? COMPARE_ADDED
                                     : strcmp(finding_holder(one), finding_holder(other)) == 0 ? COMPARE_KEPT
                                                                                               : COMPARE_MOVED;
        const struct finding *any = one ? one : other;
        compare->pairs[compare->pair_count++] = (struct compare_pair){.common_name = any->common_name,
                                                                      .key = any->key,
                                                                      .before_owner = one ? finding_holder(one) : NULL,
                                                                      .after_owner = other ? finding_holder(other) : NULL,
                                                                      .planned = one && plan_removes(one),
                                                                      .change = change};
        left += order <= 0;
        right += order >= 0;
    }
    compare->before_pairs = (int64_t)before_count;
    compare->after_pairs = (int64_t)after_count;
    return NULL;
}

/* A pair that only one side has, and whose key names a file. */
struct single {
    struct compare_pair *pair;
    const char *bare; /* key without its file */
};

static int single_compare(const void *one, const void *other) {
    const struct single *left = one;
    const struct single *right = other;
    int order = strcmp(left->pair->common_name, right->pair->common_name);
    order = order ? order : strcmp(left->bare, right->bare);
    order = order ? order : (int)left->pair->change - (int)right->pair->change;
    return order ? order : strcmp(left->pair->key, right->pair->key);
}

/*
 * A static that another file holds now has another key: by the gate's identity it is the same state. Only where just one went and one came, since of
 * several nobody can tell which is which.
 */
static struct error *pairs_join_moved(struct compare *compare) {
    struct single *singles SCOPE_FREE = calloc(compare->pair_count + 1, sizeof *singles);
    struct text bare __attribute__((cleanup(text_deinit))) = {0};
    size_t count = 0;
    if (!singles) {
        return error_out_of_memory();
    }
    for (size_t index = 0; index < compare->pair_count; index++) {
        struct compare_pair *pair = &compare->pairs[index];
        if ((pair->change == COMPARE_REMOVED || pair->change == COMPARE_ADDED) && strchr(pair->key, ':')) {
            text_clear(&bare);
            fingerprint_strip_root(&bare, pair->key);
            singles[count++] = (struct single){pair, pool_intern(compare->before->pool, text_string(&bare))};
        }
    }
    struct error *error = bare.failed ? error_out_of_memory() : pool_check(compare->before->pool);
    if (error) {
        return error;
    }
    qsort(singles, count, sizeof *singles, single_compare);
    for (size_t first = 0, last = 0; first < count; first = last) {
        for (last = first; last < count && strcmp(singles[last].pair->common_name, singles[first].pair->common_name) == 0 &&
                           strcmp(singles[last].bare, singles[first].bare) == 0;
             last++) {
        }
        struct compare_pair *gone = singles[first].pair;
        struct compare_pair *come = singles[last - 1].pair;
        if (last - first == 2 && gone->change == COMPARE_REMOVED && come->change == COMPARE_ADDED) {
            gone->after_owner = come->after_owner;
            gone->after_key = come->key;
            gone->change = strcmp(gone->before_owner, gone->after_owner) == 0 ? COMPARE_KEPT : COMPARE_MOVED;
            come->common_name = NULL;
        }
    }
    size_t kept = 0;
    for (size_t index = 0; index < compare->pair_count; index++) {
        if (compare->pairs[index].common_name) {
            compare->pairs[kept++] = compare->pairs[index];
        }
    }
    compare->pair_count = kept;
    return NULL;
}

static void pairs_count(struct compare *compare) {
    for (size_t index = 0; index < compare->pair_count; index++) {
        const struct compare_pair *pair = &compare->pairs[index];
        compare->counts[pair->change]++;
        if (pair->change != COMPARE_ADDED) {
            prediction_count(&compare->prediction, pair->planned, pair->change != COMPARE_REMOVED);
        }
    }
}

/* ----------------------------------------------------------------------------------------------------------- rows */

/* One item under the name it is counted by. */
struct tally {
    const char *name, *key;
    bool is_after;
    bool planned; /* the plan of the side before removes it */
};

static int tally_compare(const void *one, const void *other) {
    const struct tally *left = one;
    const struct tally *right = other;
    int order = strcmp(left->name, right->name);
    order = order ? order : (int)left->is_after - (int)right->is_after;
    return order ? order : strcmp(left->key, right->key);
}

static struct error *rows_count(const struct item *before, size_t before_count, const struct item *after, size_t after_count, bool by_entity,
                                struct compare_row **out_rows, size_t *out_count) {
    size_t count = before_count + after_count;
    struct tally *tallies SCOPE_FREE = calloc(count + 1, sizeof *tallies);
    struct compare_row *rows = calloc(count + 1, sizeof *rows);
    size_t row_count = 0;
    if (!tallies || !rows) {
        free(rows);
        return error_out_of_memory();
    }
    for (size_t index = 0; index < count; index++) {
        const struct finding *finding = index < before_count ? before[index].finding : after[index - before_count].finding;
        tallies[index] = (struct tally){by_entity ? finding->entity : finding->root, finding->key, index >= before_count,
                                        index < before_count && plan_removes(finding)};
    }
    qsort(tallies, count, sizeof *tallies, tally_compare);
    for (size_t index = 0; index < count; index++) {
        bool fresh = !index || strcmp(tallies[index].name, tallies[index - 1].name) != 0;
        bool new_key = fresh || tallies[index].is_after != tallies[index - 1].is_after || strcmp(tallies[index].key, tallies[index - 1].key) != 0;
        if (fresh) {
            rows[row_count++] = (struct compare_row){.name = tallies[index].name};
        }
        struct compare_row *row = &rows[row_count - 1];
        row->before += !tallies[index].is_after;
        row->after += tallies[index].is_after;
        row->predicted += !tallies[index].is_after && !tallies[index].planned;
        row->states_before += new_key && !tallies[index].is_after;
        row->states_after += new_key && tallies[index].is_after;
    }
    *out_rows = rows;
    *out_count = row_count;
    return NULL;
}

static int growth_compare(const void *one, const void *other) {
    const struct compare_row *left = one;
    const struct compare_row *right = other;
    int64_t grown = left->after - left->before;
    int64_t other_grown = right->after - right->before;
    int order = (other_grown > grown) - (other_grown < grown);
    return order ? order : strcmp(left->name, right->name);
}

struct error *compare_run(struct store *before, struct store *after, struct compare **out_compare) {
    struct compare *compare = calloc(1, sizeof *compare);
    struct item *before_items SCOPE_FREE = NULL;
    struct item *after_items SCOPE_FREE = NULL;
    size_t before_count = 0;
    size_t after_count = 0;
    int64_t before_runs = 0;
    int64_t after_runs = 0;
    if (!compare) {
        return error_out_of_memory();
    }
    struct error *error = store_scalar(before, "SELECT count(*) FROM run WHERE tool = 'probe'", &before_runs);
    if (!error) {
        error = store_scalar(after, "SELECT count(*) FROM run WHERE tool = 'probe'", &after_runs);
    }
    compare->observed = before_runs && after_runs;
    compare->alike = !before_runs == !after_runs;
    if (!error) {
        error = findings_load(before, compare->observed ? FINDINGS_ALL : FINDINGS_STATIC, &compare->before);
    }
    if (!error) {
        error = findings_load(after, compare->observed ? FINDINGS_ALL : FINDINGS_STATIC, &compare->after);
    }
    if (!error) {
        error = transactions_choose(compare);
    }
    if (!error) {
        error = items_collect(compare, compare->before, &before_items, &before_count);
    }
    if (!error) {
        error = items_collect(compare, compare->after, &after_items, &after_count);
    }
    if (!error) {
        error = pairs_merge(compare, before_items, before_count, after_items, after_count);
    }
    if (!error) {
        error = pairs_join_moved(compare);
    }
    if (!error) {
        pairs_count(compare);
    }
    if (!error) {
        error = rows_count(before_items, before_count, after_items, after_count, true, &compare->entities, &compare->entity_count);
    }
    if (!error) {
        error = rows_count(before_items, before_count, after_items, after_count, false, &compare->objects, &compare->object_count);
    }
    if (error) {
        compare_destroy(compare);
        return error;
    }
    for (size_t index = 0; index < compare->object_count; index++) {
        compare->before_states += compare->objects[index].states_before;
        compare->after_states += compare->objects[index].states_after;
    }
    qsort(compare->objects, compare->object_count, sizeof *compare->objects, growth_compare);
    *out_compare = compare;
    return NULL;
}
