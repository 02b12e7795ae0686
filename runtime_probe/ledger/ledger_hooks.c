#include "ledger_hooks.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "kernel_layout.h"

enum { PUSHED = 8 };

void ledger_hooks_deinit(struct ledger_hooks *hooks) {
    vector_deinit(&hooks->hooks);
    vector_deinit(&hooks->allocators);
    vector_deinit(&hooks->fresh);
    vector_deinit(&hooks->stack_names);
    vector_deinit(&hooks->entities);
    strings_deinit(&hooks->strings);
}

static void hook_add(struct ledger_hooks *hooks, uint64_t pc, enum ledger_role role, uint32_t what) {
    if (pc) {
        *(struct ledger_hook *)vector_push(&hooks->hooks) = (struct ledger_hook){.pc = pc, .role = role, .what = what};
    }
}

/* Assembly functions have a symbol only. */
static uint64_t entry_of(const struct image *image, const char *name) {
    const struct function *function = image_function_by_name(image, name);
    const struct symbol *symbol = function && function->entry ? NULL : image_symbol_by_name(image, name);
    return symbol ? symbol->address : function ? function->entry : 0;
}

/* ------------------------------------------------------------------------------------------------ transactions */

/*
 * A wrapper (an alias of the entry that is a function of the same file) is where a system call is entered from outside: the entry itself is inlined
 * into it, or called by it.
 */
static struct error *hooks_transactions(struct store *store, const struct image *image, const struct catalog *catalog, struct ledger_hooks *hooks) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT name FROM txn_alias WHERE txn_id = ? ORDER BY name", &query);
    for (uint32_t i = 0; !error && i < catalog->count; i++) {
        const struct catalog_transaction *kind = &catalog->transactions[i];
        const struct function *entry = &image->functions[kind->function];
        bool row = false;
        hook_add(hooks, kind->entry, LEDGER_HOOK_TRANSACTION, i);
        query_bind_int(query, 1, kind->id);
        while (!error && !(error = query_step(query, &row)) && row) {
            const struct function *alias = image_function_by_name(image, query_text(query, 0));
            if (alias && alias->entry && alias->entry != kind->entry && strcmp(alias->file, entry->file) == 0) {
                hook_add(hooks, alias->entry, LEDGER_HOOK_TRANSACTION, i);
            }
        }
    }
    return error;
}

/* Entities of files, by the analysis, else by the longest path of the manifest. */
static struct error *hooks_entities(struct store *store, const struct image *image, struct ledger_hooks *hooks) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store,
                      "SELECT coalesce((SELECT f.entity_id FROM file f WHERE f.path = ?1), (SELECT e.id FROM manifest m JOIN entity e ON "
                      "e.name = m.name WHERE m.section = 'entity' AND m.key = 'path' AND (?1 = m.value OR substr(?1, 1, length(m.value) + 1) "
                      "= m.value || '/') ORDER BY length(m.value) DESC, m.id LIMIT 1), 0)",
                      &query);
    struct map known = {0};
    for (uint32_t i = 0; !error && i < image->function_count; i++) {
        const char *file = image->functions[i].file;
        uint32_t number = strings_intern(&hooks->strings, file);
        uint64_t entity = 0;
        bool row = false;
        if (!map_find(&known, number, &entity)) {
            query_bind_text(query, 1, file);
            error = query_step(query, &row);
            entity = !error && row ? (uint64_t)query_int(query, 0) : 0;
            while (!error && row) {
                error = query_step(query, &row);
            }
            map_insert(&known, number, entity);
        }
        *(int64_t *)vector_push(&hooks->entities) = (int64_t)entity;
    }
    map_deinit(&known);
    return error;
}

bool ledger_hooks_inside(const struct ledger_hooks *hooks, const struct image *image, uint64_t pc, int64_t entity) {
    const struct function *function = image_function_at(image, pc);
    int64_t of = function ? *VECTOR_AT(&hooks->entities, int64_t, function - image->functions) : 0;
    return of && of == entity;
}

/* ------------------------------------------------------------------------------------------------ allocators */

static int argument_of(const char *text) {
    return text[0] >= '0' && text[0] <= '5' && !text[1] ? text[0] - '0' : -1;
}

static struct error *size_of_set(const struct image *image, struct ledger_allocator *allocator, const char *value) {
    const struct function *function = image_function_by_name(image, allocator->name);
    uint32_t type = IMAGE_NONE;
    int number = value[0] >= '0' && value[0] <= '5' && value[1] == '.' ? value[0] - '0' : -1;
    if (number < 0 || !function || (uint32_t)number >= function->parameter_count) {
        return error_create(ERROR_USAGE, "manifest: %s: size_of = %s: expected N.MEMBER of a parameter", allocator->name, value);
    }
    const struct type *pointer = &image->types[function->parameter_types[number]];
    if (pointer->kind != TYPE_POINTER || !kernel_layout_member(image, pointer->target, value + 2, &allocator->size_offset, &type)) {
        return error_create(ERROR_MISMATCH, "manifest: %s: size_of = %s: %s has no such member there", allocator->name, value, image->path);
    }
    allocator->size_record = number;
    return NULL;
}

