#include "gate/match.h"

#include <stdlib.h>
#include <string.h>

#include "findings/digest.h"

/* A sorted set of names: which transactions and roots exist on one side. */
struct name_set {
    const char **names;
    size_t count;
};

static int name_compare(const void *one, const void *other) {
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

static bool name_set_has(const struct name_set *set, const char *name) {
    return set->count && bsearch(&name, set->names, set->count, sizeof *set->names, name_compare);
}

/* One side of the match. */
struct side {
    struct match_pair *pairs;
    size_t count;
    struct name_set transactions; /* common names */
    struct name_set roots;
};

static struct error *side_init(struct side *side, const struct findings *findings) {
    side->transactions.names = calloc(findings->transaction_count + 1, sizeof(char *));
    side->roots.names = calloc(findings->count + 1, sizeof(char *));
    if (!side->transactions.names || !side->roots.names) {
        return error_out_of_memory();
    }
    for (size_t index = 0; index < findings->transaction_count; index++) {
        side->transactions.names[side->transactions.count++] = findings->transactions[index].common_name;
    }
    for (size_t index = 0; index < findings->count; index++) {
        side->roots.names[side->roots.count++] = findings->items[index].root;
    }
    qsort(side->transactions.names, side->transactions.count, sizeof(char *), name_compare);
    qsort(side->roots.names, side->roots.count, sizeof(char *), name_compare);
    return NULL;
}

static void side_deinit(struct side *side) {
    free((void *)side->transactions.names);
    free((void *)side->roots.names);
}

/* An unmatched finding with the text that identifies it in the tier at hand. */
struct candidate {
    char *text;
    struct match_pair *pair;
};

static int candidate_compare(const void *one, const void *other) {
    const struct candidate *left = one;
    const struct candidate *right = other;
    int order = strcmp(left->text, right->text);
    order = order ? order : strcmp(left->pair->finding->entity, right->pair->finding->entity);
    return order ? order : strcmp(left->pair->finding->key, right->pair->finding->key);
}

static void candidates_destroy(struct candidate *candidates, size_t count) {
    for (size_t index = 0; candidates && index < count; index++) {
        free(candidates[index].text);
    }
    free(candidates);
}

/* May this finding look for its counterpart in the tier? Its own name must be gone from (or new to) the other side. */
static bool tier_admits(enum fingerprint_tier tier, const struct finding *finding, const struct side *other) {
    switch (tier) {
    case TIER_RENAMED:
        return !name_set_has(&other->transactions, finding->common_name);
    case TIER_RETYPED:
        return !name_set_has(&other->roots, finding->root);
    default:
        return true;
    }
}

static int pair_root_compare(const void *one, const void *other) {
    const struct finding *left = (*(struct match_pair *const *)one)->finding;
    const struct finding *right = (*(struct match_pair *const *)other)->finding;
    int order = strcmp(left->root, right->root);
    order = order ? order : strcmp(left->common_name, right->common_name);
    order = order ? order : strcmp(left->path, right->path);
    return order ? order : (int)left->kind - (int)right->kind;
}

/* In the last tier a root is known by all that it is part of: its findings as one text. Roots with a single finding are too vague. */
static struct error *candidates_profile(struct candidate *candidates, size_t *count) {
    struct match_pair **sorted = calloc(*count ? *count : 1, sizeof *sorted);
    if (!sorted) {
        return error_out_of_memory();
    }
    for (size_t index = 0; index < *count; index++) {
        sorted[index] = candidates[index].pair;
        free(candidates[index].text);
        candidates[index].text = NULL;
    }
    qsort(sorted, *count, sizeof *sorted, pair_root_compare);
    struct error *error = NULL;
    size_t kept = 0;
    for (size_t first = 0, last = 0; first < *count && !error; first = last) {
        struct text profile __attribute__((cleanup(text_deinit))) = {0};
        for (last = first; last < *count && strcmp(sorted[last]->finding->root, sorted[first]->finding->root) == 0; last++) {
            fingerprint_describe(&profile, sorted[last]->finding, TIER_RETYPED);
            text_append_char(&profile, '\n');
        }
        char digest[2 * DIGEST_SIZE + 1];
        digest_hex(text_string(&profile), digest);
        for (size_t index = first; index < last && last - first >= 2 && !error; index++) {
            struct text text = {0};
            fingerprint_describe(&text, sorted[index]->finding, TIER_RETYPED);
            text_append_char(&text, '\n');
            text_append(&text, digest);
            candidates[kept].pair = sorted[index];
            error = text_take(&text, &candidates[kept].text);
            kept += !error;
        }
    }
    free(sorted);
    *count = kept;
    return error;
}

static struct error *side_candidates(const struct side *side, const struct side *other, enum fingerprint_tier tier, struct candidate **out_candidates,
                                     size_t *out_count) {
    struct candidate *candidates = calloc(side->count ? side->count : 1, sizeof *candidates);
    size_t count = 0;
    struct error *error = candidates ? NULL : error_out_of_memory();
    for (size_t index = 0; index < side->count && !error; index++) {
        struct match_pair *pair = &side->pairs[index];
        bool admitted = tier == TIER_RELAID ? pair->code_unchanged && *pair->finding->file : tier_admits(tier, pair->finding, other);
        if (!pair->other && admitted) {
            struct text text = {0};
            fingerprint_describe(&text, pair->finding, tier);
            candidates[count].pair = pair;
            error = text_take(&text, &candidates[count].text);
            count += !error;
        }
    }
    if (!error && tier == TIER_RETYPED) {
        error = candidates_profile(candidates, &count);
    }
    if (error) {
        candidates_destroy(candidates, count);
        return error;
    }
    qsort(candidates, count, sizeof *candidates, candidate_compare);
    *out_candidates = candidates;
    *out_count = count;
    return NULL;
}

/* A moved finding must really have moved: its old root is gone and its new one was not there, or the root is the same. */
static bool pair_fits(const struct finding *head, const struct finding *base, enum fingerprint_tier tier, const struct side *heads,
                      const struct side *bases) {
    if (tier == TIER_EXACT || tier == TIER_RETYPED || tier == TIER_RELAID || strcmp(head->root, base->root) == 0) {
        return true;
    }
    return !name_set_has(&heads->roots, base->root) && !name_set_has(&bases->roots, head->root);
}

static size_t candidates_equal(const struct candidate *candidates, size_t count, const char *text) {
    size_t low = 0;
    size_t equal = 0;
    for (size_t high = count; low < high;) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(candidates[middle].text, text) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low < count && strcmp(candidates[low].text, text) == 0; low++) {
        equal++;
    }
    return equal;
}

