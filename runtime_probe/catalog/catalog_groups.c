#include "catalog_groups.h"

#include <stdlib.h>
#include <string.h>

static struct error *group_add(struct store *store, const struct plan *plan, const char *name, struct catalog *catalog) {
    struct catalog_group *grown = realloc(catalog->groups, (catalog->group_count + 1) * sizeof *grown);
    struct catalog_group group = {.name = strdup(name)};
    catalog->groups = grown ? grown : catalog->groups;
    struct error *error = grown && group.name ? NULL : error_out_of_memory();
    if (!error) {
        error = catalog->everything ? whitelist_create_all(&group.whitelist) : whitelist_load_group(store, name, &group.whitelist);
    }
    if (!error) {
        error = scope_create(plan, group.whitelist, &group.scope);
    }
    if (error) {
        free(group.name);
        whitelist_destroy(group.whitelist);
        return error;
    }
    catalog->groups[catalog->group_count++] = group;
    return NULL;
}

/* A transaction is in one group: which of two it would belong to depends on what its client does next. */
static struct error *member_add(struct catalog *catalog, int64_t id, const char *name, const char *place) {
    for (uint32_t i = 0; i < catalog->count; i++) {
        struct catalog_transaction *kind = &catalog->transactions[i];
        if (kind->id != id) {
            continue;
        }
        if (kind->group) {
            return error_create(ERROR_USAGE, "manifest: %s is in the groups %s and %s; it can be in one only", kind->name,
                                catalog->groups[kind->group - 1].name, name);
        }
        kind->group = catalog->group_count;
        kind->group_first = strcmp(place, "first") == 0;
        kind->group_last = strcmp(place, "last") == 0;
    }
    return NULL;
}

struct error *catalog_load_groups(struct store *store, const struct plan *plan, struct catalog *catalog) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT name, txn_id, place FROM txn_group ORDER BY name, txn_id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *name = query_text(query, 0);
        if (catalog->group_count == 0 || strcmp(catalog->groups[catalog->group_count - 1].name, name) != 0) {
            error = group_add(store, plan, name, catalog);
        }
        if (!error) {
            error = member_add(catalog, query_int(query, 1), name, query_text(query, 2));
        }
    }
    return error;
}