static struct error *allocator_set(const struct image *image, struct ledger_allocator *allocator, const char *key, const char *value) {
    static const char *const EFFECTS[] = {"alloc", "pages", "percpu", "bulk", "realloc", "free"};
    if (strcmp(key, "effect") == 0) {
        for (size_t i = 0; i < sizeof EFFECTS / sizeof *EFFECTS; i++) {
            allocator->effect = strcmp(EFFECTS[i], value) == 0 ? (enum ledger_effect)i : allocator->effect;
        }
    } else if (strcmp(key, "size_of") == 0) {
        return size_of_set(image, allocator, value);
    } else if (strcmp(key, "handle") == 0) {
        allocator->handle = strcmp(value, "page") == 0;
    } else if (strcmp(key, "size") == 0) {
        allocator->size = argument_of(value);
    } else if (strcmp(key, "count") == 0) {
        allocator->count = argument_of(value);
    } else if (strcmp(key, "order") == 0) {
        allocator->order = argument_of(value);
    } else if (strcmp(key, "pointer") == 0 || strcmp(key, "results") == 0) {
        allocator->pointer = argument_of(value);
    }
    return NULL;
}

static struct error *hooks_allocators(struct store *store, const struct image *image, struct ledger_hooks *hooks) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store, "SELECT name, key, value FROM manifest WHERE section IN ('allocator', 'watch') ORDER BY name, id", &query);
    struct ledger_allocator *allocator = NULL;
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *name = query_text(query, 0);
        if (!allocator || strcmp(allocator->name, name) != 0) {
            uint64_t entry = entry_of(image, name);
            const struct function *function = image_function_by_name(image, name);
            if (!entry || !function) {
                return error_create(ERROR_MISMATCH, "manifest: %s has no allocator %s", image->path, name);
            }
            hook_add(hooks, entry, LEDGER_HOOK_ALLOCATOR, (uint32_t)hooks->allocators.count);
            allocator = vector_push(&hooks->allocators);
            *allocator = (struct ledger_allocator){
                .name = function->name, .effect = LEDGER_ALLOCATES, .size = -1, .count = -1, .order = -1, .pointer = -1, .size_record = -1};
        }
        error = allocator_set(image, allocator, query_text(query, 1), query_text(query, 2));
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ places */

static void hooks_interrupts(const struct image *image, const char *glob, uint32_t pushed, struct ledger_hooks *hooks) {
    for (uint32_t i = 0; i < image->symbol_count; i++) {
        if (!image->symbols[i].is_object && fnmatch(glob, image->symbols[i].name, 0) == 0) {
            hook_add(hooks, image->symbols[i].address, LEDGER_HOOK_INTERRUPT, pushed);
        }
    }
}

static struct error *hooks_places(struct store *store, const struct image *image, const struct catalog *catalog, struct ledger_hooks *hooks) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store,
                                        "SELECT section, key, value FROM manifest WHERE (section = 'interrupts' AND key IN ('entry', 'pushed')) OR "
                                        "(section = 'switch' AND key = 'fresh') OR (section = 'stacks' AND key = 'object') ORDER BY id",
                                        &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *section = query_text(query, 0);
        const char *value = query_text(query, 2);
        if (strcmp(section, "interrupts") == 0) {
            hooks_interrupts(image, value, strcmp(query_text(query, 1), "pushed") == 0 ? PUSHED : 0, hooks);
        } else if (strcmp(section, "stacks") == 0) {
            *(uint32_t *)vector_push(&hooks->stack_names) = strings_intern(&hooks->strings, value);
        } else {
            uint64_t entry = entry_of(image, value);
            *(uint64_t *)vector_push(&hooks->fresh) = entry;
            hook_add(hooks, entry, LEDGER_HOOK_FRESH, 0);
        }
    }
    hook_add(hooks, catalog->switch_entry, LEDGER_HOOK_SWITCH, 0);
    hook_add(hooks, catalog->begin, LEDGER_HOOK_BEGIN, 0);
    hook_add(hooks, catalog->end, LEDGER_HOOK_END, 0);
    const struct symbol *symbol = catalog->switch_entry ? image_symbol_at(image, catalog->switch_entry) : NULL;
    hooks->switch_low = catalog->switch_entry;
    hooks->switch_high = symbol && symbol->size ? symbol->address + symbol->size : catalog->switch_entry + 1;
    return error;
}

static int hook_compare(const void *one, const void *other) {
    const struct ledger_hook *a = one;
    const struct ledger_hook *b = other;
    if (a->pc != b->pc) {
        return a->pc < b->pc ? -1 : 1;
    }
    return (int)b->role - (int)a->role; /* the window's begin comes before all; an allocator that is a transaction is both */
}

struct error *ledger_hooks_load(struct store *store, const struct image *image, const struct catalog *catalog, const struct objects_events *events,
                                struct ledger_hooks *out_hooks) {
    struct ledger_hooks hooks = {.hooks = VECTOR_OF(struct ledger_hook),
                                 .allocators = VECTOR_OF(struct ledger_allocator),
                                 .fresh = VECTOR_OF(uint64_t),
                                 .stack_names = VECTOR_OF(uint32_t),
                                 .entities = VECTOR_OF(int64_t)};
    strings_intern(&hooks.strings, "");
    struct error *error = hooks_transactions(store, image, catalog, &hooks);
    error = error ? error : hooks_entities(store, image, &hooks);
    error = error ? error : hooks_allocators(store, image, &hooks);
    error = error ? error : hooks_places(store, image, catalog, &hooks);
    if (image->placement.count) {
        hook_add(&hooks, events->load, LEDGER_HOOK_LOAD, 0);
        hook_add(&hooks, events->unload, LEDGER_HOOK_UNLOAD, 0);
    }
    vector_sort(&hooks.hooks, hook_compare);
    if (!error && (hooks.hooks.failed || hooks.allocators.failed || hooks.entities.failed || hooks.strings.failed || hooks.stack_names.failed)) {
        error = error_out_of_memory();
    }
    if (error) {
        ledger_hooks_deinit(&hooks);
        return error;
    }
    *out_hooks = hooks;
    return NULL;
}
