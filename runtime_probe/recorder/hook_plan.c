#include "plan_builder.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "spillscope/collection.h"
#include "spillscope/record_log.h"

/* Where a function of this name begins; 0 = nowhere. Assembly functions have a symbol only. */
static uint64_t function_entry(const struct image *image, const char *name, const char *file) {
    uint64_t entry = 0;
    for (uint32_t i = 0; i < image->function_count; i++) {
        const struct function *function = &image->functions[i];
        if (function->entry && strcmp(function->name, name) == 0 && (!file || strcmp(function->file, file) == 0)) {
            entry = function->entry;
            if (!placement_is_home(entry)) {
                break; /* the kernel's own comes before a loadable object's */
            }
        }
    }
    const struct symbol *symbol = entry || file ? NULL : image_symbol_by_name(image, name);
    return symbol ? symbol->address : entry;
}

/* What DWARF says of it, whether it has code of its own or is only inlined. */
static const struct function *function_described(const struct image *image, const char *name, const char *file) {
    const struct function *found = NULL;
    for (uint32_t i = 0; i < image->function_count; i++) {
        const struct function *function = &image->functions[i];
        if (strcmp(function->name, name) == 0 && (!file || strcmp(function->file, file) == 0)) {
            found = !found || function->entry ? function : found;
        }
    }
    return found;
}

void builder_miss(struct plan_builder *builder, const char *name) {
    char *copy = strdup(name);
    builder->missing.failed |= !copy;
    *(char **)vector_push(&builder->missing) = copy;
}

struct recorder_hook *builder_add(struct plan_builder *builder, uint64_t address, enum hook_role role, const char *name) {
    struct recorder_hook *hook = vector_push(&builder->hooks);
    *hook = (struct recorder_hook){
        .address = address, .role = role, .name = strdup(name), .size = -1, .count = -1, .order = -1, .pointer = -1, .size_record = -1};
    builder->hooks.failed |= !hook->name;
    return hook;
}

/*
 * Aliases are other names of an entry. One that is a function of the same file is where the entry is entered from outside: the wrapper of a system
 * call, into which the function itself is inlined or which calls it (and that call comes from inside its entity).
 */
static struct error *builder_aliases(struct plan_builder *builder, int64_t txn, const char *name, const char *file, bool *found) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(builder->store, "SELECT name FROM txn_alias WHERE txn_id = ?1 ORDER BY name", &query);
    bool row = false;
    if (!error) {
        query_bind_int(query, 1, txn);
    }
    while (!error && !(error = query_step(query, &row)) && row) {
        const struct function *alias = image_function_by_name(builder->image, query_text(query, 0));
        if (alias && alias->entry && strcmp(alias->name, name) != 0 && file && strcmp(alias->file, file) == 0) {
            builder_add(builder, alias->entry, ROLE_TRANSACTION, name)->txn = txn;
            *found = true;
        }
    }
    return error;
}

static struct error *builder_transactions(struct plan_builder *builder) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(builder->store,
                      "SELECT t.id, f.name, x.path, EXISTS (SELECT 1 FROM manifest m WHERE m.section = 'transactions' AND m.key = 'exit' "
                      "AND (SELECT n.value || ' ' FROM manifest n WHERE n.section = 'transactions' AND n.key = 'entry' AND n.id < m.id "
                      "ORDER BY n.id DESC LIMIT 1) GLOB t.name || ' *') FROM txn t JOIN function f ON f.id = t.function_id "
                      "LEFT JOIN file x ON x.id = f.file_id WHERE instr(t.name, ':') = 0 ORDER BY t.id",
                      &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *name = query_text(query, 1);
        uint64_t entry = function_entry(builder->image, name, query_text(query, 2));
        bool ends_at_line = query_int(query, 3) != 0; /* builder_lines sees to it */
        bool found = entry != 0;
        if (entry && !ends_at_line) {
            builder_add(builder, entry, ROLE_TRANSACTION, name)->txn = query_int(query, 0);
        }
        error = builder_aliases(builder, query_int(query, 0), name, query_text(query, 2), &found);
        const struct function *function = function_described(builder->image, name, query_text(query, 2));
        if (!error && function && !ends_at_line) {
            error = builder_instances(builder, query_int(query, 0), function, &found);
        }
        if (!found) {
            builder_miss(builder, name);
        }
    }
    return error;
}

static struct error *hook_number(const char *name, const char *key, const char *value, int *out_number) {
    char *end = NULL;
    long number = strtol(value, &end, 10);
    if (end == value || *end || number < 0 || number >= 6) {
        return error_create(ERROR_USAGE, "[allocator %s]: %s = %s is no argument index from 0 to 5", name, key, value);
    }
    *out_number = (int)number;
    return NULL;
}

