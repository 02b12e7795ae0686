#include "spillscope/check.h"
#include <stdlib.h>
#include <string.h>
#include "check_internal.h"
#include "spillscope/facts.h"
#include "spillscope/facts_driver.h"

void check_diagnostic_deinit(struct check_diagnostic *diagnostic) {
    for (size_t i = 0; i < diagnostic->note_count; i++) {
        free(diagnostic->notes[i].message);
        free(diagnostic->notes[i].file);
    }
    free(diagnostic->notes);
    free(diagnostic->rule);
    free(diagnostic->message);
    free(diagnostic->file);
    *diagnostic = (struct check_diagnostic){0};
}

void check_result_deinit(struct check_result *result) {
    for (size_t i = 0; i < result->count; i++) {
        check_diagnostic_deinit(&result->items[i]);
    }
    free(result->items);
    free(result->first_failure);
    *result = (struct check_result){0};
}

struct error *check_add(struct check_result *result, const char *rule, const char *message, const char *file, unsigned line, unsigned column) {
    if ((result->count & (result->count - 1)) == 0) { /* full at each power of two */
        size_t capacity = result->count ? 2 * result->count : 1;
        struct check_diagnostic *items = reallocarray(result->items, capacity, sizeof *items);
        if (!items) {
            return error_out_of_memory();
        }
        result->items = items;
    }
    struct check_diagnostic *item = &result->items[result->count++];
    *item = (struct check_diagnostic){.rule = strdup(rule), .message = strdup(message), .file = strdup(file), .line = line, .column = column};
    return item->rule && item->message && item->file ? NULL : error_out_of_memory();
}

struct error *check_add_note(struct check_result *result, const char *message, const char *file, unsigned line, unsigned column) {
    struct check_diagnostic *item = &result->items[result->count - 1];
    struct check_note *notes = reallocarray(item->notes, item->note_count + 1, sizeof *notes);
    if (!notes) {
        return error_out_of_memory();
    }
    item->notes = notes;
    struct check_note *note = &notes[item->note_count++];
    *note = (struct check_note){strdup(message), strdup(file), line, column};
    return note->message && note->file ? NULL : error_out_of_memory();
}

static const char *place_file(const struct facts_unit *unit, struct facts_place place) {
    return place.line ? unit->files[place.file].path : unit->main_file;
}

static struct error *add_unit_findings(const struct facts_unit *unit, struct check_result *result) {
    struct error *error = NULL;
    for (size_t i = 0; !error && i < unit->finding_count; i++) {
        const struct facts_finding *finding = &unit->findings[i];
        error = check_add(result, finding->rule, finding->message, place_file(unit, finding->place), finding->place.line, finding->place.column);
        for (size_t k = 0; !error && k < finding->note_count; k++) {
            struct facts_place place = finding->notes[k].place;
            error = check_add_note(result, finding->notes[k].message, place_file(unit, place), place.line, place.column);
        }
    }
    return error;
}

static bool annotates_spill_free(const struct facts_unit *unit, struct check_names *names) {
    bool stored = true;
    for (size_t i = 0; stored && i < unit->object_count; i++) {
        const struct facts_object *object = &unit->objects[i];
        if (object->kind == FACTS_CODE && strstr(object->annotations, "spillscope:spill-free")) {
            stored = check_names_add(names, object->name);
        }
    }
    return stored;
}

static struct error *check_units(const struct analyze_request *request, struct check_names *names, struct check_result *result) {
    const struct facts_request wanted = {.compile_commands = request->compile_commands,
                                         .paths = request->paths,
                                         .path_count = request->path_count,
                                         .cache_directory = request->cache_directory,
                                         .jobs = request->jobs,
                                         .progress = true};
    struct facts_result *facts __attribute__((cleanup(scope_facts_result))) = NULL;
    struct error *error = facts_collect(&wanted, &facts);
    if (error) {
        return error;
    }
    result->units = facts->count;
    result->units_failed = facts->failed_count;
    for (size_t i = 0; !error && i < facts->count; i++) {
        if (facts->units[i].failed) {
            if (!result->first_failure && !(result->first_failure = strdup(facts->units[i].message))) {
                error = error_out_of_memory();
            }
            continue;
        }
        struct facts_unit *unit = NULL;
        error = facts_read_file(facts->units[i].facts_path, &unit);
        if (!error) {
            error = add_unit_findings(unit, result);
        }
        if (!error && !annotates_spill_free(unit, names)) {
            error = error_out_of_memory();
        }
        facts_destroy(unit);
    }
    return error;
}

static int diagnostic_compare(const void *left, const void *right) {
    const struct check_diagnostic *a = left;
    const struct check_diagnostic *b = right;
    int order = strcmp(a->file, b->file);
    order = order ? order : (a->line > b->line) - (a->line < b->line);
    order = order ? order : (a->column > b->column) - (a->column < b->column);
    order = order ? order : strcmp(a->rule, b->rule);
    return order ? order : strcmp(a->message, b->message);
}

/* Sorted, each once. */
static void settle(struct check_result *result) {
    if (result->count) {
        qsort(result->items, result->count, sizeof *result->items, diagnostic_compare);
    }
    size_t kept = 0;
    for (size_t i = 0; i < result->count; i++) {
        if (kept && diagnostic_compare(&result->items[kept - 1], &result->items[i]) == 0) {
            check_diagnostic_deinit(&result->items[i]);
            continue;
        }
        result->items[kept++] = result->items[i];
    }
    result->count = kept;
    result->violations = 0;
    for (size_t i = 0; i < kept; i++) {
        result->violations += strcmp(result->items[i].rule, "unchecked") != 0;
    }
}

struct error *check_run(const struct analyze_request *request, bool units_only, struct check_result *out_result) {
    struct check_names names = {0};
    struct check_result result = {0};
    struct error *error = check_units(request, &names, &result);
    if (!error && !units_only) {
        error = check_spills(request, &names, &result);
    }
    check_names_deinit(&names);
    if (error) {
        check_result_deinit(&result);
        return error;
    }
    settle(&result);
    *out_result = result;
    return NULL;
}
