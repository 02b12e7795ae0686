#include "transactions.h"
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "type_layout.h"

static const char *keep(struct arena *arena, const char *text) {
    return arena_copy(arena, text, strlen(text));
}

/* "DIRECTORY of the manifest/VALUE", made absolute. */
static struct error *resolve(struct arena *arena, const char *manifest, const char *value, const char **out_path) {
    const char *slash = strrchr(manifest, '/');
    const char *joined = *value == '/' ? value
                         : slash       ? arena_format(arena, "%.*s/%s", (int)(slash - manifest), manifest, value)
                                       : arena_format(arena, "./%s", value);
    char *absolute = realpath(joined, NULL);
    if (!absolute) {
        return error_create_errno("%s: %s", manifest, joined);
    }
    *out_path = keep(arena, absolute);
    free(absolute);
    return NULL;
}

static void read_allocator(struct models *models, const char *name, const char *key, const char *value) {
    struct model *model = models_add(models, name);
    int number = atoi(value);
    if (strcmp(key, "effect") == 0) {
        model->allocates = strcmp(value, "free") != 0;
        if (strcmp(value, "free") == 0 && model->frees < 0) {
            model->frees = 0;
        }
        if (strcmp(value, "pages") == 0) {
            model->allocation_size = MODEL_NO_ARGUMENT;
        }
    } else if (strcmp(key, "size") == 0) {
        model->allocation_size = number;
    } else if (strcmp(key, "count") == 0) {
        model->allocation_count = number;
    } else if (strcmp(key, "pointer") == 0) {
        model->frees = number;
    }
}

static struct error *read_setting(struct transactions *transactions, struct models *models, const char *manifest, const char *section,
                                  const char *name, const char *key, const char *value) {
    struct arena *arena = transactions->arena;
    if (strcmp(section, "kernel") == 0 && strcmp(key, "source_root") == 0) {
        return resolve(arena, manifest, value, &transactions->source_root);
    }
    if (strcmp(section, "model") == 0 && strcmp(key, "file") == 0) {
        const char *path = NULL;
        struct error *error = resolve(arena, manifest, value, &path);
        if (!error) {
            *VECTOR_ADD(arena, &transactions->model_files) = path;
        }
        return error;
    }
    if (strcmp(section, "entity") == 0) {
        struct entity *entity = NULL;
        for (uint32_t i = 0; i < transactions->entities.count; i++) {
            if (strcmp(transactions->entities.items[i].name, name) == 0) {
                entity = &transactions->entities.items[i];
            }
        }
        if (!entity) {
            entity = VECTOR_ADD(arena, &transactions->entities);
            *entity = (struct entity){.name = keep(arena, name), .role = "server", .origin = "manifest"};
        }
        if (strcmp(key, "path") == 0) {
            *VECTOR_ADD(arena, &entity->prefixes) = keep(arena, value);
        } else if (strcmp(key, "role") == 0) {
            entity->role = keep(arena, value);
        }
    } else if (strcmp(section, "kernel") == 0 && strcmp(key, "calls") == 0) {
        transactions->typed_calls = strcmp(value, "typed") == 0;
    } else if (strcmp(section, "allocator") == 0) {
        read_allocator(models, name, key, value);
    } else if (strcmp(section, "switch") == 0 && strcmp(key, "function") == 0) {
        models_add(models, value)->switches = true;
    } else if (strcmp(section, "thread_entry") == 0 && strcmp(key, "call") == 0) {
        char function[256];
        char member[256] = "";
        int index = 0;
        if (sscanf(value, "%255s %d.%255s", function, &index, member) < 2 || index < 0 || index >= 32) {
            return error_create(ERROR_USAGE, "%s: [thread_entry] call = %s: expected FUNCTION INDEX or FUNCTION INDEX.MEMBER", manifest, value);
        }
        struct model *model = models_add(models, function);
        if (model->deferred_count < MODEL_DEFERRED) {
            model->deferred[model->deferred_count++] =
                (struct model_deferred){.argument = index, .member = *member ? keep(transactions->arena, member) : NULL};
        }
    }
    return NULL;
}

struct error *transactions_read_manifest(struct store *store, const char *manifest, struct models *models, struct arena *arena,
                                         struct transactions *out_transactions) {
    *out_transactions = (struct transactions){.arena = arena, .has_manifest = manifest != NULL};
    if (!manifest) {
        return NULL;
    }
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT section, name, key, value FROM manifest ORDER BY id", &query);
    bool row = true;
    while (!error && row) {
        error = query_step(query, &row);
        if (!error && row) {
            error = read_setting(out_transactions, models, manifest, query_text(query, 0), query_text(query, 1), query_text(query, 2),
                                 query_text(query, 3));
        }
    }
    return error;
}

