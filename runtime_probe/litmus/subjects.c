#include "subjects.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

void subjects_deinit(struct subjects *subjects) {
    for (size_t i = 0; i < subjects->count; i++) {
        free(subjects->list[i].transaction);
        free(subjects->list[i].key);
    }
    free(subjects->list);
    *subjects = (struct subjects){0};
}

/* Keys may hold '[', which fnmatch takes for a set: a pattern that is the key itself matches, too. */
static bool pattern_matches(const char *pattern, const char *text) {
    return !pattern || strcmp(pattern, text) == 0 || fnmatch(pattern, text, 0) == 0;
}

/* Entry address of the function, defined in this file when the database knows it; 0 = not in the image. */
static uint64_t entry_find(const struct image *image, const char *name, const char *file) {
    uint64_t entry = 0;
    for (uint32_t i = 0; i < image->function_count; i++) {
        const struct function *function = &image->functions[i];
        if (function->entry && strcmp(function->name, name) == 0 && (!file || strcmp(function->file, file) == 0 || (function->external && !entry))) {
            entry = function->entry;
        }
    }
    return entry;
}

static struct error *subjects_add(struct subjects *subjects, const struct query *query, uint64_t entry) {
    struct subject *grown = realloc(subjects->list, (subjects->count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    subjects->list = grown;
    struct subject *subject = &grown[subjects->count];
    *subject = (struct subject){
        .txn_id = query_int(query, 0),
        .transaction = strdup(query_text(query, 1)),
        .entry = entry,
        .key = strdup(query_text(query, 4)),
        .done = {query_int(query, 5) != 0, query_int(query, 6) != 0},
    };
    subjects->count++;
    return subject->transaction && subject->key ? NULL : error_out_of_memory();
}

struct error *subjects_load(struct store *store, const struct image *image, const struct litmus_request *request, struct subjects *out_subjects) {
    static const char SQL[] =
        "WITH known (txn_id, key, action) AS (SELECT l.txn_id, l.key, l.action FROM litmus l JOIN run r ON r.id = l.run_id WHERE r.build_id IS ?1) "
        "SELECT DISTINCT s.txn_id, t.name, f.name, p.path, s.key, "
        "EXISTS (SELECT 1 FROM known k WHERE k.txn_id = s.txn_id AND k.key = s.key AND k.action = 'reset'), "
        "EXISTS (SELECT 1 FROM known k WHERE k.txn_id = s.txn_id AND k.key = s.key AND k.action = 'perturb') "
        "FROM v_spill s JOIN txn t ON t.id = s.txn_id JOIN function f ON f.id = t.function_id LEFT JOIN file p ON p.id = f.file_id "
        "WHERE s.attribution = 'own' ORDER BY t.name, s.key";
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct subjects subjects = {0};
    struct error *error = store_prepare(store, SQL, &query);
    bool row = true;
    if (!error) {
        query_bind_text(query, 1, image->build_id[0] ? image->build_id : NULL);
    }
    while (!error && !(error = query_step(query, &row)) && row) {
        uint64_t entry = entry_find(image, query_text(query, 2), query_text(query, 3));
        if (!pattern_matches(request->transaction, query_text(query, 1)) || !pattern_matches(request->state, query_text(query, 4))) {
            continue;
        }
        error = entry ? subjects_add(&subjects, query, entry)
                      : error_create(ERROR_MISMATCH, "%s holds no function %s: another kernel?", image->path, query_text(query, 2));
    }
    if (error) {
        subjects_deinit(&subjects);
        return error;
    }
    *out_subjects = subjects;
    return NULL;
}
