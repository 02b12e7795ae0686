#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "check_internal.h"
#include "spillscope/scope.h"
#include "spillscope/store.h"
#include "spillscope/text.h"

bool check_names_add(struct check_names *names, const char *name) {
    if (check_names_have(names, name)) {
        return true;
    }
    char **items = reallocarray(names->items, names->count + 1, sizeof *items);
    if (!items) {
        return false;
    }
    names->items = items;
    names->items[names->count] = strdup(name);
    return names->items[names->count++] != NULL;
}

bool check_names_have(const struct check_names *names, const char *name) {
    for (size_t i = 0; i < names->count; i++) {
        if (names->items[i] && strcmp(names->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

void check_names_deinit(struct check_names *names) {
    for (size_t i = 0; i < names->count; i++) {
        free(names->items[i]);
    }
    free(names->items);
}

/*
 * Pairs of the whitelist that no declaration covers. A claim of softness is a declaration here: that it holds is for the litmus to show. State that
 * the manifest gives to an entity in the role of a client is the client's, and so are that entity's own variables.
 */
static const char pairs_sql[] =
    "SELECT m.id, e.name, t.name, s.key, m.by_unknown, EXISTS (SELECT 1 FROM manifest x WHERE x.section = 'entity' AND x.name = e.name AND "
    "x.key = 'contract' AND x.value = 'spill-free') "
    "FROM may_modify m JOIN txn t ON t.id = m.txn_id JOIN entity e ON e.id = t.entity_id JOIN state s ON s.id = m.state_id "
    "JOIN v_declared d ON d.state_id = s.id "
    "WHERE d.claimed_id IS NULL AND NOT EXISTS (SELECT 1 FROM declaration o JOIN entity c ON c.name = o.value AND c.role = 'client' "
    "WHERE o.kind = 'owner' AND s.key GLOB replace(o.pattern, '[]', '[[]]')) "
    "AND NOT EXISTS (SELECT 1 FROM entity c WHERE c.id = s.entity_id AND c.role = 'client' AND s.root_kind IN ('global', 'static')) "
    "ORDER BY e.name, t.name, s.key";

static void absolute(struct text *out, const char *root, const char *file) {
    text_clear(out);
    if (file[0] != '/' && root[0]) {
        text_append_format(out, "%s/", root);
    }
    text_append(out, file);
}

/* The store is where the diagnostic stands; the way there is in its notes. */
static struct error *add_pair(struct store *store, const char *root, int64_t id, const char *message, struct check_result *result) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct text file __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = store_prepare(store, "SELECT file, line, function, why FROM v_witness WHERE may_modify_id = ?1 ORDER BY step DESC", &query);
    if (error) {
        return error;
    }
    query_bind_int(query, 1, id);
    bool row = false;
    bool first = true;
    while (!(error = query_step(query, &row)) && row) {
        absolute(&file, root, query_text(query, 0));
        unsigned line = (unsigned)query_int(query, 1);
        if (first) {
            error = check_add(result, "may-spill", message, text_string(&file), line, 0);
            first = false;
        }
        struct text note __attribute__((cleanup(text_deinit))) = {0};
        text_append_format(&note, "in '%s': %s", query_text(query, 2), query_text(query, 3));
        if (!error) {
            error = check_add_note(result, text_string(&note), text_string(&file), line, 0);
        }
        if (error) {
            return error;
        }
    }
    return error ? error : first ? check_add(result, "may-spill", message, root, 0, 0) : NULL;
}

static struct error *check_pairs(struct store *store, const struct check_names *names, struct check_result *result) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    char *root SCOPE_FREE = NULL;
    struct error *error = store_meta_get(store, "source_root", &root);
    if (!error) {
        error = store_prepare(store, pairs_sql, &query);
    }
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        if (!query_int(query, 5) && !check_names_have(names, query_text(query, 2))) {
            continue;
        }
        struct text message __attribute__((cleanup(text_deinit))) = {0};
        text_append_format(&message, "'%s' of '%s' is spill-free, but may modify '%s'%s", query_text(query, 2), query_text(query, 1),
                           query_text(query, 3), query_int(query, 4) ? " (through something unknown)" : "");
        error = add_pair(store, root ? root : "", query_int(query, 0), text_string(&message), result);
    }
    return error;
}

static struct error *count_declared(struct store *store, const struct check_names *names, struct check_result *result) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    int64_t entities = 0;
    struct error *error = store_scalar(
        store, "SELECT count(DISTINCT name) FROM manifest WHERE section = 'entity' AND key = 'contract' AND value = 'spill-free'", &entities);
    result->entities = (size_t)entities;
    if (!error) {
        error = store_prepare(store,
                              "SELECT t.name, EXISTS (SELECT 1 FROM manifest x WHERE x.section = 'entity' AND x.name = e.name AND x.key = 'contract' "
                              "AND x.value = 'spill-free') FROM txn t JOIN entity e ON e.id = t.entity_id",
                              &query);
    }
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        result->transactions += query_int(query, 1) || check_names_have(names, query_text(query, 0));
    }
    return error;
}

struct error *check_spills(const struct analyze_request *request, const struct check_names *names, struct check_result *result) {
    if (!request->manifest && names->count == 0) {
        return NULL;
    }
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct analyze_summary summary;
    struct error *error = analyze_run(request, &summary);
    if (!error) {
        error = store_open(request->database, STORE_READ, &store);
    }
    if (!error) {
        error = count_declared(store, names, result);
    }
    return error ? error : check_pairs(store, names, result);
}