static bool is_prefix(const char *prefix, const char *file) {
    size_t length = strlen(prefix);
    while (length && prefix[length - 1] == '/') {
        length--;
    }
    return strncmp(prefix, file, length) == 0 && (file[length] == '\0' || file[length] == '/');
}

uint32_t transactions_entity(struct transactions *transactions, const char *file) {
    uint32_t best = NONE;
    size_t best_length = 0;
    const char *fallback = transactions->has_manifest ? "outside" : file;
    for (uint32_t i = 0; i < transactions->entities.count; i++) {
        const struct entity *entity = &transactions->entities.items[i];
        for (uint32_t p = 0; p < entity->prefixes.count; p++) {
            if (is_prefix(entity->prefixes.items[p], file) && (best == NONE || strlen(entity->prefixes.items[p]) > best_length)) {
                best = i;
                best_length = strlen(entity->prefixes.items[p]);
            }
        }
        if (best == NONE && strcmp(entity->origin, "file") == 0 && strcmp(entity->name, fallback) == 0) {
            return i;
        }
    }
    if (best == NONE) {
        best = transactions->entities.count;
        const char *dot = strrchr(file, '.');
        const char *role = transactions->has_manifest ? "outside" : dot && strcmp(dot, ".h") == 0 ? "base" : "server";
        *VECTOR_ADD(transactions->arena, &transactions->entities) =
            (struct entity){.name = keep(transactions->arena, fallback), .role = role, .origin = "file"};
    }
    return best;
}

struct transaction *transactions_add(struct transactions *transactions, const struct program *program, uint32_t function, const char *found_by) {
    bool fixed = strcmp(found_by, "call") != 0 && strcmp(found_by, "linkage") != 0;
    for (uint32_t i = 0; i < transactions->items.count; i++) {
        if (transactions->items.items[i].function == function) {
            transactions->items.items[i].fixed |= fixed;
            return &transactions->items.items[i];
        }
    }
    const char *name = program->functions.items[function].name;
    struct transaction *added = VECTOR_ADD(transactions->arena, &transactions->items);
    *added = (struct transaction){.function = function, .name = name, .common_name = name, .found_by = found_by, .fixed = fixed, .caused_by = NONE};
    return added;
}

/*
 * A defined function by NAME, external first, or by FILE:NAME; NONE when there is none. Static ones of several files that have the name are told
 * apart by the file alone: *out_other is then one that is not the function found.
 */
static uint32_t find_function(const struct program *program, const char *words, uint32_t *out_other) {
    const char *colon = strrchr(words, ':');
    const char *name = colon ? colon + 1 : words;
    uint32_t object = colon ? NONE : program_find_global(program, name);
    uint32_t found = NONE;
    *out_other = NONE;
    if (object != NONE && program->objects.items[object].kind == FACTS_CODE && program->objects.items[object].function_index != NONE) {
        return program->objects.items[object].function_index;
    }
    for (uint32_t f = 0; f < program->functions.count; f++) {
        const struct place *place = &program->functions.items[f].place;
        const char *file = program_file(program, place->file);
        if (strcmp(program->functions.items[f].name, name) != 0 ||
            (colon && (strlen(file) != (size_t)(colon - words) || strncmp(file, words, strlen(file)) != 0))) {
            continue;
        }
        if (found == NONE) {
            found = f;
        } else if (program->functions.items[found].place.file != place->file || program->functions.items[found].place.line != place->line) {
            *out_other = f;
        }
    }
    return found;
}

/* The same for `key` of the manifest; NONE without an error: what defines it may be in a unit that failed. */
static struct error *named_function(const struct transactions *transactions, const struct program *program, const char *manifest, int line,
                                    const char *key, const char *name, uint32_t *out_function) {
    uint32_t other = NONE;
    *out_function = name ? find_function(program, name, &other) : NONE;
    if (other != NONE) {
        const struct function *one = &program->functions.items[*out_function];
        const struct function *two = &program->functions.items[other];
        const char *file = program_file(program, one->place.file);
        return error_create(ERROR_USAGE, "%s:%d: [transactions] %s = %s: several functions are called so, at %s:%u and %s:%u; say which: %s:%s",
                            manifest, line, key, name, file, one->place.line, program_file(program, two->place.file), two->place.line, file,
                            one->name);
    }
    if (*out_function == NONE && !transactions->units_failed) {
        return error_create(ERROR_USAGE, "%s:%d: [transactions] %s names %s, which no analysed source defines", manifest, line, key,
                            name ? name : "nothing");
    }
    return NULL;
}

