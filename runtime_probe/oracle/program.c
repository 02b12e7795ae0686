#include "program.h"

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "spillscope/text.h"

/* Interned strings move while more are added, so names are numbers during loading and become pointers at its end. */
static const char *number_as_pointer(uint32_t number) {
    return (const char *)(uintptr_t)number;
}

static const char *program_string(const struct program *program, const char *number) {
    return strings_at(&program->strings, (uint32_t)(uintptr_t)number);
}

static uint32_t intern(struct program *program, const char *string) {
    return strings_intern(&program->strings, string ? string : "");
}

static struct error *load_entities(struct store *store, struct program *program, struct map *by_id) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT id, name, role FROM entity ORDER BY id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        map_insert(by_id, (uint64_t)query_int(query, 0), program->entities.count);
        struct program_entity *entity = vector_push(&program->entities);
        entity->name = number_as_pointer(intern(program, query_text(query, 1)));
        entity->client = strcmp(query_text(query, 2), "client") == 0;
    }
    return error;
}

static struct error *load_paths(struct store *store, struct program *program, const struct map *by_id) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store,
                                        "SELECT m.value, e.id FROM manifest m JOIN entity e ON e.name = m.name "
                                        "WHERE m.section = 'entity' AND m.key = 'path' UNION SELECT f.path, f.entity_id FROM file f ORDER BY 1",
                                        &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        uint64_t entity = 0;
        if (map_find(by_id, (uint64_t)query_int(query, 1), &entity)) {
            struct program_path *path = vector_push(&program->paths);
            path->prefix = number_as_pointer(intern(program, query_text(query, 0)));
            path->entity = (uint32_t)entity;
        }
    }
    return error;
}

static struct error *load_txns(struct store *store, struct program *program, const struct map *by_id) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT id, name, entity_id, found_by IN ('deferred', 'interrupt') FROM txn ORDER BY id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        uint64_t entity = IMAGE_NONE;
        map_find(by_id, (uint64_t)query_int(query, 2), &entity);
        map_insert(&program->txn_by_id, (uint64_t)query_int(query, 0), program->txns.count);
        struct program_txn *txn = vector_push(&program->txns);
        txn->id = query_int(query, 0);
        txn->name = number_as_pointer(intern(program, query_text(query, 1)));
        txn->entity = (uint32_t)entity;
        txn->deferred = query_int(query, 3) != 0;
    }
    return error;
}

static struct error *load_sites(struct store *store, struct program *program) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store, "SELECT file, line, function, allocator, root FROM alloc_site ORDER BY file, line, allocator, root", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        struct program_site site = {intern(program, query_text(query, 0)), (uint32_t)query_int(query, 1), intern(program, query_text(query, 2)),
                                    intern(program, query_text(query, 3)), intern(program, query_text(query, 4))};
        vector_append(&program->sites, &site, 1);
    }
    return error;
}

static struct error *load_defined(struct store *store, struct program *program) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT x.path || ':' || f.name FROM function f JOIN file x ON x.id = f.file_id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        map_insert(&program->defined, intern(program, query_text(query, 0)), 1);
    }
    return error;
}

static struct error *load_owners(struct store *store, struct program *program) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store,
                                        "SELECT d.pattern, coalesce(e.role, 'server') FROM declaration d LEFT JOIN entity e ON e.name = d.value "
                                        "WHERE d.kind = 'owner' ORDER BY length(d.pattern) DESC, d.id",
                                        &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        struct text pattern = {0};
        for (const char *from = query_text(query, 0); *from; from++) { /* "[]" is two plain characters in a key */
            text_append(&pattern, *from == '[' ? "\\[" : *from == ']' ? "\\]" : (char[]){*from, 0});
        }
        struct program_owner *owner = vector_push(&program->owners);
        owner->pattern = number_as_pointer(intern(program, text_string(&pattern)));
        owner->client = strcmp(query_text(query, 1), "client") == 0;
        text_deinit(&pattern);
    }
    return error;
}