static struct error *tier_match(struct side *heads, struct side *bases, enum fingerprint_tier tier) {
    struct candidate *left = NULL;
    struct candidate *right = NULL;
    size_t left_count = 0;
    size_t right_count = 0;
    struct error *error = side_candidates(heads, bases, tier, &left, &left_count);
    if (!error) {
        error = side_candidates(bases, heads, tier, &right, &right_count);
    }
    for (size_t at = 0, start = 0; at < left_count && !error; at++) {
        while (start < right_count && strcmp(right[start].text, left[at].text) < 0) {
            start++;
        }
        /* Where more came than went, which of them is new cannot be told. */
        if (tier == TIER_RELAID && candidates_equal(left, left_count, left[at].text) != candidates_equal(right, right_count, left[at].text)) {
            continue;
        }
        for (size_t scan = start; scan < right_count && strcmp(right[scan].text, left[at].text) == 0; scan++) {
            if (!right[scan].pair->other && pair_fits(left[at].pair->finding, right[scan].pair->finding, tier, heads, bases)) {
                left[at].pair->other = right[scan].pair->finding;
                right[scan].pair->other = left[at].pair->finding;
                left[at].pair->tier = tier;
                right[scan].pair->tier = tier;
                break;
            }
        }
    }
    candidates_destroy(left, left_count);
    candidates_destroy(right, right_count);
    return error;
}

struct error *match_findings(const struct findings *head, const struct findings *base, struct match_pair *head_pairs, size_t head_count,
                             struct match_pair *base_pairs, size_t base_count) {
    struct side heads = {.pairs = head_pairs, .count = head_count};
    struct side bases = {.pairs = base_pairs, .count = base_count};
    struct error *error = side_init(&heads, head);
    if (!error) {
        error = side_init(&bases, base);
    }
    for (int tier = TIER_EXACT; tier < TIER_RELAID && !error; tier++) {
        error = tier_match(&heads, &bases, (enum fingerprint_tier)tier);
    }
    side_deinit(&heads);
    side_deinit(&bases);
    return error;
}

struct error *match_relaid(struct match_pair *head_pairs, size_t head_count, struct match_pair *base_pairs, size_t base_count) {
    struct side heads = {.pairs = head_pairs, .count = head_count};
    struct side bases = {.pairs = base_pairs, .count = base_count};
    return tier_match(&heads, &bases, TIER_RELAID);
}
