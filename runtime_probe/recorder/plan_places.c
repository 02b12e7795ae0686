#include <stdlib.h>
#include <string.h>

#include "plan_builder.h"

enum { PATH_BYTES = 512 };

/* The instructions' depths of a function, once. */
static void places_analysed(struct plan_builder *builder, const struct function *function, const struct code *code) {
    for (size_t i = 0; i < builder->analysed.count; i++) {
        if (*VECTOR_AT(&builder->analysed, const struct function *, i) == function) {
            return;
        }
    }
    *(const struct function **)vector_push(&builder->analysed) = function;
    code_places(code, &builder->depths);
}

static void place_add(struct plan_builder *builder, uint64_t address, enum hook_role role, const char *name, const struct recorder_hook *like) {
    struct recorder_hook *hook = builder_add(builder, address, role, name);
    hook->txn = like->txn;
    hook->place = like->place;
    hook->rank = like->rank;
    hook->whole = like->whole;
    hook->anywhere = like->anywhere;
}

static bool is_clone(const struct function *function, const struct function *original) {
    return function != original && function->line == original->line && strcmp(function->name, original->name) == 0 &&
           strcmp(function->file, original->file) == 0;
}

/* Is the call that was replaced one from inside the transaction's entity? */
static struct error *call_is_internal(struct plan_builder *builder, int64_t txn, const char *file, bool *out_internal) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(builder->store, "SELECT 1 FROM txn t JOIN file f ON f.entity_id = t.entity_id WHERE t.id = ?1 AND f.path = ?2", &query);
    bool row = false;
    if (!error) {
        query_bind_int(query, 1, txn);
        query_bind_text(query, 2, file);
        error = query_step(query, &row);
    }
    *out_internal = row;
    return error;
}

static struct error *builder_inlined(struct plan_builder *builder, int64_t txn, const char *name, const struct inlined *instance, bool *found) {
    struct code *code __attribute__((cleanup(scope_code))) = NULL;
    const struct function *holder = image_function_at(builder->image, instance->entry);
    bool internal = false;
    struct error *error = call_is_internal(builder, txn, instance->call_file, &internal);
    if (error || internal || !holder) {
        return error;
    }
    error = code_create(builder->image, holder, &code);
    struct vector entries = VECTOR_OF(struct code_place);
    struct vector exits = VECTOR_OF(struct code_place);
    struct recorder_hook like = {.txn = txn, .place = ++builder->places, .rank = instance->depth};
    if (!error && code && code_boundary(code, instance->ranges, instance->range_count, instance->entry, &entries, &exits)) {
        for (size_t i = 0; i < entries.count; i++) {
            place_add(builder, VECTOR_AT(&entries, struct code_place, i)->address, ROLE_TRANSACTION, name, &like);
        }
        for (size_t i = 0; i < exits.count; i++) {
            place_add(builder, VECTOR_AT(&exits, struct code_place, i)->address, ROLE_EXIT, name, &like);
        }
        places_analysed(builder, holder, code);
        *found = true;
    } else if (!error) {
        builder_miss(builder, name);
    }
    builder->hooks.failed |= entries.failed || exits.failed;
    vector_deinit(&entries);
    vector_deinit(&exits);
    return error;
}

