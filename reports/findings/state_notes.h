#ifndef SPILLSCOPE_REPORTS_STATE_NOTES_H
#define SPILLSCOPE_REPORTS_STATE_NOTES_H
/* What the manifest declares of each state, read once: patterns are matched for each state, not for each of the many pairs that name it. */
#include "findings/pool.h"
#include "spillscope/store.h"

struct state_note {
    int64_t state_id;
    const char *declared; /* "", soft, unavoidable, exempt, multi-client */
    const char *reason;
    const char *owner; /* entity that a declaration of kind `owner` gives the state to; "" = none does */
    bool client;       /* that entity, or the one that defines the state, is a client: its changes are no spill */
};

struct state_notes {
    struct state_note *items; /* by state_id */
    size_t count;
};

/* Strings belong to `pool`. */
struct error *state_notes_load(struct store *store, struct pool *pool, struct state_notes *out_notes);
void state_notes_deinit(struct state_notes *notes);
/* Never NULL for a state of the database. */
const struct state_note *state_notes_find(const struct state_notes *notes, int64_t state_id);
#endif
