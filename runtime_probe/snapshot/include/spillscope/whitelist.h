#ifndef SPILLSCOPE_WHITELIST_H
#define SPILLSCOPE_WHITELIST_H
/* The states that a transaction may modify, as the analyzer found them, grouped by root for fast questions. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"
#include "spillscope/store.h"

struct whitelist;

/* Reads the run-time part of table may_modify of one transaction. */
struct error *whitelist_load(struct store *store, int64_t txn_id, struct whitelist **out_whitelist);
/* The same of all transactions of a group (table txn_group). */
struct error *whitelist_load_group(struct store *store, const char *group, struct whitelist **out_whitelist);
/* Of these states alone. */
struct error *whitelist_create(char *const *keys, size_t count, struct whitelist **out_whitelist);
/* One that holds every state. */
struct error *whitelist_create_all(struct whitelist **out_whitelist);
void whitelist_destroy(struct whitelist *whitelist); /* NULL is fine */

size_t whitelist_count(const struct whitelist *whitelist);
/* Does it hold a state with the same root as this key? */
bool whitelist_has_root(const struct whitelist *whitelist, const char *key);
/* Does it hold a state that overlaps the one of this key? */
bool whitelist_has(const struct whitelist *whitelist, const char *key);
/* The same without what holds every state. */
bool whitelist_names(const struct whitelist *whitelist, const char *key);

#endif