struct error *builder_instances(struct plan_builder *builder, int64_t txn, const struct function *function, bool *found) {
    struct error *error = NULL;
    for (uint32_t i = 0; i < builder->image->function_count; i++) {
        const struct function *clone = &builder->image->functions[i];
        if (is_clone(clone, function) && clone->entry && clone->entry != function->entry) {
            place_add(builder, clone->entry, ROLE_TRANSACTION, function->name, &(struct recorder_hook){.txn = txn});
            *found = true;
        }
    }
    for (uint32_t i = 0; !error && i < builder->image->inlined_count; i++) {
        const struct inlined *instance = &builder->image->inlined[i];
        const struct function *of = &builder->image->functions[instance->function];
        if (instance->entry && instance->range_count && (of == function || is_clone(of, function))) {
            error = builder_inlined(builder, txn, function->name, instance, found);
        }
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ lines */

/* Addresses of "FILE:LINE"; none when it is not of that form. */
static void line_find(const struct image *image, const char *text, struct vector *addresses) {
    char file[PATH_BYTES];
    const char *colon = strrchr(text, ':');
    unsigned long line = colon ? strtoul(colon + 1, NULL, 10) : 0;
    if (line && line < UINT32_MAX && (size_t)(colon - text) < sizeof file) {
        memcpy(file, text, (size_t)(colon - text));
        file[colon - text] = 0;
        image_line_starts(image, file, (uint32_t)line, addresses);
    }
}

struct line_plan {
    struct plan_builder *builder;
    const char *name;
    struct recorder_hook like;
    struct vector ends; /* uint64_t */
};

/* A beginning, with the ends that belong to it; false: the frame at one of them cannot be told. */
static struct error *line_begin(struct line_plan *plan, uint64_t address, bool *out_known) {
    struct code *code __attribute__((cleanup(scope_code))) = NULL;
    struct plan_builder *builder = plan->builder;
    const struct function *holder = image_function_at(builder->image, address);
    int64_t depth = 0;
    struct error *error = holder ? code_create(builder->image, holder, &code) : NULL;
    bool known = !error && code && code_depth(code, address, &depth);
    for (size_t i = 0; known && i < plan->ends.count; i++) {
        uint64_t end = *VECTOR_AT(&plan->ends, uint64_t, i);
        known = image_function_at(builder->image, end) != holder || code_depth(code, end, &depth);
    }
    for (size_t i = 0; known && i < plan->ends.count; i++) {
        uint64_t end = *VECTOR_AT(&plan->ends, uint64_t, i);
        const struct function *other = image_function_at(builder->image, end);
        struct recorder_hook like = plan->like;
        like.anywhere = other != holder;
        place_add(builder, end, ROLE_EXIT, plan->name, &like);
        struct code *code_of_end __attribute__((cleanup(scope_code))) = NULL;
        error = error || other == holder || !other ? error : code_create(builder->image, other, &code_of_end);
        if (!error && code_of_end) {
            places_analysed(builder, other, code_of_end);
        }
    }
    if (known) {
        place_add(builder, address, ROLE_TRANSACTION, plan->name, &plan->like);
        places_analysed(builder, holder, code);
    }
    *out_known = known;
    return error;
}

/* `exit` may be empty: a round, from the line to itself, which begins at the line's first address in each function. */
static struct error *builder_line(struct plan_builder *builder, int64_t txn, uint64_t function_entry, const char *entry, const char *exit) {
    bool is_line = strchr(entry, ':') != NULL;
    bool round = is_line && (!*exit || strcmp(exit, entry) == 0);
    struct vector starts = VECTOR_OF(uint64_t);
    struct line_plan plan = {
        .builder = builder, .name = entry, .like = {.txn = txn, .place = ++builder->places, .whole = !is_line}, .ends = VECTOR_OF(uint64_t)};
    struct error *error = NULL;
    const struct function *last = NULL;
    bool all = true;
    if (is_line) {
        line_find(builder->image, entry, &starts);
    } else {
        *(uint64_t *)vector_push(&starts) = function_entry;
    }
    line_find(builder->image, *exit ? exit : entry, &plan.ends);
    for (size_t i = 0; !error && i < starts.count; i++) {
        uint64_t address = *VECTOR_AT(&starts, uint64_t, i);
        const struct function *holder = image_function_at(builder->image, address);
        bool known = true;
        if (!round || holder != last) {
            error = line_begin(&plan, address, &known);
        }
        last = holder;
        all = all && known;
    }
    if (!error && (!all || !starts.count)) {
        builder_miss(builder, entry);
    }
    builder->hooks.failed |= starts.failed || plan.ends.failed;
    vector_deinit(&starts);
    vector_deinit(&plan.ends);
    return error;
}

struct error *builder_lines(struct plan_builder *builder) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    /* Each entry, cut at its first blank, with the exit that follows it before the next entry. */
    struct error *error = store_prepare(builder->store,
                                        "SELECT t.id, f.name, e.place, coalesce(e.exit, ''), x.path FROM (SELECT m.id, substr(m.value || ' ', 1, "
                                        "instr(m.value || ' ', ' ') - 1) AS place, "
                                        "(SELECT n.value FROM manifest n WHERE n.section = 'transactions' AND n.key = 'exit' AND n.id > m.id AND NOT "
                                        "EXISTS (SELECT 1 FROM manifest o "
                                        "WHERE o.section = 'transactions' AND o.key = 'entry' AND o.id > m.id AND o.id < n.id) ORDER BY n.id DESC "
                                        "LIMIT 1) AS exit FROM manifest m WHERE "
                                        "m.section = 'transactions' AND m.key = 'entry') e JOIN txn t ON t.name = e.place JOIN function f ON f.id = "
                                        "t.function_id LEFT JOIN file x ON "
                                        "x.id = f.file_id WHERE e.exit IS NOT NULL OR instr(e.place, ':') > 0 ORDER BY e.id",
                                        &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const struct function *function = image_function_by_name(builder->image, query_text(query, 1));
        error = builder_line(builder, query_int(query, 0), function ? function->entry : 0, query_text(query, 2), query_text(query, 3));
    }
    return error;
}
