#include "spillscope/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "jump.h"
#include "spillscope/collection.h"
#include "spillscope/text.h"

/* What is asked of each address of a handler, and its answers. */
struct reader {
    struct store *store;
    const struct image *image;
    const struct trail *trail;
    struct coverage *coverage;
    struct vector items;     /* struct coverage_item */
    struct strings handlers; /* "FILE:FUNCTION" of functions of servers that may run in a transaction */
    struct strings entities; /* their entities */
    struct map entity_of;    /* handler -> entity */
    struct map line_of;      /* (file, line) by their number in `lines` -> index of the item */
    struct strings lines;    /* "FILE:LINE" */
};

static char *text_copy(struct reader *reader, const char *text) {
    char *copy = strdup(text ? text : "");
    reader->items.failed = reader->items.failed || !copy;
    return copy;
}

static struct coverage_item *item_add(struct reader *reader, enum coverage_kind kind, const char *entity, const char *name, const char *file,
                                      uint32_t line, bool seen, const char *note) {
    struct coverage_item *item = vector_push(&reader->items);
    *item = (struct coverage_item){.kind = kind,
                                   .entity = text_copy(reader, entity),
                                   .name = text_copy(reader, name),
                                   .file = text_copy(reader, file),
                                   .line = line,
                                   .seen = seen,
                                   .note = text_copy(reader, note)};
    return item;
}

/* Rows of (entity, name, file, line, seen, note). */
static struct error *items_query(struct reader *reader, enum coverage_kind kind, const char *sql) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(reader->store, sql, &query);
    bool row = true;
    while (!error && row) {
        error = query_step(query, &row);
        if (!error && row) {
            item_add(reader, kind, query_text(query, 0), query_text(query, 1), query_text(query, 2), (uint32_t)query_int(query, 3),
                     query_int(query, 4) != 0, query_text(query, 5));
        }
    }
    return error;
}

#define HANDLERS                                                                                                                                     \
    "SELECT DISTINCT f.id AS id, f.name AS name, p.path AS path, e.name AS entity FROM closure c JOIN function f ON f.id = c.function_id JOIN file " \
    "p "                                                                                                                                             \
    "ON p.id = f.file_id JOIN entity e ON e.id = p.entity_id AND e.role = 'server'"

static struct error *store_items(struct reader *reader) {
    struct error *error = items_query(
        reader, COVERAGE_TRANSACTION,
        "SELECT c.entity, c.transaction_name, coalesce(p.path, ''), coalesce(f.line, 0), c.complete > 0, '' FROM v_coverage c JOIN txn t ON "
        "t.id = c.txn_id JOIN function f ON f.id = t.function_id LEFT JOIN file p ON p.id = f.file_id");
    if (!error) {
        error =
            items_query(reader, COVERAGE_STATE,
                        "SELECT w.entity, w.transaction_name || ' ' || w.key, '', 0, EXISTS (SELECT 1 FROM change c JOIN observation o ON o.id = "
                        "c.observation_id WHERE c.state_id = w.state_id AND o.txn_id = w.txn_id), '' FROM v_whitelist w WHERE w.phase = 'runtime'");
    }
    if (!error) {
        error = items_query(reader, COVERAGE_SITE,
                            "SELECT h.entity, h.name, s.file, s.line, coalesce(sum(t.observed), 0) > 0, coalesce(sum(t.observed), 0) || ' of ' || "
                            "count(t.function_id) || "
                            "' targets' FROM call_site s JOIN (" HANDLERS
                            ") h ON h.id = s.function_id LEFT JOIN call_target t ON t.call_site_id = s.id WHERE "
                            "s.indirect GROUP BY s.id");
    }
    int64_t value = 0;
    if (!error) {
        error = store_scalar(reader->store, "SELECT count(*) FROM call_target t JOIN call_site s ON s.id = t.call_site_id WHERE s.indirect", &value);
        reader->coverage->targets = (size_t)value;
    }
    if (!error) {
        error = store_scalar(reader->store,
                             "SELECT count(*) FROM call_target t JOIN call_site s ON s.id = t.call_site_id WHERE s.indirect AND t.observed", &value);
        reader->coverage->observed = (size_t)value;
    }
    return error;
}

static struct error *handlers_load(struct reader *reader) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(reader->store, HANDLERS, &query);
    bool row = true;
    while (!error && row) {
        error = query_step(query, &row);
        if (!error && row) {
            struct text key = {0};
            text_append_format(&key, "%s:%s", query_text(query, 2), query_text(query, 1));
            uint32_t handler = strings_intern(&reader->handlers, text_string(&key));
            map_insert(&reader->entity_of, handler, strings_intern(&reader->entities, query_text(query, 3)));
            text_deinit(&key);
        }
    }
    return error;
}

/* Where an address stands in the source, when that is a handler; false when not. */
struct spot {
    const char *file;
    const char *function;
    const char *entity;
    uint32_t line;
};
static bool spot_find(const struct reader *reader, uint64_t pc, struct spot *out_spot) {
    struct spot spot = {0};
    uint32_t handler = 0;
    uint64_t entity = 0;
    char key[512];
    if (!image_line_at(reader->image, pc, &spot.file, &spot.line, &spot.function) || !spot.line) {
        return false;
    }
    snprintf(key, sizeof key, "%s:%s", spot.file, spot.function);
    if (!strings_find(&reader->handlers, key, &handler) || !map_find(&reader->entity_of, handler, &entity)) {
        return false;
    }
    spot.entity = strings_at(&reader->entities, (uint32_t)entity);
    *out_spot = spot;
    return true;
}