static struct error *allocator_setting(struct recorder_hook *hook, const char *key, const char *value) {
    static const char *const effects[] = {[EFFECT_ALLOCATE] = "alloc",     [EFFECT_PAGES] = "pages",   [EFFECT_FREE] = "free",
                                          [EFFECT_REALLOCATE] = "realloc", [EFFECT_PERCPU] = "percpu", [EFFECT_BULK] = "bulk"};
    if (strcmp(key, "effect") == 0) {
        for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
            if (strcmp(effects[i], value) == 0) {
                hook->effect = (enum allocator_effect)i;
                return NULL;
            }
        }
        return error_create(ERROR_USAGE, "[allocator %s]: unknown effect %s", hook->name, value);
    }
    if (strcmp(key, "handle") == 0) {
        hook->handle = strcmp(value, "page") == 0;
        return hook->handle ? NULL : error_create(ERROR_USAGE, "[allocator %s]: handle = %s: only page is known", hook->name, value);
    }
    if (strcmp(key, "size_of") == 0) {
        char number[2] = {value[0], 0};
        if (!value[0] || value[1] != '.' || !value[2]) {
            return error_create(ERROR_USAGE, "[allocator %s]: size_of = %s: expected N.MEMBER", hook->name, value);
        }
        hook->size_member = strdup(value + 2);
        return hook->size_member ? hook_number(hook->name, key, number, &hook->size_record) : error_out_of_memory();
    }
    int *place = strcmp(key, "size") == 0                                     ? &hook->size
                 : strcmp(key, "count") == 0                                  ? &hook->count
                 : strcmp(key, "order") == 0                                  ? &hook->order
                 : strcmp(key, "pointer") == 0 || strcmp(key, "results") == 0 ? &hook->pointer
                                                                              : NULL;
    return place ? hook_number(hook->name, key, value, place) : NULL;
}

static struct error *builder_allocators(struct plan_builder *builder) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(builder->store, "SELECT name, key, value FROM manifest WHERE section IN ('allocator', 'watch') ORDER BY name, id", &query);
    struct recorder_hook *hook = NULL;
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *name = query_text(query, 0);
        if (!hook || strcmp(hook->name, name) != 0) {
            uint64_t entry = function_entry(builder->image, name, NULL);
            if (!entry) {
                return error_create(ERROR_MISMATCH, "%s: the manifest's allocator %s is not in this image", builder->image->path, name);
            }
            hook = builder_add(builder, entry, ROLE_ALLOCATOR, name);
        }
        error = builder->hooks.failed ? error_out_of_memory() : allocator_setting(hook, query_text(query, 1), query_text(query, 2));
    }
    return error;
}

/* The bytes that a stub's own code pushed before it reached this one: a vector, or an error code. */
enum { PUSHED_BYTES = 8 };

static struct error *builder_place(struct plan_builder *builder, const char *section, const char *key, const char *name) {
    const struct image *image = builder->image;
    if (strcmp(section, "interrupts") == 0) {
        bool found = false;
        for (uint32_t i = 0; i < image->symbol_count; i++) {
            if (!image->symbols[i].is_object && fnmatch(name, image->symbols[i].name, 0) == 0) { /* labels of assembly have no type */
                struct recorder_hook *hook = builder_add(builder, image->symbols[i].address, ROLE_INTERRUPT, image->symbols[i].name);
                hook->pushed = strcmp(key, "pushed") == 0 ? PUSHED_BYTES : 0;
                found = true;
            }
        }
        return found ? NULL : error_create(ERROR_MISMATCH, "%s: no function is called like the manifest's interrupt entry %s", image->path, name);
    }
    uint64_t entry = function_entry(image, name, NULL);
    if (!entry) {
        return error_create(ERROR_MISMATCH, "%s: the manifest's [%s] %s = %s is not in this image", image->path, section, key, name);
    }
    if (strcmp(section, "switch") == 0) {
        const struct function *function = image_function_at(image, entry);
        const struct symbol *symbol = image_symbol_at(image, entry);
        if (strcmp(key, "fresh") == 0) {
            *(uint64_t *)vector_push(&builder->fresh) = entry;
            return NULL;
        }
        struct address_range *range = vector_push(&builder->switches);
        range->low = entry;
        range->high = symbol && symbol->size ? symbol->address + symbol->size : function ? function->ranges[0].high : entry + 1;
        return NULL;
    }
    bool begin = strcmp(key, "begin") == 0;
    builder->has_begin |= begin;
    builder_add(builder, entry, begin ? ROLE_BEGIN : ROLE_END, name);
    return NULL;
}

/* "FUNCTION INDEX" or "FUNCTION INDEX.MEMBER"; one that was inlined everywhere is not seen. */
static struct error *builder_deferral(struct plan_builder *builder, const char *value) {
    char name[256];
    char member[256] = "";
    unsigned argument = LOG_ARGUMENTS;
    if (sscanf(value, "%255s %u.%255s", name, &argument, member) < 2 || argument >= LOG_ARGUMENTS) {
        return error_create(ERROR_USAGE, "[thread_entry] call = %s: expected FUNCTION INDEX or FUNCTION INDEX.MEMBER, with an index from 0 to %d",
                            value, LOG_ARGUMENTS - 1);
    }
    uint64_t entry = function_entry(builder->image, name, NULL);
    if (entry) {
        struct recorder_hook *hook = builder_add(builder, entry, ROLE_DEFERRAL, name);
        hook->deferred = (int)argument;
        hook->deferred_member = *member ? strdup(member) : NULL;
        builder->hooks.failed |= *member && !hook->deferred_member;
    }
    return NULL;
}

