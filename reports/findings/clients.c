#include "findings/clients.h"

#include <stdlib.h>

static struct error *clients_add(struct clients *clients, size_t *capacity, int64_t id) {
    if (clients->count == *capacity) {
        *capacity = *capacity ? *capacity * 2 : 64;
        struct client_group *grown = realloc(clients->items, *capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        clients->items = grown;
    }
    clients->items[clients->count++] = (struct client_group){.id = id};
    return NULL;
}

struct error *clients_load(struct store *store, struct pool *pool, const char *sql, struct clients *out_clients) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct clients clients = {0};
    size_t capacity = 0;
    bool row = false;
    struct error *error = store_prepare(store, sql, &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        int64_t id = query_int(query, 0);
        if (!clients.count || clients.items[clients.count - 1].id != id) {
            error = clients_add(&clients, &capacity, id);
        }
        if (!error) {
            struct client_group *group = &clients.items[clients.count - 1];
            if (group->count < CLIENTS_NAMED) {
                group->named[group->count].name = pool_intern(pool, query_text(query, 1));
                group->named[group->count].observed = query_int(query, 2);
            }
            group->count++;
        }
    }
    if (error) {
        free(clients.items);
        return error;
    }
    *out_clients = clients;
    return NULL;
}

void clients_deinit(struct clients *clients) {
    free(clients->items);
    *clients = (struct clients){0};
}

static int group_compare(const void *one, const void *other) {
    const struct client_group *left = one;
    const struct client_group *right = other;
    return (left->id > right->id) - (left->id < right->id);
}

const struct client_group *clients_find(const struct clients *clients, int64_t id) {
    const struct client_group wanted = {.id = id};
    return clients->count ? bsearch(&wanted, clients->items, clients->count, sizeof wanted, group_compare) : NULL;
}

void clients_words(struct text *out, const struct client_group *group) {
    text_append_format(out, "%zu: ", group->count);
    for (size_t index = 0; index < group->count && index < CLIENTS_NAMED; index++) {
        text_append_format(out, "%s%s (%lld)", index ? ", " : "", *group->named[index].name ? group->named[index].name : "unknown",
                           (long long)group->named[index].observed);
    }
    if (group->count > CLIENTS_NAMED) {
        text_append_format(out, " and %zu more", group->count - CLIENTS_NAMED);
    }
}
