#include "kept.h"
#include <inttypes.h>
#include <stdlib.h>
#include "spillscope/text.h"

/* Key of table `meta`: for each transaction and table "DIGEST:COUNT". */
#define KEPT_KEY "kept"

static int64_t first_free(const kept_parts *parts) {
    return parts->count ? parts->items[parts->count - 1].first + parts->items[parts->count - 1].count : 1;
}

static void part_add(struct arena *arena, kept_parts *parts, uint64_t digest, int64_t count) {
    int64_t first = first_free(parts);
    *VECTOR_ADD(arena, parts) = (struct kept_part){digest, first, count};
}

/* False when the text is none that kept_finish wrote. */
static bool parse_parts(struct kept *kept, const char *text) {
    for (unsigned table = 0; *text; table = (table + 1) % KEPT_TABLES) {
        char *end = NULL;
        uint64_t digest = strtoull(text, &end, 16);
        if (end == text || *end != ':') {
            return false;
        }
        text = end + 1;
        long long count = strtoll(text, &end, 10);
        if (end == text || *end != ' ' || count < 0) {
            return false;
        }
        text = end + 1;
        part_add(kept->arena, &kept->before[table], digest, count);
    }
    return kept->before[0].count == kept->before[KEPT_TABLES - 1].count;
}

/* Are the rows there that the text tells of? */
static struct error *check_rows(struct kept *kept, struct store *store) {
    const struct {
        const char *sql;
        int64_t expected;
    } checks[] = {
        {"SELECT count(*) FROM regroup_saved", 0},
        {"SELECT count(*) FROM run", 0},
        {"SELECT count(*) FROM txn", kept->before[KEPT_PAIRS].count},
        {"SELECT count(*) FROM may_modify", first_free(&kept->before[KEPT_PAIRS]) - 1},
        {"SELECT coalesce(max(id), 0) FROM may_modify", first_free(&kept->before[KEPT_PAIRS]) - 1},
        {"SELECT count(*) FROM witness_call", first_free(&kept->before[KEPT_CALLS]) - 1},
        {"SELECT count(*) FROM closure", first_free(&kept->before[KEPT_CLOSURES]) - 1},
        {"SELECT count(*) FROM txn_unknown", first_free(&kept->before[KEPT_UNKNOWNS]) - 1},
    };
    struct error *error = NULL;
    for (size_t i = 0; !error && kept->usable && i < sizeof checks / sizeof *checks; i++) {
        int64_t value = 0;
        error = store_scalar(store, checks[i].sql, &value);
        kept->usable = value == checks[i].expected;
    }
    return error;
}

struct error *kept_read(struct store *store, struct arena *arena, struct kept *out_kept) {
    *out_kept = (struct kept){.arena = arena};
    char *text = NULL;
    struct error *error = store_meta_get(store, KEPT_KEY, &text);
    if (!error && text) {
        out_kept->usable = parse_parts(out_kept, text);
        error = check_rows(out_kept, store);
    }
    free(text);
    return error;
}

static const char *const removals[KEPT_TABLES] = {
    [KEPT_PAIRS] = "DELETE FROM may_modify WHERE id >= ?1 AND id < ?2",
    [KEPT_CALLS] = "DELETE FROM witness_call WHERE txn_id >= ?1 AND txn_id < ?2",
    [KEPT_CLOSURES] = "DELETE FROM closure WHERE txn_id >= ?1 AND txn_id < ?2",
    [KEPT_UNKNOWNS] = "DELETE FROM txn_unknown WHERE txn_id >= ?1 AND txn_id < ?2",
};

/* Removes rows from `first` to before `end`: ids of pairs, else numbers of transactions from 1. */
static struct error *remove_rows(struct store *store, enum kept_table table, int64_t first, int64_t end) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, removals[table], &query);
    if (!error) {
        query_bind_int(query, 1, first);
        query_bind_int(query, 2, end);
        error = query_run(query);
    }
    return error;
}

struct error *kept_claim(struct kept *kept, struct store *store, enum kept_table table, uint64_t digest, int64_t count, int64_t *out_first,
                         bool *out_stay) {
    uint32_t number = kept->now[table].count;
    part_add(kept->arena, &kept->now[table], digest, count);
    *out_first = kept->now[table].items[number].first;
    *out_stay = false;
    if (!kept->usable || kept->shifted[table] || number >= kept->before[table].count) {
        return NULL;
    }
    const struct kept_part *before = &kept->before[table].items[number];
    if (before->count == count && before->digest == digest) {
        *out_stay = true;
        return NULL;
    }
    if (table != KEPT_PAIRS) {
        return remove_rows(store, table, number + 1, number + 2);
    }
    kept->shifted[table] = before->count != count;
    return remove_rows(store, table, before->first, kept->shifted[table] ? INT64_MAX : before->first + count);
}

static struct error *note_parts(const struct kept *kept, struct store *store) {
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    for (uint32_t number = 0; number < kept->now[0].count; number++) {
        for (unsigned table = 0; table < KEPT_TABLES; table++) {
            const struct kept_part *part = &kept->now[table].items[number];
            text_append_format(&text, "%" PRIx64 ":%" PRId64 " ", part->digest, part->count);
        }
    }
    return text.failed ? error_out_of_memory() : store_meta_set(store, KEPT_KEY, text_string(&text));
}

struct error *kept_finish(struct kept *kept, struct store *store) {
    struct error *error = NULL;
    for (unsigned table = 0; !error && kept->usable && table < KEPT_TABLES; table++) {
        int64_t first = table == KEPT_PAIRS ? first_free(&kept->now[table]) : kept->now[table].count + 1;
        error = remove_rows(store, (enum kept_table)table, first, INT64_MAX);
    }
    return error || kept->unnoted ? error : note_parts(kept, store);
}