/* Ways to find transactions in the source: bits of transactions.finders. */
enum { FIND_CALLS = 1, FIND_SYSCALLS = 2, FIND_ARRAYS = 4, FIND_POINTERS = 8 };

static struct error *read_finders(struct transactions *transactions, const char *manifest, char *words, int line) {
    static const struct {
        const char *name;
        unsigned bit;
    } names[] = {{"calls", FIND_CALLS}, {"syscalls", FIND_SYSCALLS}, {"arrays", FIND_ARRAYS}, {"pointers", FIND_POINTERS}};
    char *save = NULL;
    for (char *word = strtok_r(words, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
        unsigned bit = 0;
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            bit |= strcmp(word, names[i].name) == 0 ? names[i].bit : 0;
        }
        if (!bit) {
            return error_create(ERROR_USAGE, "%s:%d: [transactions] find takes calls, syscalls, arrays and pointers, not %s", manifest, line, word);
        }
        transactions->finders |= bit;
    }
    return NULL;
}

/* "FILE:LINE", unlike "FILE:FUNCTION" or "FUNCTION". */
static bool is_place(const char *name) {
    const char *colon = strrchr(name, ':');
    return colon && colon[1] >= '0' && colon[1] <= '9';
}

/* "FILE:LINE": the function that holds the line, which is the last one that begins at or before it. */
static uint32_t find_line(const struct program *program, const char *place) {
    const char *colon = strrchr(place, ':');
    char *end = NULL;
    unsigned long line = strtoul(colon + 1, &end, 10);
    uint32_t found = NONE;
    for (uint32_t f = 0; *end == '\0' && line && f < program->functions.count; f++) {
        const struct function *function = &program->functions.items[f];
        const char *file = program_file(program, function->place.file);
        bool here = strlen(file) == (size_t)(colon - place) && strncmp(file, place, (size_t)(colon - place)) == 0 && function->place.line <= line;
        found = here && (found == NONE || function->place.line > program->functions.items[found].place.line) ? f : found;
    }
    return found;
}

/* What is not the function itself has a name of its own, and is the only transaction of its function. */
static struct error *add_place(struct transactions *transactions, const struct program *program, const char *manifest, const char *name,
                               uint32_t function, int line) {
    for (uint32_t i = 0; i < transactions->items.count; i++) {
        if (transactions->items.items[i].function == function) {
            return error_create(ERROR_USAGE,
                                "%s:%d: [transactions] entry %s: its function %s holds the transaction %s already, and can have one only", manifest,
                                line, name, program->functions.items[function].name, transactions->items.items[i].name);
        }
    }
    struct transaction *transaction = transactions_add(transactions, program, function, "manifest");
    transaction->name = keep(transactions->arena, name);
    transaction->common_name = transaction->name;
    return NULL;
}

static struct error *add_entry(struct transactions *transactions, const struct program *program, const char *manifest, char *words, int line) {
    char *save = NULL;
    const char *name = strtok_r(words, " \t", &save);
    const bool place = name && is_place(name);
    uint32_t function = place ? find_line(program, name) : NONE;
    struct error *error = function == NONE ? named_function(transactions, program, manifest, line, "entry", name, &function) : NULL;
    if (!error && function != NONE && place) {
        error = add_place(transactions, program, manifest, name, function, line);
    }
    if (error || function == NONE) {
        return error;
    }
    struct transaction *transaction = transactions_add(transactions, program, function, "manifest");
    if (!place && is_place(transaction->name)) {
        return error_create(ERROR_USAGE, "%s:%d: [transactions] entry %s holds the transaction %s already, and can have one only", manifest, line,
                            name, transaction->name);
    }
    for (char *alias = strtok_r(NULL, " \t", &save); alias; alias = strtok_r(NULL, " \t", &save)) {
        const char *kept = keep(transactions->arena, alias);
        *VECTOR_ADD(transactions->arena, &transaction->aliases) = kept;
        transaction->common_name = kept;
    }
    return NULL;
}

static struct error *add_table(struct transactions *transactions, const struct program *program, const char *manifest, const char *name, int line) {
    uint32_t found = 0;
    for (uint32_t i = 0; i < program->initialisers.count; i++) {
        const struct initialiser *from = &program->initialisers.items[i];
        const struct object *target = &program->objects.items[from->target];
        if (strcmp(program->objects.items[from->object].name, name) == 0 && target->kind == FACTS_CODE && target->function_index != NONE) {
            transactions_add(transactions, program, target->function_index, "table");
            found++;
        }
    }
    return found || transactions->units_failed
               ? NULL
               : error_create(ERROR_USAGE, "%s:%d: [transactions] table %s holds no function that an analysed source defines", manifest, line, name);
}

