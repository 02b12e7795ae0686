#include "spillscope/sites.h"

#include <stdlib.h>
#include <string.h>

enum { LINES_APART = 8 };

void sites_deinit(struct sites *sites) {
    for (uint32_t i = 0; i < sites->allocator_count; i++) {
        free(sites->allocators[i].name);
    }
    for (size_t i = 0; i < sites->count; i++) {
        free(sites->list[i].file);
        free(sites->list[i].function);
        free(sites->list[i].allocator);
        free(sites->list[i].root);
    }
    for (size_t i = 0; i < sites->type_count; i++) {
        free(sites->types[i].roots);
    }
    free(sites->allocators);
    free(sites->list);
    free(sites->types);
    *sites = (struct sites){0};
}

/* Argument index of a setting, -1 when it is absent or no small number. */
static int setting_argument(const char *text) {
    char *end = NULL;
    long value = text ? strtol(text, &end, 10) : -1;
    return text && end != text && *end == 0 && value >= 0 && value < 6 ? (int)value : -1;
}

static struct error *sites_load_allocators(struct store *store, const struct image *image, struct sites *sites) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(
        store,
        "SELECT name, max(CASE key WHEN 'effect' THEN value END), max(CASE key WHEN 'size' THEN value END), "
        "max(CASE key WHEN 'count' THEN value END), max(CASE key WHEN 'pointer' THEN value END) FROM manifest WHERE section = 'allocator' "
        "GROUP BY name ORDER BY name",
        &query);
    bool row = true;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *effect = query_text(query, 1);
        const struct function *function = image_function_by_name(image, query_text(query, 0));
        bool allocates = effect && strcmp(effect, "alloc") == 0;
        bool frees = effect && strcmp(effect, "free") == 0;
        if ((!allocates && !frees) || !function || !function->entry) {
            continue;
        }
        struct site_allocator *grown = realloc(sites->allocators, (sites->allocator_count + 1) * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        sites->allocators = grown;
        sites->allocators[sites->allocator_count] = (struct site_allocator){
            .name = strdup(query_text(query, 0)),
            .entry = function->entry,
            .frees = frees,
            .size = setting_argument(query_text(query, 2)),
            .count = setting_argument(query_text(query, 3)),
            .pointer = setting_argument(query_text(query, 4)),
        };
        if (!sites->allocators[sites->allocator_count++].name) {
            return error_out_of_memory();
        }
    }
    return error;
}

static struct error *sites_load_list(struct store *store, struct sites *sites) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT file, function, allocator, root, line FROM alloc_site ORDER BY id", &query);
    size_t capacity = 0;
    bool row = true;
    while (!error && !(error = query_step(query, &row)) && row) {
        if (sites->count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            struct site *grown = realloc(sites->list, capacity * sizeof *grown);
            if (!grown) {
                return error_out_of_memory();
            }
            sites->list = grown;
        }
        struct site *site = &sites->list[sites->count++];
        *site = (struct site){strdup(query_text(query, 0)), strdup(query_text(query, 1)), strdup(query_text(query, 2)), strdup(query_text(query, 3)),
                              (uint32_t)query_int(query, 4)};
        if (!site->file || !site->function || !site->allocator || !site->root) {
            return error_out_of_memory();
        }
    }
    return error;
}

struct error *sites_load(struct store *store, const struct image *image, struct sites *out_sites) {
    struct sites sites = {0};
    struct error *error = sites_load_allocators(store, image, &sites);
    if (!error) {
        error = sites_load_list(store, &sites);
    }
    if (error) {
        sites_deinit(&sites);
        return error;
    }
    *out_sites = sites;
    return NULL;
}

const struct site_allocator *sites_allocator_at(const struct sites *sites, uint64_t pc) {
    for (uint32_t i = 0; i < sites->allocator_count; i++) {
        if (sites->allocators[i].entry == pc) {
            return &sites->allocators[i];
        }
    }
    return NULL;
}

/* Collects the roots of the sites on the line, or on the nearest lines of the function, since a call may span lines. */
static bool types_collect(const struct sites *sites, const char *allocator, const char *file, const char *function, uint32_t line,
                          struct site_types *types) {
    uint32_t best = LINES_APART + 1;
    types->roots = calloc(sites->count + 1, sizeof *types->roots);
    if (!types->roots) {
        return false;
    }
    for (size_t i = 0; i < sites->count; i++) {
        const struct site *site = &sites->list[i];
        uint32_t apart = site->line > line ? site->line - line : line - site->line;
        if (apart > best || strcmp(site->allocator, allocator) != 0 || strcmp(site->file, file) != 0 || strcmp(site->function, function) != 0) {
            continue;
        }
        types->count = apart < best ? 0 : types->count;
        best = apart;
        types->roots[types->count++] = site->root;
    }
    return true;
}

struct error *sites_types(struct sites *sites, const struct image *image, const struct site_allocator *allocator, uint64_t caller,
                          const char *const **out_roots, size_t *out_count) {
    uint32_t index = (uint32_t)(allocator - sites->allocators);
    for (size_t i = 0; i < sites->type_count; i++) {
        if (sites->types[i].caller == caller && sites->types[i].allocator == index) {
            *out_roots = sites->types[i].roots;
            *out_count = sites->types[i].count;
            return NULL;
        }
    }
    struct site_types *grown = realloc(sites->types, (sites->type_count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    sites->types = grown;
    struct site_types types = {.caller = caller, .allocator = index};
    const char *file = "";
    const char *function = "";
    uint32_t line = 0;
    /* The call stands before its return address. */
    image_line_at(image, caller - 1, &file, &line, &function);
    if (!types_collect(sites, allocator->name, file, function, line, &types)) {
        return error_out_of_memory();
    }
    sites->types[sites->type_count++] = types;
    *out_roots = types.roots;
    *out_count = types.count;
    return NULL;
}
