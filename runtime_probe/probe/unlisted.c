#include "unlisted.h"

#include <stdlib.h>
#include <string.h>

#include "spillscope/state_key.h"

/* So many changes of states with a file must be seen before these alone tell of a mismatch: one or two may be misses. */
enum { FILED_ENOUGH = 10, NEARLY_ALL_PERCENT = 90 };

void unlisted_deinit(struct unlisted *unlisted) {
    free(unlisted->example);
    free(unlisted->absent_example);
}

static int name_compare(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* Names of all that the plan can find, sorted. */
static const char **names_of(const struct plan *plan) {
    const char **names = calloc(plan->shape_count + 1, sizeof *names);
    for (uint32_t i = 0; names && i < plan->shape_count; i++) {
        names[i] = plan->shapes[i].root;
    }
    if (names) {
        qsort(names, plan->shape_count, sizeof *names, name_compare);
    }
    return names;
}

struct error *unlisted_compare(struct unlisted *unlisted, struct store *store, const struct plan *plan) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    const char **names SCOPE_FREE = names_of(plan);
    bool row = false;
    if (!names) {
        return error_out_of_memory();
    }
    struct error *error = store_prepare(store,
                                        "SELECT DISTINCT s.root FROM may_modify m JOIN state s ON s.id = m.state_id WHERE s.root_kind IN ('global', "
                                        "'static') AND NOT s.wildcard ORDER BY s.root",
                                        &query);
    if (!error) {
        error = query_step(query, &row);
    }
    while (!error && row) {
        const char *root = query_text(query, 0);
        unlisted->variables++;
        if (!bsearch(&root, names, plan->shape_count, sizeof *names, name_compare)) {
            unlisted->absent++;
            unlisted->absent_example = unlisted->absent_example ? unlisted->absent_example : strdup(root);
        }
        error = query_step(query, &row);
    }
    return error;
}

void unlisted_note(struct unlisted *unlisted, const char *key, bool whitelisted) {
    bool filed = memchr(key, ':', state_key_root_length(key)) != NULL;
    unlisted->changes++;
    unlisted->filed += filed;
    if (whitelisted) {
        return;
    }
    unlisted->outside++;
    unlisted->filed_outside += filed;
    if (!unlisted->example || (filed && !unlisted->example_filed)) {
        free(unlisted->example);
        unlisted->example = strdup(key);
        unlisted->example_filed = filed;
    }
}

static bool nearly_all(uint64_t part, uint64_t whole) {
    return part > 0 && part * 100 >= whole * NEARLY_ALL_PERCENT;
}

bool unlisted_is_mismatch(const struct unlisted *unlisted) {
    return nearly_all(unlisted->absent, unlisted->variables) || nearly_all(unlisted->outside, unlisted->changes) ||
           (unlisted->filed >= FILED_ENOUGH && nearly_all(unlisted->filed_outside, unlisted->filed));
}

void unlisted_tell(const struct unlisted *unlisted, struct text *notices) {
    if (nearly_all(unlisted->absent, unlisted->variables)) {
        text_append_format(notices, "WARNING: %llu of %llu variables that whitelists name are not in the ELF (such as %s)\n",
                           (unsigned long long)unlisted->absent, (unsigned long long)unlisted->variables,
                           unlisted->absent_example ? unlisted->absent_example : "one whose name found no memory");
    }
    if (unlisted->outside == 0) {
        return;
    }
    bool mismatch = unlisted_is_mismatch(unlisted);
    text_append_format(notices, "WARNING: %llu of %llu changes are outside of their transaction's whitelist and count as no spill (such as %s): %s\n",
                       (unsigned long long)unlisted->outside, (unsigned long long)unlisted->changes,
                       unlisted->example ? unlisted->example : "one whose name found no memory",
                       mismatch ? "nearly nothing matches, so the ELF was built from other sources, or from another folder, than were analysed"
                                : "the analysis missed them, or the ELF is not what was analysed; --oracle tells");
}
