#ifndef ORACLE_WHITELIST_H
#define ORACLE_WHITELIST_H
/* The whitelists of all transactions, and the judge's own matching of keys against them. */
#include "spillscope/collection.h"
#include "spillscope/error.h"
#include "spillscope/store.h"

struct whitelist {
    struct strings keys;
    struct map entries; /* transaction's id << 32 | key number -> 1 */
};

struct error *judge_whitelist_load(struct store *store, struct whitelist *whitelist);
void whitelist_deinit(struct whitelist *whitelist);

enum allowance {
    NOT_ALLOWED,
    ALLOWED_BY_WILDCARD, /* only by a wildcard, over some aggregate or everything */
    ALLOWED
};

/*
 * Is the leaf `key` in the whitelist of a transaction: itself, an aggregate that holds it, or a wildcard over it? The root takes the first
 * `root_length` bytes of the key.
 */
enum allowance whitelist_allows(const struct whitelist *whitelist, int64_t txn, const char *key, size_t root_length);

#endif
