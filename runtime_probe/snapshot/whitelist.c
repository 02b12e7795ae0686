#include "spillscope/whitelist.h"

#include <stdlib.h>
#include <string.h>

#include "spillscope/state_key.h"

struct entry {
    char *key;   /* owned */
    size_t root; /* length of its root */
};

struct whitelist {
    struct entry *entries; /* sorted by key: keys of one root need not be neighbours, so the root is compared first */
    size_t count;
    size_t capacity;
    bool everything;
};

static int root_compare(const char *one, size_t one_length, const char *other, size_t other_length) {
    size_t common = one_length < other_length ? one_length : other_length;
    int order = memcmp(one, other, common);
    return order ? order : (one_length > other_length) - (one_length < other_length);
}

static int entry_compare(const void *one, const void *other) {
    const struct entry *a = one;
    const struct entry *b = other;
    int order = root_compare(a->key, a->root, b->key, b->root);
    return order ? order : strcmp(a->key, b->key);
}

static struct error *whitelist_add(struct whitelist *whitelist, const char *key) {
    if (whitelist->count == whitelist->capacity) {
        size_t capacity = whitelist->capacity ? whitelist->capacity * 2 : 64;
        struct entry *grown = realloc(whitelist->entries, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        whitelist->entries = grown;
        whitelist->capacity = capacity;
    }
    char *copy = strdup(key);
    if (!copy) {
        return error_out_of_memory();
    }
    whitelist->entries[whitelist->count++] = (struct entry){.key = copy, .root = state_key_root_length(copy)};
    whitelist->everything = whitelist->everything || strcmp(copy, "*") == 0;
    return NULL;
}

static void whitelist_sort(struct whitelist *whitelist) {
    if (whitelist->count) {
        qsort(whitelist->entries, whitelist->count, sizeof *whitelist->entries, entry_compare);
    }
}

/* Takes over the keys that the query gives. */
static struct error *whitelist_read(struct query *query, struct whitelist **out_whitelist) {
    struct whitelist *whitelist = calloc(1, sizeof *whitelist);
    if (!whitelist) {
        return error_out_of_memory();
    }
    bool row = true;
    struct error *error = query_step(query, &row);
    while (!error && row) {
        error = whitelist_add(whitelist, query_text(query, 0));
        if (!error) {
            error = query_step(query, &row);
        }
    }
    if (error) {
        whitelist_destroy(whitelist);
        return error;
    }
    whitelist_sort(whitelist);
    *out_whitelist = whitelist;
    return NULL;
}

struct error *whitelist_load(struct store *store, int64_t txn_id, struct whitelist **out_whitelist) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT s.key FROM may_modify m JOIN state s ON s.id = m.state_id WHERE m.txn_id = ?", &query);
    if (error) {
        return error;
    }
    query_bind_int(query, 1, txn_id);
    return whitelist_read(query, out_whitelist);
}

struct error *whitelist_load_group(struct store *store, const char *group, struct whitelist **out_whitelist) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store,
                                        "SELECT DISTINCT s.key FROM txn_group g JOIN may_modify m ON m.txn_id = g.txn_id JOIN state s ON "
                                        "s.id = m.state_id WHERE g.name = ?",
                                        &query);
    if (error) {
        return error;
    }
    query_bind_text(query, 1, group);
    return whitelist_read(query, out_whitelist);
}

struct error *whitelist_create(char *const *keys, size_t count, struct whitelist **out_whitelist) {
    struct whitelist *whitelist = calloc(1, sizeof *whitelist);
    struct error *error = whitelist ? NULL : error_out_of_memory();
    for (size_t i = 0; !error && i < count; i++) {
        error = whitelist_add(whitelist, keys[i]);
    }
    if (error) {
        whitelist_destroy(whitelist);
        return error;
    }
    whitelist_sort(whitelist);
    *out_whitelist = whitelist;
    return NULL;
}

struct error *whitelist_create_all(struct whitelist **out_whitelist) {
    struct whitelist *whitelist = calloc(1, sizeof *whitelist);
    if (!whitelist) {
        return error_out_of_memory();
    }
    struct error *error = whitelist_add(whitelist, "*");
    if (error) {
        whitelist_destroy(whitelist);
        return error;
    }
    *out_whitelist = whitelist;
    return NULL;
}

void whitelist_destroy(struct whitelist *whitelist) {
    if (whitelist) {
        for (size_t i = 0; i < whitelist->count; i++) {
            free(whitelist->entries[i].key);
        }
        free(whitelist->entries);
        free(whitelist);
    }
}

size_t whitelist_count(const struct whitelist *whitelist) {
    return whitelist->count;
}

/* Index of the first entry whose root is not below `root`. */
static size_t whitelist_lower(const struct whitelist *whitelist, const char *root, size_t length) {
    size_t low = 0;
    size_t high = whitelist->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct entry *entry = &whitelist->entries[middle];
        if (root_compare(entry->key, entry->root, root, length) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool entry_has_root(const struct entry *entry, const char *root, size_t length) {
    return entry->root == length && memcmp(entry->key, root, length) == 0;
}

bool whitelist_has_root(const struct whitelist *whitelist, const char *key) {
    size_t length = state_key_root_length(key);
    size_t at = whitelist_lower(whitelist, key, length);
    return whitelist->everything || (at < whitelist->count && entry_has_root(&whitelist->entries[at], key, length));
}

bool whitelist_names(const struct whitelist *whitelist, const char *key) {
    size_t length = state_key_root_length(key);
    size_t at = whitelist_lower(whitelist, key, length);
    bool found = false;
    for (; !found && at < whitelist->count && entry_has_root(&whitelist->entries[at], key, length); at++) {
        found = state_key_overlaps(whitelist->entries[at].key, key);
    }
    return found;
}

bool whitelist_has(const struct whitelist *whitelist, const char *key) {
    return whitelist->everything || whitelist_names(whitelist, key);
}