static struct error *boot_stack(const struct image *image, struct program *program, const char *value) {
    char low[128];
    char high[128];
    if (sscanf(value, "%127s %127s", low, high) != 2) {
        return error_create(ERROR_USAGE, "[stacks] boot = %s: expected two symbols, the lowest address and the end", value);
    }
    const struct symbol *first = image_symbol_by_name(image, low);
    const struct symbol *last = image_symbol_by_name(image, high);
    if (!first || !last || first->address >= last->address) {
        return error_create(ERROR_MISMATCH, "%s: [stacks] boot = %s: no such stack in this image", image->path, value);
    }
    *(struct address_range *)vector_push(&program->boot_stacks) = (struct address_range){first->address, last->address};
    return NULL;
}

/* A variable that is a stack: of interrupts or faults. */
static struct error *stack_variable(const struct image *image, struct program *program, const char *name) {
    const struct variable *variable = image_variable_by_name(image, name);
    if (!variable || !image->types[variable->type].size) {
        return error_create(ERROR_MISMATCH, "%s: [stacks] variable = %s: no such variable in this image", image->path, name);
    }
    *(struct address_range *)vector_push(&program->boot_stacks) =
        (struct address_range){variable->address, variable->address + image->types[variable->type].size};
    return NULL;
}

static struct error *replace(char **place, const char *value) {
    free(*place);
    *place = strdup(value);
    return *place ? NULL : error_out_of_memory();
}

static struct error *load_setting(const struct image *image, struct program *program, const char *section, const char *key, const char *value) {
    if (strcmp(section, "pagetables") == 0) {
        char *copy = strdup(value);
        program->table_roots.failed |= !copy;
        *(char **)vector_push(&program->table_roots) = copy;
        return NULL;
    }
    if (strcmp(key, "struct") == 0) {
        return replace(&program->stack_struct, value);
    }
    if (strcmp(key, "base") == 0) {
        return replace(&program->stack_base, value);
    }
    if (strcmp(key, "boot") == 0) {
        return boot_stack(image, program, value);
    }
    if (strcmp(key, "object") == 0) {
        char *copy = strdup(value);
        program->stack_roots.failed |= !copy;
        *(char **)vector_push(&program->stack_roots) = copy;
        return NULL;
    }
    if (strcmp(key, "variable") == 0) {
        return stack_variable(image, program, value);
    }
    char *end = NULL;
    unsigned long long size = strtoull(value, &end, 0);
    if (strcmp(key, "size") == 0 && end != value && !*end) {
        program->stack_size = size;
        return NULL;
    }
    return strcmp(key, "size") == 0 ? replace(&program->stack_size_member, value) : NULL;
}

static struct error *load_settings(struct store *store, const struct image *image, struct program *program) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store, "SELECT section, key, value FROM manifest WHERE section IN ('stacks', 'pagetables') ORDER BY id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        error = load_setting(image, program, query_text(query, 0), query_text(query, 1), query_text(query, 2));
    }
    return error;
}

static void settle_names(struct program *program) {
    for (size_t i = 0; i < program->entities.count; i++) {
        struct program_entity *entity = VECTOR_AT(&program->entities, struct program_entity, i);
        entity->name = program_string(program, entity->name);
    }
    for (size_t i = 0; i < program->paths.count; i++) {
        struct program_path *path = VECTOR_AT(&program->paths, struct program_path, i);
        path->prefix = program_string(program, path->prefix);
    }
    for (size_t i = 0; i < program->txns.count; i++) {
        struct program_txn *txn = VECTOR_AT(&program->txns, struct program_txn, i);
        txn->name = program_string(program, txn->name);
    }
    for (size_t i = 0; i < program->owners.count; i++) {
        struct program_owner *owner = VECTOR_AT(&program->owners, struct program_owner, i);
        owner->pattern = program_string(program, owner->pattern);
    }
}

