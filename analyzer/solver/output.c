#include "output.h"
#include <stdlib.h>
#include <string.h>
#include "output_internal.h"
#include "points_to_internal.h"

struct error *output_clear(struct store *store, struct arena *arena, bool keep, struct kept *out_kept) {
    int64_t runs = 0;
    struct error *error = store_scalar(store, "SELECT count(*) FROM run", &runs);
    if (!error && runs) {
        error =
            error_create(ERROR_USAGE, "the database holds %lld runs that belong to its static results; analyse into another file", (long long)runs);
    }
    *out_kept = (struct kept){.arena = arena, .unnoted = !keep};
    if (!error && keep) {
        error = kept_read(store, arena, out_kept);
    }
    if (!error && !out_kept->usable) {
        error = store_execute(store, "DELETE FROM may_modify; DELETE FROM witness_call; DELETE FROM txn_unknown; DELETE FROM closure");
    }
    if (!error) {
        error = store_execute(
            store, "DELETE FROM witness_place; DELETE FROM unknown; DELETE FROM acceptance; DELETE FROM may_read; DELETE FROM call_target; DELETE "
                   "FROM call_site; DELETE FROM call_edge; DELETE FROM "
                   "regroup_saved; DELETE "
                   "FROM alloc_site; "
                   "DELETE FROM pointee; DELETE FROM txn_group; DELETE FROM txn_alias; DELETE FROM txn; DELETE FROM state; DELETE FROM function; "
                   "DELETE FROM file; DELETE FROM manifest; DELETE FROM declaration; DELETE FROM entity; DELETE FROM unit; DELETE FROM meta");
    }
    return error;
}

void output_init(struct store *store, struct program *program, struct transactions *transactions, struct states *states,
                 const struct points_to *points_to, struct kept *kept, struct output *out_output) {
    struct arena *arena = program->arena;
    *out_output =
        (struct output){.store = store, .program = program, .transactions = transactions, .states = states, .points_to = points_to, .kept = kept};
    out_output->file_ids = arena_allocate(arena, (program->files.strings.count + 1) * sizeof(int64_t));
    out_output->function_ids = arena_allocate(arena, (program->functions.count + 1) * sizeof(int64_t));
    out_output->external_ids = arena_allocate(arena, (program->objects.count + 1) * sizeof(int64_t));
    out_output->taken_place = arena_allocate(arena, (program->functions.count + 1) * sizeof(struct place));
    for (uint32_t i = 0; i < program->initialisers.count; i++) {
        const struct object *target = &program->objects.items[program->initialisers.items[i].target];
        if (target->kind == FACTS_CODE && target->function_index != NONE && !out_output->taken_place[target->function_index].line) {
            out_output->taken_place[target->function_index] = program->objects.items[program->initialisers.items[i].object].place;
        }
    }
    for (uint32_t f = 0; f < program->functions.count; f++) {
        const struct function *function = &program->functions.items[f];
        const struct unit *unit = &program->units[function->unit];
        for (size_t i = 0; i < function->facts->instruction_count; i++) {
            const struct facts_instruction *instruction = &function->facts->instructions[i];
            uint32_t object = instruction->op == FACTS_ADDRESS && instruction->object != FACTS_NONE ? unit->objects[instruction->object] : NONE;
            uint32_t target = object == NONE ? NONE : program->objects.items[object].function_index;
            if (target != NONE && !out_output->taken_place[target].line && instruction->place.line) {
                out_output->taken_place[target] =
                    (struct place){unit->files[instruction->place.file], instruction->place.line, instruction->place.column};
            }
        }
    }
}

/* ---- words ---- */

struct word output_word(struct output *output, const char *words) {
    return (struct word){names_intern(output->program->arena, &output->words, words), hash_string(words)};
}

struct word output_name(struct output *output, const char *name) {
    uint32_t index = output->named.count;
    if (map_add(output->program->arena, &output->name_of, (uint64_t)(uintptr_t)name, &index)) {
        *VECTOR_ADD(output->program->arena, &output->named) = output_word(output, name);
    }
    return output->named.items[index];
}

/* ---- program ---- */

static struct error *output_entities(struct output *output) {
    struct transactions *transactions = output->transactions;
    PREPARE(output, insert, "INSERT INTO entity (name, role, origin) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO NOTHING");
    PREPARE(output, find, "SELECT id FROM entity WHERE name = ?1");
    for (uint32_t i = 0; i < transactions->entities.count; i++) {
        struct entity *entity = &transactions->entities.items[i];
        query_bind_text(insert, 1, entity->name);
        query_bind_text(insert, 2, entity->role);
        query_bind_text(insert, 3, entity->origin);
        TRY(query_run(insert));
        bool row = false;
        query_bind_text(find, 1, entity->name);
        TRY(query_step(find, &row));
        entity->id = row ? query_int(find, 0) : 0;
        TRY(query_step(find, &row));
    }
    return NULL;
}