/* Functions that a dispatcher (a switch over numbers of requests) calls directly; patterns name them, where it calls others as well. */
static struct error *add_dispatched(struct transactions *transactions, const struct program *program, const char *manifest, char *words, int line) {
    char *save = NULL;
    const char *name = strtok_r(words, " \t", &save);
    uint32_t dispatcher = NONE;
    struct error *error = named_function(transactions, program, manifest, line, "dispatch", name, &dispatcher);
    if (error || dispatcher == NONE) {
        return error;
    }
    VECTOR(const char *) patterns = {0};
    for (char *pattern = strtok_r(NULL, " \t", &save); pattern; pattern = strtok_r(NULL, " \t", &save)) {
        *VECTOR_ADD(transactions->arena, &patterns) = pattern;
    }
    const struct function *function = &program->functions.items[dispatcher];
    uint32_t found = 0;
    for (size_t i = 0; i < function->facts->instruction_count; i++) {
        uint32_t callee = program_called_function(program, function, &function->facts->instructions[i]);
        bool matched = callee != NONE && patterns.count == 0;
        for (uint32_t p = 0; callee != NONE && p < patterns.count; p++) {
            matched |= fnmatch(patterns.items[p], program->functions.items[callee].name, 0) == 0;
        }
        if (matched) {
            transactions_add(transactions, program, callee, "table");
            found++;
        }
    }
    return found || transactions->units_failed
               ? NULL
               : error_create(ERROR_USAGE, "%s:%d: [transactions] dispatch %s calls no function that an analysed source defines", manifest, line,
                              name);
}

static struct error *add_from_manifest(struct store *store, struct transactions *transactions, const struct program *program, const char *manifest) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(
        store,
        "SELECT key, value, line FROM manifest WHERE section = 'transactions' AND key IN ('entry', 'exit', 'table', 'dispatch', 'find') ORDER BY id",
        &query);
    bool row = true;
    bool entered = false;
    while (!error && row) {
        error = query_step(query, &row);
        if (error || !row) {
            break;
        }
        const char *key = query_text(query, 0);
        char *value = arena_copy(transactions->arena, query_text(query, 1), strlen(query_text(query, 1)));
        int line = (int)query_int(query, 2);
        if (strcmp(key, "entry") == 0) {
            error = add_entry(transactions, program, manifest, value, line);
            entered = true;
        } else if (strcmp(key, "exit") == 0) {
            if (!entered || !is_place(value) || find_line(program, value) == NONE) {
                error = error_create(ERROR_USAGE,
                                     "%s:%d: [transactions] exit = %s: expected FILE:LINE of analysed source, behind the entry that ends there",
                                     manifest, line, value);
            }
        } else if (strcmp(key, "table") == 0) {
            error = add_table(transactions, program, manifest, value, line);
        } else if (strcmp(key, "dispatch") == 0) {
            error = add_dispatched(transactions, program, manifest, value, line);
        } else {
            error = read_finders(transactions, manifest, value, line);
        }
    }
    return error;
}

static uint32_t function_entity(struct transactions *transactions, const struct program *program, uint32_t function) {
    return transactions_entity(transactions, program_file(program, program->functions.items[function].place.file));
}

bool transactions_is_server(const struct transactions *transactions, uint32_t entity) {
    return strcmp(transactions->entities.items[entity].role, "server") == 0;
}

/*
 * "__x64_sys_nap" is called nap as well. The macro makes an entry for each calling convention: the first is the transaction, the others, with the
 * same body, are its aliases. `first_of`: function with the body -> the first entry, 0 = none yet, else one more than the function.
 */
static void add_system_call(struct transactions *transactions, const struct program *program, uint32_t entry, uint32_t *first_of) {
    const struct function *visible = &program->functions.items[entry];
    const struct unit *unit = &program->units[visible->unit];
    uint32_t body = unit->facts->objects[visible->facts->object].alias_of;
    uint32_t object = body == FACTS_NONE ? NONE : unit->objects[body];
    uint32_t function = object == NONE ? NONE : program->objects.items[object].function_index;
    uint32_t *first = &first_of[function == NONE ? entry : function];
    struct transaction *transaction = transactions_add(transactions, program, *first ? *first - 1 : entry, "syscall");
    if (*first) {
        *VECTOR_ADD(transactions->arena, &transaction->aliases) = visible->name;
        return;
    }
    *first = entry + 1;
    const char *prefix = strstr(transaction->name, "sys_");
    if (prefix && prefix[4] && transaction->aliases.count == 0) {
        *VECTOR_ADD(transactions->arena, &transaction->aliases) = prefix + 4;
        transaction->common_name = prefix + 4;
    }
}

