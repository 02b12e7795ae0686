#include "whitelist.h"

#include <stdio.h>
#include <string.h>
#include "spillscope/text.h"

enum { KEY_MAX = 1024 };

static void whitelist_add(struct whitelist *whitelist, int64_t txn, const char *key) {
    map_insert(&whitelist->entries, (uint64_t)txn << 32 | strings_intern(&whitelist->keys, key), 1);
}

struct error *judge_whitelist_load(struct store *store, struct whitelist *whitelist) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    *whitelist = (struct whitelist){0};
    struct error *error = store_prepare(store, "SELECT m.txn_id, s.key, s.wildcard FROM may_modify m JOIN state s ON s.id = m.state_id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *key = query_text(query, 1);
        size_t length = strlen(key);
        whitelist_add(whitelist, query_int(query, 0), key);
        if (query_int(query, 2) && strcmp(key, "*") != 0 && (length < 2 || strcmp(key + length - 2, ".*") != 0)) {
            struct text wildcard = {0}; /* marked as a wildcard without being spelt as one */
            text_append_format(&wildcard, "%s.*", key);
            whitelist_add(whitelist, query_int(query, 0), text_string(&wildcard));
            text_deinit(&wildcard);
        }
    }
    return !error && (whitelist->keys.failed || whitelist->entries.failed) ? error_out_of_memory() : error;
}

void whitelist_deinit(struct whitelist *whitelist) {
    strings_deinit(&whitelist->keys);
    map_deinit(&whitelist->entries);
}

static bool allows_exactly(const struct whitelist *whitelist, int64_t txn, const char *key) {
    uint32_t number = 0;
    uint64_t present = 0;
    return strings_find(&whitelist->keys, key, &number) && map_find(&whitelist->entries, (uint64_t)txn << 32 | number, &present);
}

enum allowance whitelist_allows(const struct whitelist *whitelist, int64_t txn, const char *key, size_t root_length) {
    char prefix[KEY_MAX + 3];
    size_t length = strlen(key);
    enum allowance otherwise = allows_exactly(whitelist, txn, "*") ? ALLOWED_BY_WILDCARD : NOT_ALLOWED;
    if (length > KEY_MAX) {
        return otherwise;
    }
    memcpy(prefix, key, length + 1);
    for (;;) {
        prefix[length] = 0;
        if (allows_exactly(whitelist, txn, prefix)) {
            return ALLOWED;
        }
        memcpy(prefix + length, ".*", 3);
        if (allows_exactly(whitelist, txn, prefix)) {
            otherwise = ALLOWED_BY_WILDCARD;
        }
        if (length <= root_length) {
            return otherwise;
        }
        memcpy(prefix, key, length);
        do { /* back to the start of the last component */
            length--;
        } while (length > root_length && key[length] != '.' && key[length] != '[');
    }
}