struct sorted_name {
    const char *name;
    const char *file;
    uint32_t index;
};

static int compare_names(const void *one, const void *other) {
    const struct sorted_name *a = one;
    const struct sorted_name *b = other;
    int order = strcmp(a->name, b->name);
    order = order ? order : strcmp(a->file, b->file);
    return order ? order : (a->index > b->index) - (a->index < b->index);
}

static struct error *output_files(struct output *output) {
    struct program *program = output->program;
    uint32_t count = program->files.strings.count;
    struct sorted_name *files = arena_allocate(program->arena, (count + 1) * sizeof *files);
    for (uint32_t i = 0; i < count; i++) {
        files[i] = (struct sorted_name){program->files.strings.items[i], "", i};
    }
    qsort(files, count, sizeof *files, compare_names);
    /* Entities first, in the order of files, so that their ids do not depend on what is looked up when. */
    for (uint32_t i = 0; i < count; i++) {
        transactions_entity(output->transactions, files[i].name);
    }
    TRY(output_entities(output));
    PREPARE(output, insert, "INSERT INTO file (path, entity_id) VALUES (?1, ?2)");
    for (uint32_t i = 0; i < count; i++) {
        uint32_t entity = transactions_entity(output->transactions, files[i].name);
        query_bind_text(insert, 1, files[i].name);
        query_bind_int(insert, 2, output->transactions->entities.items[entity].id);
        TRY(query_run(insert));
        output->file_ids[files[i].index] = store_last_id(output->store);
    }
    return NULL;
}

static struct error *output_functions(struct output *output) {
    struct program *program = output->program;
    struct sorted_name *sorted = arena_allocate(program->arena, (program->functions.count + program->objects.count + 1) * sizeof *sorted);
    uint32_t count = 0;
    for (uint32_t f = 0; f < program->functions.count; f++) {
        sorted[count++] = (struct sorted_name){program->functions.items[f].name, program_file(program, program->functions.items[f].place.file), f};
    }
    qsort(sorted, count, sizeof *sorted, compare_names);
    PREPARE(output, insert, "INSERT INTO function (name, file_id, line, linkage) VALUES (?1, ?2, ?3, ?4)");
    for (uint32_t i = 0; i < count; i++) {
        const struct function *function = &program->functions.items[sorted[i].index];
        if (i && strcmp(sorted[i].name, sorted[i - 1].name) == 0 && strcmp(sorted[i].file, sorted[i - 1].file) == 0) {
            output->function_ids[sorted[i].index] = output->function_ids[sorted[i - 1].index]; /* one header function, compiled differently */
            continue;
        }
        query_bind_text(insert, 1, function->name);
        if (function->place.file == NONE) {
            query_bind_null(insert, 2);
        } else {
            query_bind_int(insert, 2, output->file_ids[function->place.file]);
        }
        query_bind_int(insert, 3, function->place.line);
        query_bind_text(insert, 4, function->internal ? "static" : "external");
        TRY(query_run(insert));
        output->function_ids[sorted[i].index] = store_last_id(output->store);
    }
    /* What is called and not defined: names only. */
    bool *called = arena_allocate(program->arena, program->objects.count + 1);
    for (uint32_t c = 0; c < output->points_to->calls.count; c++) {
        const struct call_targets *targets = &output->points_to->calls.items[c];
        for (uint32_t t = 0; t < targets->externals.count; t++) {
            called[targets->externals.items[t]] = true;
        }
    }
    count = 0;
    for (uint32_t i = 0; i < program->objects.count; i++) {
        if (called[i] && program->objects.items[i].function_index == NONE) {
            sorted[count++] = (struct sorted_name){program->objects.items[i].name, "", i};
        }
    }
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (uint32_t i = 0; i < count; i++) {
        query_bind_text(insert, 1, sorted[i].name);
        query_bind_null(insert, 2);
        query_bind_null(insert, 3);
        query_bind_text(insert, 4, "outside");
        TRY(query_run(insert));
        output->external_ids[sorted[i].index] = store_last_id(output->store);
    }
    return NULL;
}

