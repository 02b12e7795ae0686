#include "group_watch.h"

#include <stdlib.h>
#include <string.h>

static void record_deinit(struct group_record *record) {
    vector_deinit(&record->observations);
    snapshot_destroy(record->entry);
    free(record->view);
}

void group_watch_deinit(struct group_watch *watch) {
    for (size_t i = 0; i < watch->count; i++) {
        record_deinit(&watch->records[i]);
    }
    free(watch->records);
    *watch = (struct group_watch){0};
}

struct error *group_watch_begin(struct group_watch *watch, uint64_t number, struct snapshot *entry, void *view) {
    struct group_record record = {.number = number, .observations = VECTOR_OF(int64_t), .entry = entry, .view = view};
    if (watch->count == watch->capacity) {
        size_t capacity = watch->capacity ? watch->capacity * 2 : 16;
        struct group_record *grown = realloc(watch->records, capacity * sizeof *grown);
        if (!grown) {
            record_deinit(&record);
            return error_out_of_memory();
        }
        watch->records = grown;
        watch->capacity = capacity;
    }
    watch->records[watch->count++] = record;
    return NULL;
}

struct group_record *group_watch_find(const struct group_watch *watch, uint64_t number) {
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->records[i].number == number) {
            return &watch->records[i];
        }
    }
    return NULL;
}

struct error *group_record_add(struct group_record *record, int64_t observation) {
    *(int64_t *)vector_push(&record->observations) = observation;
    return record->observations.failed ? error_out_of_memory() : NULL;
}

void group_watch_drop(struct group_watch *watch, uint64_t number) {
    struct group_record *record = group_watch_find(watch, number);
    if (record) {
        record_deinit(record);
        *record = watch->records[--watch->count];
    }
}

struct error *group_keys_visit(void *context, const struct difference *difference) {
    struct group_keys *keys = context;
    if ((keys->count & (keys->count - 1)) == 0) { /* the capacity is the power of two above */
        char **grown = realloc(keys->keys, (keys->count ? keys->count * 2 : 1) * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        keys->keys = grown;
    }
    keys->keys[keys->count] = strdup(difference->key);
    return keys->keys[keys->count] ? (keys->count++, NULL) : error_out_of_memory();
}

void group_keys_deinit(struct group_keys *keys) {
    for (size_t i = 0; i < keys->count; i++) {
        free(keys->keys[i]);
    }
    free(keys->keys);
    *keys = (struct group_keys){0};
}

struct error *group_watch_end(struct group_watch *watch, struct journal *journal, uint64_t number, const struct group_keys *keys) {
    const struct group_record *record = group_watch_find(watch, number);
    struct error *error = record ? journal_group(journal, record->observations.items, record->observations.count, keys->keys, keys->count) : NULL;
    watch->ended += error ? 0 : 1;
    group_watch_drop(watch, number);
    return error;
}
