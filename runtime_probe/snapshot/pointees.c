#include <stdlib.h>
#include <string.h>

#include "plan_builder.h"

static int pointee_compare(const void *one, const void *other) {
    const struct pointee *a = one;
    const struct pointee *b = other;
    int order = strcmp(a->key, b->key);
    if (!order) {
        order = strcmp(a->root, b->root);
    }
    return order ? order : strcmp(a->path, b->path);
}

static int string_compare(const void *one, const void *other) {
    return strcmp(*(char *const *)one, *(char *const *)other);
}

static struct error *pointees_load_rows(struct store *store, struct pointees *pointees) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT key, root, path FROM pointee", &query);
    size_t capacity = 0;
    bool row = true;
    if (!error) {
        error = query_step(query, &row);
    }
    while (!error && row) {
        if (pointees->count == capacity) {
            capacity = capacity ? capacity * 2 : 256;
            struct pointee *grown = realloc(pointees->rows, capacity * sizeof *grown);
            if (!grown) {
                return error_out_of_memory();
            }
            pointees->rows = grown;
        }
        struct pointee *next = &pointees->rows[pointees->count];
        *next = (struct pointee){strdup(query_text(query, 0)), strdup(query_text(query, 1)), strdup(query_text(query, 2))};
        pointees->count++;
        if (!next->key || !next->root || !next->path) {
            return error_out_of_memory();
        }
        error = query_step(query, &row);
    }
    if (pointees->count) {
        qsort(pointees->rows, pointees->count, sizeof *pointees->rows, pointee_compare);
    }
    return error;
}

/* First column of a query, sorted. */
static struct error *strings_load(struct store *store, const char *sql, char ***strings, size_t *count) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, sql, &query);
    size_t capacity = 0;
    bool row = true;
    if (!error) {
        error = query_step(query, &row);
    }
    while (!error && row) {
        if (*count == capacity) {
            capacity = capacity ? capacity * 2 : 64;
            char **grown = realloc(*strings, capacity * sizeof *grown);
            if (!grown) {
                return error_out_of_memory();
            }
            *strings = grown;
        }
        char *copy = strdup(query_text(query, 0));
        if (!copy) {
            return error_out_of_memory();
        }
        (*strings)[(*count)++] = copy;
        error = query_step(query, &row);
    }
    if (*count) {
        qsort(*strings, *count, sizeof **strings, string_compare);
    }
    return error;
}

struct error *pointees_load(struct store *store, struct pointees *out_pointees) {
    struct pointees pointees = {0};
    struct error *error = pointees_load_rows(store, &pointees);
    if (!error) {
        error = strings_load(store, "SELECT DISTINCT root FROM alloc_site", &pointees.heap_roots, &pointees.heap_root_count);
    }
    if (!error) {
        error = strings_load(store, "SELECT root FROM state WHERE root_kind = 'heap' UNION SELECT root FROM alloc_site", &pointees.all_roots,
                             &pointees.all_root_count);
    }
    if (error) {
        pointees_deinit(&pointees);
        return error;
    }
    *out_pointees = pointees;
    return NULL;
}

void pointees_deinit(struct pointees *pointees) {
    for (size_t i = 0; i < pointees->count; i++) {
        free(pointees->rows[i].key);
        free(pointees->rows[i].root);
        free(pointees->rows[i].path);
    }
    for (size_t i = 0; i < pointees->heap_root_count; i++) {
        free(pointees->heap_roots[i]);
    }
    for (size_t i = 0; i < pointees->all_root_count; i++) {
        free(pointees->all_roots[i]);
    }
    free(pointees->rows);
    free(pointees->heap_roots);
    free(pointees->all_roots);
    *pointees = (struct pointees){0};
}

const struct pointee *pointees_find(const struct pointees *pointees, const char *key, size_t *out_count) {
    size_t low = 0;
    size_t high = pointees->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(pointees->rows[middle].key, key) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    size_t end = low;
    while (end < pointees->count && strcmp(pointees->rows[end].key, key) == 0) {
        end++;
    }
    *out_count = end - low;
    return end > low ? &pointees->rows[low] : NULL;
}

static bool strings_have(char *const *strings, size_t count, const char *string) {
    return count && bsearch(&string, strings, count, sizeof *strings, string_compare) != NULL;
}

bool pointees_is_heap_root(const struct pointees *pointees, const char *root) {
    return strings_have(pointees->heap_roots, pointees->heap_root_count, root);
}

bool pointees_is_root(const struct pointees *pointees, const char *root) {
    return strings_have(pointees->all_roots, pointees->all_root_count, root);
}
