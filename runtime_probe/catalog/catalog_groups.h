#ifndef SPILLSCOPE_CATALOG_GROUPS_H
#define SPILLSCOPE_CATALOG_GROUPS_H
/* Groups of consecutive transactions, from table txn_group. */
#include "spillscope/catalog.h"

struct error *catalog_load_groups(struct store *store, const struct plan *plan, struct catalog *catalog);

#endif
