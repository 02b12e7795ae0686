#include "findings/state_readers.h"

#include <stdlib.h>
#include <string.h>

static const char readers_sql[] = "SELECT state_id, entity, function, file, line FROM v_reader ORDER BY state_id, entity, function, file, line";

struct error *state_readers_load(struct store *store, struct pool *pool, struct state_readers *out_readers) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct state_readers readers = {0};
    int64_t count = 0;
    int64_t missing = 0;
    struct error *error = store_scalar(store, "SELECT count(*) FROM may_read", &count);
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM meta WHERE key = 'reads' AND value = 'not recorded'", &missing);
    }
    if (!error) {
        error = store_prepare(store, readers_sql, &query);
    }
    readers.items = error ? NULL : calloc((size_t)count + 1, sizeof *readers.items);
    if (!error && !readers.items) {
        error = error_out_of_memory();
    }
    bool row = false;
    while (!error && readers.count < (size_t)count && !(error = query_step(query, &row)) && row) {
        readers.items[readers.count++] = (struct state_reader){.state_id = query_int(query, 0),
                                                               .entity = pool_intern(pool, query_text(query, 1)),
                                                               .function = pool_intern(pool, query_text(query, 2)),
                                                               .file = pool_intern(pool, query_text(query, 3)),
                                                               .line = query_int(query, 4)};
    }
    if (error) {
        state_readers_deinit(&readers);
        return error;
    }
    readers.recorded = !missing;
    *out_readers = readers;
    return NULL;
}

void state_readers_deinit(struct state_readers *readers) {
    free(readers->items);
    *readers = (struct state_readers){0};
}

const struct state_reader *state_readers_find(const struct state_readers *readers, int64_t state_id, size_t *out_count) {
    size_t low = 0;
    size_t high = readers->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (readers->items[middle].state_id < state_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (*out_count = 0; low + *out_count < readers->count && readers->items[low + *out_count].state_id == state_id; ++*out_count) {
    }
    return *out_count ? &readers->items[low] : NULL;
}

void state_readers_words(struct text *out, const struct state_readers *readers, int64_t state_id, size_t limit) {
    size_t count = 0;
    const struct state_reader *items = state_readers_find(readers, state_id, &count);
    if (!items) {
        text_append(out, readers->recorded ? "no function: none was found that loads it" : "not recorded: analyse anew");
        return;
    }
    text_append_format(out, "%zu function%s: ", count, count == 1 ? "" : "s");
    for (size_t index = 0; index < count && index < limit; index++) {
        text_append_format(out, "%s%s", index ? ", " : "", items[index].function);
        if (*items[index].file) {
            text_append_format(out, " (%s:%lld)", items[index].file, (long long)items[index].line);
        }
    }
    if (count > limit) {
        text_append_format(out, " and %zu more", count - limit);
    }
}
