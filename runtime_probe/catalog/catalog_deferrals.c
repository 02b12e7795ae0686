#include "catalog_deferrals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 6, NEST_MAX = 16 };

/* Byte offset of "work.func" in a record; members of anonymous members are its own. */
static bool member_find(const struct image *image, uint32_t record, const char *path, int depth, uint64_t *out_offset) {
    const struct type *type = &image->types[record];
    size_t length = strcspn(path, ".");
    for (uint32_t i = 0; depth < NEST_MAX && i < type->member_count; i++) {
        const struct type_member *member = &type->members[i];
        uint64_t inner = 0;
        bool same = strlen(member->name) == length && strncmp(member->name, path, length) == 0;
        bool found = same && !path[length];
        found = found || (same && member_find(image, member->type, path + length + 1, depth + 1, &inner));
        found = found || (!member->name[0] && member_find(image, member->type, path, depth + 1, &inner));
        if (found) {
            *out_offset = member->bit_offset / 8 + inner;
            return true;
        }
    }
    return false;
}

/* Where the record that an argument points to holds the function. */
static bool deferral_member(const struct image *image, const struct function *function, const char *path, struct catalog_deferral *deferral) {
    if (!function || deferral->argument >= function->parameter_count) {
        return false;
    }
    const struct type *pointer = &image->types[function->parameter_types[deferral->argument]];
    deferral->indirect = true;
    return pointer->kind == TYPE_POINTER && member_find(image, pointer->target, path, 0, &deferral->member);
}

/* "FUNCTION INDEX" or "FUNCTION INDEX.MEMBER" */
static struct error *deferral_add(const struct plan *plan, const char *value, struct catalog *catalog) {
    char name[256];
    char path[256] = "";
    unsigned argument = ARGUMENTS;
    int words = sscanf(value, "%255s %u.%255s", name, &argument, path);
    if (words < 2 || argument >= ARGUMENTS) {
        return error_create(ERROR_USAGE,
                            "manifest: [thread_entry] call = %s: expected FUNCTION INDEX or FUNCTION INDEX.MEMBER, with an index below %d", value,
                            ARGUMENTS);
    }
    const struct function *function = image_function_by_name(plan->image, name);
    const struct symbol *symbol = image_symbol_by_name(plan->image, name);
    struct catalog_deferral deferral = {.entry = function && function->entry ? function->entry
                                                 : symbol                    ? symbol->address
                                                                             : 0,
                                        .argument = (uint8_t)argument};
    if (!deferral.entry || (words == 3 && !deferral_member(plan->image, function, path, &deferral))) {
        catalog->missing_deferral = catalog->missing_deferral ? catalog->missing_deferral : strdup(name);
        return NULL;
    }
    if (catalog_deferral_at(catalog, deferral.entry)) {
        return NULL;
    }
    struct catalog_deferral *grown = realloc(catalog->deferrals, (catalog->deferral_count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    catalog->deferrals = grown;
    catalog->deferrals[catalog->deferral_count++] = deferral;
    return NULL;
}

struct error *catalog_load_deferrals(struct store *store, const struct plan *plan, struct catalog *catalog) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    /* Models name many (line 0), which are called often: they are worth a look only where something is known to be deferred. */
    struct error *error =
        store_prepare(store,
                      "SELECT value FROM manifest WHERE section = 'thread_entry' AND key = 'call' AND (line > 0 OR EXISTS (SELECT 1 "
                      "FROM txn WHERE found_by IN ('deferred', 'interrupt'))) ORDER BY id",
                      &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        error = deferral_add(plan, query_text(query, 0), catalog);
    }
    return error;
}
