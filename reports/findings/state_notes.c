#include "findings/state_notes.h"

#include <stdlib.h>

static const char notes_sql[] =
    "WITH n AS MATERIALIZED (SELECT s.id AS id, s.entity_id AS entity_id, (SELECT o.value FROM declaration o WHERE o.kind = 'owner' AND s.key GLOB "
    "replace(o.pattern, '[]', '[[]]') ORDER BY length(o.pattern) DESC, o.id LIMIT 1) AS owner FROM state s) "
    "SELECT n.id, coalesce(d.kind, ''), coalesce(d.reason, ''), coalesce(n.owner, ''), coalesce(oe.role, ce.role, '') = 'client' FROM n "
    "LEFT JOIN v_declared vd ON vd.state_id = n.id LEFT JOIN declaration d ON d.id = vd.declaration_id "
    "LEFT JOIN entity oe ON oe.name = n.owner LEFT JOIN entity ce ON ce.id = n.entity_id ORDER BY n.id";

struct error *state_notes_load(struct store *store, struct pool *pool, struct state_notes *out_notes) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct state_notes notes = {0};
    int64_t count = 0;
    bool row = false;
    struct error *error = store_scalar(store, "SELECT count(*) FROM state", &count);
    if (!error) {
        notes.items = calloc((size_t)count + 1, sizeof *notes.items);
        error = notes.items ? store_prepare(store, notes_sql, &query) : error_out_of_memory();
    }
    while (!error && !(error = query_step(query, &row)) && row && notes.count < (size_t)count) {
        notes.items[notes.count++] = (struct state_note){.state_id = query_int(query, 0),
                                                         .declared = pool_intern(pool, query_text(query, 1)),
                                                         .reason = pool_intern(pool, query_text(query, 2)),
                                                         .owner = pool_intern(pool, query_text(query, 3)),
                                                         .client = query_int(query, 4) != 0};
    }
    if (error) {
        free(notes.items);
        return error;
    }
    *out_notes = notes;
    return NULL;
}

void state_notes_deinit(struct state_notes *notes) {
    free(notes->items);
    *notes = (struct state_notes){0};
}

static int note_compare(const void *one, const void *other) {
    const struct state_note *left = one;
    const struct state_note *right = other;
    return (left->state_id > right->state_id) - (left->state_id < right->state_id);
}

const struct state_note *state_notes_find(const struct state_notes *notes, int64_t state_id) {
    static const struct state_note nothing = {.declared = "", .reason = "", .owner = ""};
    const struct state_note wanted = {.state_id = state_id};
    const struct state_note *note = notes->count ? bsearch(&wanted, notes->items, notes->count, sizeof wanted, note_compare) : NULL;
    return note ? note : &nothing;
}
