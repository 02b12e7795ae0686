#ifndef SPILLSCOPE_REPORTS_CLIENTS_H
#define SPILLSCOPE_REPORTS_CLIENTS_H
/* The clients that probe runs saw behind a transaction or a state: the busiest by name, the others counted. */
#include "findings/pool.h"
#include "spillscope/store.h"
#include "spillscope/text.h"

#define CLIENTS_NAMED 5

struct client_group {
    int64_t id;   /* txn_id or state_id */
    size_t count; /* clients */
    struct {
        const char *name; /* "" = not known */
        int64_t observed;
    } named[CLIENTS_NAMED]; /* the busiest first */
};

struct clients {
    struct client_group *items; /* by id */
    size_t count;
};

/* `sql` gives id, client, observations, ordered by id and by observations, most first. Strings belong to `pool`. */
struct error *clients_load(struct store *store, struct pool *pool, const char *sql, struct clients *out_clients);
void clients_deinit(struct clients *clients);
const struct client_group *clients_find(const struct clients *clients, int64_t id); /* NULL: none was seen */
/* "3: stack 0x1000 (12), stack 0x2000 (4), unknown (1)", as plain text. */
void clients_words(struct text *out, const struct client_group *group);
#endif
