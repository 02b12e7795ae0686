#include "catalog_settings.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/arch.h"

/* Value of a setting, the last one; the caller frees it; NULL when absent. */
static struct error *setting_get(struct store *store, const char *section, const char *key, char **out_value) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT value FROM manifest WHERE section = ? AND key = ? ORDER BY id DESC LIMIT 1", &query);
    bool row = false;
    if (!error) {
        query_bind_text(query, 1, section);
        query_bind_text(query, 2, key);
        error = query_step(query, &row);
    }
    if (error) {
        return error;
    }
    char *value = row ? strdup(query_text(query, 0)) : NULL;
    if (row && !value) {
        return error_out_of_memory();
    }
    *out_value = value;
    return NULL;
}

/* Address of a symbol that the manifest names. */
static struct error *setting_symbol(const struct plan *plan, const char *what, const char *name, uint64_t *out_address) {
    const struct symbol *symbol = image_symbol_by_name(plan->image, name);
    if (!symbol) {
        return error_create(ERROR_MISMATCH, "manifest: %s = %s: %s has no such symbol", what, name, plan->image->path);
    }
    *out_address = symbol->address;
    return NULL;
}

/* Byte offset of a member, by name. */
static bool member_offset(const struct image *image, uint32_t type, const char *name, uint64_t *out_offset) {
    const struct type *record = &image->types[type];
    for (uint32_t i = 0; i < record->member_count; i++) {
        if (strcmp(record->members[i].name, name) == 0) {
            *out_offset = record->members[i].bit_offset / 8;
            return true;
        }
    }
    return false;
}

static struct error *settings_tasks(struct store *store, const struct plan *plan, struct catalog *catalog) {
    char *name SCOPE_FREE = NULL;
    char *base SCOPE_FREE = NULL;
    char *size SCOPE_FREE = NULL;
    struct error *error = setting_get(store, "stacks", "struct", &name);
    if (!error) {
        error = setting_get(store, "stacks", "base", &base);
    }
    if (!error) {
        error = setting_get(store, "stacks", "size", &size);
    }
    if (error || !name || !base || !size) {
        return error;
    }
    /* A tag may have several definitions (a client's opaque one): the one with the member is meant. */
    uint32_t type = IMAGE_NONE;
    bool named = false;
    for (uint32_t i = 0; i < plan->image->type_count && type == IMAGE_NONE; i++) {
        bool same = strcmp(plan->image->types[i].name, name) == 0;
        named = named || same;
        if (same && member_offset(plan->image, i, base, &catalog->stack_base)) {
            type = i;
        }
    }
    if (type == IMAGE_NONE) {
        return error_create(ERROR_MISMATCH,
                            named ? "manifest: [stacks] base: %s has no member %s in %s"
                                  : "manifest: [stacks] struct: %s (with member %s) is no type of %s",
                            name, base, plan->image->path);
    }
    char *end = NULL;
    catalog->stack_size = strtoull(size, &end, 0);
    if (end == size || *end != 0 || catalog->stack_size == 0) {
        return error_create(ERROR_USAGE, "manifest: [stacks] size = %s is no number of bytes", size);
    }
    catalog->task_type = type;
    return scope_create_for_type(plan, type, &catalog->task_scope);
}

/* "boot_stack_bottom boot_stack_top" */
static struct error *boot_stack_add(const struct plan *plan, const char *value, struct catalog *catalog) {
    char low_name[128];
    char high_name[128];
    if (sscanf(value, "%127s %127s", low_name, high_name) != 2) {
        return error_create(ERROR_USAGE, "manifest: [stacks] boot = %s: two symbols are needed", value);
    }
    struct catalog_boot_stack stack = {0};
    struct error *error = setting_symbol(plan, "[stacks] boot", low_name, &stack.low);
    if (!error) {
        error = setting_symbol(plan, "[stacks] boot", high_name, &stack.high);
    }
    if (error) {
        return error;
    }
    if (stack.high <= stack.low) {
        return error_create(ERROR_USAGE, "manifest: [stacks] boot = %s: the second symbol must lie above the first", value);
    }
    struct catalog_boot_stack *grown = realloc(catalog->boot_stacks, (catalog->boot_stack_count + 1) * sizeof *grown);
    stack.name = strdup(low_name);
    if (grown) {
        catalog->boot_stacks = grown;
    }
    if (!grown || !stack.name) {
        free(stack.name);
        return error_out_of_memory();
    }
    catalog->boot_stacks[catalog->boot_stack_count++] = stack;
    return NULL;
}

static struct error *interrupts_add(const struct plan *plan, const char *glob, struct catalog *catalog) {
    uint32_t before = catalog->interrupt_count;
    const struct arch *arch = arch_by_machine(plan->image->machine, plan->image->pointer_size);
    if (arch && !arch->interrupt) {
        return error_create(ERROR_USAGE, "manifest: [interrupts]: interrupts of %s cannot be followed: leave the section out, and run without any",
                            arch->name);
    }
    for (uint32_t i = 0; i < plan->image->symbol_count; i++) {
        const struct symbol *symbol = &plan->image->symbols[i];
        if (fnmatch(glob, symbol->name, 0) != 0) {
            continue;
        }
        uint64_t *grown = realloc(catalog->interrupts, (catalog->interrupt_count + 1) * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        catalog->interrupts = grown;
        catalog->interrupts[catalog->interrupt_count++] = symbol->address;
    }
    if (catalog->interrupt_count == before) {
        return error_create(ERROR_MISMATCH, "manifest: [interrupts] entry = %s: %s has no such symbol", glob, plan->image->path);
    }
    return NULL;
}

typedef struct error *setting_add(const struct plan *plan, const char *value, struct catalog *catalog);

/* Every value of a repeated setting, in file order. */
static struct error *settings_each(struct store *store, const struct plan *plan, const char *section, const char *key, setting_add *add,
                                   struct catalog *catalog) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT value FROM manifest WHERE section = ? AND key = ? ORDER BY id", &query);
    bool row = true;
    if (!error) {
        query_bind_text(query, 1, section);
        query_bind_text(query, 2, key);
        error = query_step(query, &row);
    }
    while (!error && row) {
        error = add(plan, query_text(query, 0), catalog);
        if (!error) {
            error = query_step(query, &row);
        }
    }
    return error;
}

/* A symbol by a setting; absent = 0. */
static struct error *settings_symbol(struct store *store, const struct plan *plan, const char *section, const char *key, uint64_t *out_address) {
    char *name SCOPE_FREE = NULL;
    char what[96];
    struct error *error = setting_get(store, section, key, &name);
    snprintf(what, sizeof what, "[%s] %s", section, key);
    return error || !name ? error : setting_symbol(plan, what, name, out_address);
}

struct error *catalog_load_settings(struct store *store, const struct plan *plan, struct catalog *catalog) {
    struct error *error = settings_tasks(store, plan, catalog);
    if (!error) {
        error = settings_each(store, plan, "stacks", "boot", boot_stack_add, catalog);
    }
    if (!error) {
        error = settings_each(store, plan, "interrupts", "entry", interrupts_add, catalog);
    }
    if (!error) {
        error = settings_symbol(store, plan, "switch", "function", &catalog->switch_entry);
    }
    if (!error) {
        error = settings_symbol(store, plan, "transactions", "begin", &catalog->begin);
    }
    if (!error) {
        error = settings_symbol(store, plan, "transactions", "end", &catalog->end);
    }
    return error;
}