/* The item of a line, made when it is new. */
static struct coverage_item *line_item(struct reader *reader, const struct spot *spot) {
    char key[512];
    uint64_t index = 0;
    snprintf(key, sizeof key, "%s:%u", spot->file, spot->line);
    uint32_t number = strings_intern(&reader->lines, key);
    if (!map_find(&reader->line_of, number, &index)) {
        index = reader->items.count;
        item_add(reader, COVERAGE_LINE, spot->entity, spot->function, spot->file, spot->line, false, "");
        map_insert(&reader->line_of, number, index);
    }
    return index < reader->items.count ? VECTOR_AT(&reader->items, struct coverage_item, index) : NULL;
}

/* Every byte of code belongs to a line: instructions need not be told apart. */
static void lines_visit(struct reader *reader, uint64_t low, uint64_t high, bool ran) {
    for (uint64_t pc = low; pc < high; pc++) {
        struct spot spot;
        struct coverage_item *item = spot_find(reader, pc, &spot) ? line_item(reader, &spot) : NULL;
        if (item && ran) {
            item->seen = true;
        }
    }
}

static void trail_lines(struct reader *reader) {
    const struct image *image = reader->image;
    for (uint32_t i = 0; i < image->function_count; i++) {
        for (uint32_t r = 0; r < image->functions[i].range_count; r++) {
            lines_visit(reader, image->functions[i].ranges[r].low, image->functions[i].ranges[r].high, false);
        }
    }
    size_t count = 0;
    const struct trail_step *steps = trail_steps(reader->trail, &count);
    uint64_t done = 0; /* blocks overlap: what was looked at is not looked at again */
    for (size_t i = 0; i < count; i++) {
        uint64_t low = steps[i].pc > done ? steps[i].pc : done;
        uint64_t high = steps[i].pc + steps[i].bytes;
        lines_visit(reader, low, high, true);
        done = high > done ? high : done;
    }
}

static void trail_branches(struct reader *reader) {
    enum { NEXT = 1, TARGET = 2 };
    struct map ways = {0};
    struct vector places = VECTOR_OF(uint64_t);
    size_t count = 0;
    const struct trail_step *steps = trail_steps(reader->trail, &count);
    for (size_t i = 0; i < count; i++) {
        struct jump jump = steps[i].from ? jump_at(reader->image, steps[i].from) : (struct jump){0};
        uint64_t way = jump.kind != JUMP_BRANCH ? 0 : (steps[i].pc == jump.next ? NEXT : 0) | (steps[i].pc == jump.target ? TARGET : 0);
        uint64_t before = 0;
        if (way && !map_find(&ways, steps[i].from, &before)) {
            vector_append(&places, &steps[i].from, 1);
        }
        if (way) {
            map_insert(&ways, steps[i].from, before | way);
        }
    }
    for (size_t i = 0; i < places.count; i++) {
        uint64_t pc = *VECTOR_AT(&places, uint64_t, i);
        uint64_t way = 0;
        struct spot spot;
        if (map_find(&ways, pc, &way) && spot_find(reader, pc, &spot)) {
            item_add(reader, COVERAGE_BRANCH, spot.entity, spot.function, spot.file, spot.line, way == (NEXT | TARGET),
                     way == NEXT     ? "never taken"
                     : way == TARGET ? "always taken"
                                     : "");
        }
    }
    reader->items.failed = reader->items.failed || ways.failed || places.failed;
    map_deinit(&ways);
    vector_deinit(&places);
}

static int item_compare(const void *one, const void *other) {
    const struct coverage_item *a = one;
    const struct coverage_item *b = other;
    int order = (int)a->kind - (int)b->kind;
    order = order ? order : strcmp(a->entity, b->entity);
    order = order ? order : strcmp(a->file, b->file);
    order = order ? order : (a->line > b->line) - (a->line < b->line);
    return order ? order : strcmp(a->name, b->name);
}

static void reader_deinit(struct reader *reader) {
    strings_deinit(&reader->handlers);
    strings_deinit(&reader->entities);
    strings_deinit(&reader->lines);
    map_deinit(&reader->entity_of);
    map_deinit(&reader->line_of);
    vector_deinit(&reader->items);
}

struct error *coverage_read(struct store *store, const struct image *image, const struct trail *trail, struct coverage **out_coverage) {
    struct coverage *coverage = calloc(1, sizeof *coverage);
    if (!coverage) {
        return error_out_of_memory();
    }
    struct reader reader = {.store = store, .image = image, .trail = trail, .coverage = coverage, .items = VECTOR_OF(struct coverage_item)};
    struct error *error = store_items(&reader);
    if (!error && trail) {
        error = handlers_load(&reader);
    }
    if (!error && trail) {
        trail_lines(&reader);
        trail_branches(&reader);
    }
    coverage->count = reader.items.count;
    if (!error && (reader.items.failed || reader.handlers.failed || reader.entities.failed || reader.lines.failed || reader.line_of.failed ||
                   reader.entity_of.failed)) {
        error = error_out_of_memory();
    }
    if (!error) {
        vector_sort(&reader.items, item_compare);
    }
    coverage->items = reader.items.items; /* taken over */
    reader.items = VECTOR_OF(struct coverage_item);
    reader_deinit(&reader);
    for (size_t i = 0; !error && i < coverage->count; i++) {
        coverage->all[coverage->items[i].kind]++;
        coverage->seen[coverage->items[i].kind] += coverage->items[i].seen;
    }
    if (error) {
        coverage_destroy(coverage);
        return error;
    }
    *out_coverage = coverage;
    return NULL;
}

void coverage_destroy(struct coverage *coverage) {
    if (coverage) {
        for (size_t i = 0; i < coverage->count; i++) {
            free(coverage->items[i].entity);
            free(coverage->items[i].name);
            free(coverage->items[i].file);
            free(coverage->items[i].note);
        }
        free(coverage->items);
        free(coverage);
    }
}