struct error *program_load(struct store *store, const struct image *image, struct program *program) {
    *program = (struct program){.entities = VECTOR_OF(struct program_entity),
                                .paths = VECTOR_OF(struct program_path),
                                .txns = VECTOR_OF(struct program_txn),
                                .sites = VECTOR_OF(struct program_site),
                                .owners = VECTOR_OF(struct program_owner),
                                .boot_stacks = VECTOR_OF(struct address_range),
                                .stack_roots = VECTOR_OF(char *),
                                .table_roots = VECTOR_OF(char *)};
    intern(program, "");
    struct map by_id = {0};
    struct error *error = load_entities(store, program, &by_id);
    error = error ? error : load_paths(store, program, &by_id);
    error = error ? error : load_txns(store, program, &by_id);
    error = error ? error : judge_whitelist_load(store, &program->whitelist);
    error = error ? error : load_sites(store, program);
    error = error ? error : load_defined(store, program);
    error = error ? error : load_owners(store, program);
    error = error ? error : load_settings(store, image, program);
    bool failed = by_id.failed || program->strings.failed || program->entities.failed || program->paths.failed || program->txns.failed ||
                  program->sites.failed || program->owners.failed || program->boot_stacks.failed || program->table_roots.failed ||
                  program->txn_by_id.failed;
    map_deinit(&by_id);
    if (!error && failed) {
        error = error_out_of_memory();
    }
    if (!error) {
        settle_names(program);
    }
    return error;
}

void program_deinit(struct program *program) {
    for (size_t i = 0; i < program->table_roots.count; i++) {
        free(*VECTOR_AT(&program->table_roots, char *, i));
    }
    for (size_t i = 0; i < program->stack_roots.count; i++) {
        free(*VECTOR_AT(&program->stack_roots, char *, i));
    }
    map_deinit(&program->defined);
    struct vector *vectors[] = {&program->entities, &program->paths,       &program->txns,        &program->sites,
                                &program->owners,   &program->boot_stacks, &program->table_roots, &program->stack_roots};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        vector_deinit(vectors[i]);
    }
    map_deinit(&program->txn_by_id);
    whitelist_deinit(&program->whitelist);
    strings_deinit(&program->strings);
    free(program->stack_struct);
    free(program->stack_base);
    free(program->stack_size_member);
}

uint32_t program_entity_of(const struct program *program, const char *file) {
    size_t best = 0;
    uint32_t entity = IMAGE_NONE;
    for (size_t i = 0; i < program->paths.count; i++) {
        const struct program_path *path = VECTOR_AT(&program->paths, struct program_path, i);
        size_t length = strlen(path->prefix);
        bool below =
            strncmp(file, path->prefix, length) == 0 && (!file[length] || file[length] == '/' || (length && path->prefix[length - 1] == '/'));
        if (below && length >= best) {
            best = length;
            entity = path->entity;
        }
    }
    return entity;
}

bool program_is_client(const struct program *program, uint32_t entity) {
    return entity < program->entities.count && VECTOR_AT(&program->entities, struct program_entity, entity)->client;
}

bool program_is_stack_root(const struct program *program, const char *root) {
    for (size_t i = 0; i < program->stack_roots.count; i++) {
        if (strcmp(*VECTOR_AT(&program->stack_roots, char *, i), root) == 0) {
            return true;
        }
    }
    return false;
}

bool program_defines(const struct program *program, const char *name, const char *file) {
    struct text key = {0};
    uint32_t number = 0;
    uint64_t known = 0;
    text_append_format(&key, "%s:%s", file, name);
    bool found = strings_find(&program->strings, text_string(&key), &number) && map_find(&program->defined, number, &known);
    text_deinit(&key);
    return found;
}

bool program_has_clients(const struct program *program) {
    for (uint32_t i = 0; i < program->entities.count; i++) {
        if (program_is_client(program, i)) {
            return true;
        }
    }
    return false;
}

int program_declared_owner(const struct program *program, const char *key) {
    for (size_t i = 0; i < program->owners.count; i++) {
        const struct program_owner *owner = VECTOR_AT(&program->owners, struct program_owner, i);
        if (fnmatch(owner->pattern, key, 0) == 0) {
            return owner->client;
        }
    }
    return -1;
}