/* What annotations of variables and functions accept (spillscope_contracts.h). */
static struct error *output_acceptances(struct output *output) {
    static const char word[] = "spillscope:accept:";
    struct program *program = output->program;
    PREPARE(output, insert, "INSERT INTO acceptance (kind, name, file, line, text) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING");
    for (uint32_t i = 0; i < program->objects.count; i++) {
        const struct object *object = &program->objects.items[i];
        for (const char *at = object->annotations; at && *at; at += strcspn(at, "\n"), at += *at == '\n') {
            if (strncmp(at, word, sizeof word - 1) != 0) {
                continue;
            }
            char *text SCOPE_FREE = strndup(at + sizeof word - 1, strcspn(at + sizeof word - 1, "\n"));
            if (!text) {
                return error_out_of_memory();
            }
            query_bind_text(insert, 1, object->kind == FACTS_CODE ? "function" : "variable");
            query_bind_text(insert, 2, object->kind == FACTS_CODE ? object->name : object->root);
            query_bind_text(insert, 3, program_file(program, object->place.file));
            query_bind_int(insert, 4, object->place.line);
            query_bind_text(insert, 5, text);
            TRY(query_run(insert));
        }
    }
    return NULL;
}

struct error *output_program(struct output *output, const struct output_unit *units, size_t unit_count) {
    PREPARE(output, insert,
            "INSERT INTO unit (path, digest, status, message) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (path) DO UPDATE SET status = excluded.status, "
            "message = excluded.message WHERE excluded.status = 'failed'");
    for (size_t i = 0; i < unit_count; i++) {
        query_bind_text(insert, 1, units[i].path);
        query_bind_text(insert, 2, units[i].digest);
        query_bind_text(insert, 3, units[i].message ? "failed" : "ok");
        query_bind_text(insert, 4, units[i].message);
        TRY(query_run(insert));
    }
    TRY(output_files(output));
    TRY(output_functions(output));
    return output_acceptances(output);
}

/* ---- after all transactions ---- */

struct error *output_deferrals(struct output *output) {
    const struct models *models = output->points_to->models;
    PREPARE(
        output, insert,
        "INSERT INTO manifest (section, name, key, value, line) SELECT 'thread_entry', '', 'call', ?1, 0 WHERE NOT EXISTS (SELECT 1 FROM manifest "
        "WHERE section = 'thread_entry' AND key = 'call' AND value = ?1)");
    for (uint32_t m = 0; m < models->items.count; m++) {
        const struct model *model = &models->items.items[m];
        bool used = program_find_global(output->program, model->name) != NONE;
        for (uint32_t i = 0; used && i < model->deferred_count; i++) {
            const struct model_deferred *deferred = &model->deferred[i];
            query_bind_text(insert, 1,
                            arena_format(output->program->arena, "%s %d%s%s", model->name, deferred->argument, deferred->member ? "." : "",
                                         deferred->member ? deferred->member : ""));
            TRY(query_run(insert));
        }
    }
    return NULL;
}

struct error *output_groups(struct output *output) {
    PREPARE(output, unknown,
            "SELECT m.name, m.value, m.line FROM manifest m WHERE m.section = 'group' AND NOT EXISTS (SELECT 1 FROM txn t LEFT JOIN txn_alias a ON "
            "a.txn_id = t.id WHERE t.name = m.value OR a.name = m.value) ORDER BY m.id LIMIT 1");
    bool row = false;
    TRY(query_step(unknown, &row));
    if (row) {
        return error_create(ERROR_USAGE, "manifest:%lld: [group %s] names %s, which is no transaction", (long long)query_int(unknown, 2),
                            query_text(unknown, 0), query_text(unknown, 1));
    }
    PREPARE(
        output, insert,
        "INSERT INTO txn_group (name, txn_id, place) SELECT DISTINCT m.name, t.id, m.key FROM manifest m JOIN txn t ON t.name = m.value OR EXISTS "
        "(SELECT 1 FROM txn_alias a WHERE a.txn_id = t.id AND a.name = m.value) WHERE m.section = 'group' ORDER BY 1, 2 "
        "ON CONFLICT (name, txn_id) DO NOTHING");
    return query_run(insert);
}

struct error *output_causes(struct output *output) {
    PREPARE(output, update, "UPDATE txn SET caused_by = ?2 WHERE id = ?1");
    for (uint32_t i = 0; i < output->transactions->items.count; i++) {
        const struct transaction *transaction = &output->transactions->items.items[i];
        if (transaction->caused_by != NONE) {
            query_bind_int(update, 1, transaction->id);
            query_bind_int(update, 2, output->transactions->items.items[transaction->caused_by].id);
            TRY(query_run(update));
        }
    }
    return NULL;
}