static struct error *builder_deferrals(struct plan_builder *builder) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(builder->store,
                      "SELECT value FROM manifest WHERE section = 'thread_entry' AND key = 'call' AND (line > 0 OR EXISTS (SELECT 1 FROM txn WHERE "
                      "found_by IN ('deferred', 'interrupt'))) ORDER BY id",
                      &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        error = builder_deferral(builder, query_text(query, 0));
    }
    return error;
}

static struct error *builder_places(struct plan_builder *builder) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(
        builder->store,
        "SELECT section, key, value FROM manifest WHERE (section = 'interrupts' AND key = 'entry') OR "
        "(section = 'interrupts' AND key = 'pushed') OR section = 'switch' OR (section = 'transactions' AND key IN ('begin', 'end')) ORDER BY id",
        &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        error = builder_place(builder, query_text(query, 0), query_text(query, 1), query_text(query, 2));
    }
    return error;
}

/* Where objects come and go matters only where the image has some. */
static struct error *builder_objects(struct plan_builder *builder, struct objects_layout *out_layout) {
    struct objects_events events = {0};
    struct objects_layout layout = {0};
    struct error *error = objects_layout_load(builder->store, builder->image, &layout, &events);
    if (error || !builder->image->placement.count) {
        return error;
    }
    if (events.load) {
        builder_add(builder, events.load, ROLE_LOAD, "load");
    }
    if (events.unload) {
        builder_add(builder, events.unload, ROLE_UNLOAD, "unload");
    }
    *out_layout = layout;
    return NULL;
}

static int compare_hooks(const void *one, const void *other) {
    const struct recorder_hook *a = one;
    const struct recorder_hook *b = other;
    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    if (a->role != b->role) {
        return (int)a->role - (int)b->role;
    }
    return a->rank != b->rank ? (a->rank < b->rank ? -1 : 1) : (a->place > b->place) - (a->place < b->place);
}

static int compare_depths(const void *one, const void *other) {
    const struct code_place *a = one;
    const struct code_place *b = other;
    return (a->address > b->address) - (a->address < b->address);
}

struct error *hook_plan_create(struct store *store, const struct image *image, struct hook_plan **out_plan) {
    struct plan_builder builder = {.store = store,
                                   .image = image,
                                   .hooks = VECTOR_OF(struct recorder_hook),
                                   .switches = VECTOR_OF(struct address_range),
                                   .fresh = VECTOR_OF(uint64_t),
                                   .missing = VECTOR_OF(char *),
                                   .depths = VECTOR_OF(struct code_place),
                                   .analysed = VECTOR_OF(const struct function *)};
    struct objects_layout objects = {0};
    struct error *error = builder_transactions(&builder);
    error = error ? error : builder_lines(&builder);
    error = error ? error : builder_allocators(&builder);
    error = error ? error : builder_deferrals(&builder);
    error = error ? error : builder_places(&builder);
    error = error ? error : builder_objects(&builder, &objects);
    vector_sort(&builder.hooks, compare_hooks);
    vector_sort(&builder.depths, compare_depths);
    vector_deinit(&builder.analysed);
    struct hook_plan *plan = calloc(1, sizeof *plan);
    if (plan) {
        *plan = (struct hook_plan){.hooks = builder.hooks.items,
                                   .hook_count = builder.hooks.count,
                                   .switches = builder.switches.items,
                                   .switch_count = builder.switches.count,
                                   .fresh = builder.fresh.items,
                                   .fresh_count = builder.fresh.count,
                                   .depths = builder.depths.items,
                                   .depth_count = builder.depths.count,
                                   .objects = objects,
                                   .has_begin = builder.has_begin,
                                   .missing = builder.missing.items,
                                   .missing_count = builder.missing.count};
    }
    if (!error && (!plan || builder.hooks.failed || builder.switches.failed || builder.fresh.failed || builder.missing.failed ||
                   builder.depths.failed || builder.analysed.failed)) {
        error = error_out_of_memory();
    }
    if (error) {
        hook_plan_destroy(plan);
        return error;
    }
    *out_plan = plan;
    return NULL;
}

void hook_plan_destroy(struct hook_plan *plan) {
    if (plan) {
        for (size_t i = 0; i < plan->hook_count; i++) {
            free((char *)(uintptr_t)plan->hooks[i].name);
            free((char *)(uintptr_t)plan->hooks[i].size_member);
            free((char *)(uintptr_t)plan->hooks[i].deferred_member);
        }
        for (size_t i = 0; i < plan->missing_count; i++) {
            free(plan->missing[i]);
        }
        free(plan->hooks);
        free(plan->switches);
        free(plan->fresh);
        free(plan->missing);
        free(plan->depths);
        free(plan);
    }
}