/* Is it a plain array of function pointers? */
static bool is_function_array(const struct program *program, uint32_t type) {
    if (type == NONE || program->types.items[type].kind != FACTS_ARRAY) {
        return false;
    }
    const struct type *element = &program->types.items[type_element(program, type)];
    return element->kind == FACTS_POINTER && element->target != NONE && program->types.items[element->target].kind == FACTS_FUNCTION;
}

/*
 * Entities are known, entries are not: calls between entities, system calls, arrays of functions; of these what `find` asks for. What goes through
 * other pointers follows when it is solved (entries.c).
 */
static void add_from_source(struct transactions *transactions, const struct program *program) {
    unsigned finders = transactions->finders ? transactions->finders : FIND_CALLS | FIND_SYSCALLS;
    uint32_t *entity_of = arena_allocate(transactions->arena, (program->functions.count + 1) * sizeof *entity_of);
    uint32_t *first_of = arena_allocate(transactions->arena, (program->functions.count + 1) * sizeof *first_of);
    for (uint32_t f = 0; f < program->functions.count; f++) {
        entity_of[f] = f && program->functions.items[f].place.file == program->functions.items[f - 1].place.file
                           ? entity_of[f - 1]
                           : function_entity(transactions, program, f);
    }
    for (uint32_t f = 0; f < program->functions.count; f++) {
        const struct function *function = &program->functions.items[f];
        if ((finders & FIND_SYSCALLS) && transactions_is_server(transactions, entity_of[f]) &&
            (program->objects.items[function->object].flags & FACTS_ENTRY_SYSCALL)) {
            add_system_call(transactions, program, f, first_of);
        }
        for (size_t i = 0; (finders & FIND_CALLS) && i < function->facts->instruction_count; i++) {
            uint32_t callee = program_called_function(program, function, &function->facts->instructions[i]);
            if (callee != NONE && !program->functions.items[callee].internal && entity_of[callee] != entity_of[f] &&
                transactions_is_server(transactions, entity_of[callee])) {
                transactions_add(transactions, program, callee, "call");
            }
        }
    }
    for (uint32_t i = 0; i < program->initialisers.count; i++) {
        const struct object *target = &program->objects.items[program->initialisers.items[i].target];
        const struct object *holder = &program->objects.items[program->initialisers.items[i].object];
        if ((finders & FIND_ARRAYS) && is_function_array(program, holder->type) && target->kind == FACTS_CODE && target->function_index != NONE &&
            (holder->kind == FACTS_GLOBAL || holder->kind == FACTS_STATIC) &&
            transactions_is_server(transactions, entity_of[target->function_index])) {
            transactions_add(transactions, program, target->function_index, "table");
        }
    }
}

static int compare(const void *one, const void *other) {
    const struct transaction *a = one;
    const struct transaction *b = other;
    int order = strcmp(a->name, b->name);
    return order ? order : (a->function > b->function) - (a->function < b->function);
}

void transactions_sort(struct transactions *transactions) {
    if (transactions->items.count) {
        qsort(transactions->items.items, transactions->items.count, sizeof *transactions->items.items, compare);
    }
}

struct error *transactions_find(struct store *store, const struct program *program, const char *manifest, struct transactions *transactions) {
    if (manifest) {
        struct error *error = add_from_manifest(store, transactions, program, manifest);
        if (error) {
            return error;
        }
        transactions->from_source = transactions->finders ? (transactions->finders & FIND_POINTERS) != 0 : transactions->items.count == 0;
        if (transactions->items.count == 0 || transactions->finders) {
            add_from_source(transactions, program);
        }
    } else {
        uint32_t *first_of = arena_allocate(transactions->arena, (program->functions.count + 1) * sizeof *first_of);
        transactions->from_source = true;
        for (uint32_t f = 0; f < program->functions.count; f++) {
            const struct function *function = &program->functions.items[f];
            bool main_file = strcmp(program_file(program, function->place.file), program->units[function->unit].path) == 0;
            if (program->objects.items[function->object].flags & FACTS_ENTRY_SYSCALL) {
                add_system_call(transactions, program, f, first_of);
            } else if (!function->internal && main_file) {
                transactions_add(transactions, program, f, "linkage");
            }
        }
    }
    transactions_sort(transactions);
    return NULL;
}
