/* From calls through pointers that ran to rows of call_target. */
#include <stdio.h>
#include <string.h>

#include "jump.h"
#include "spillscope/coverage.h"

/* Of the known sites in this function: those on this line, or (a call may begin on another line than its statement) all that know the target. */
static const char MARK[] =
    "UPDATE call_target SET observed = 1 WHERE function_id IN (SELECT f.id FROM function f LEFT JOIN file p ON p.id = f.file_id "
    "WHERE f.name = ?1 AND (p.path = ?2 OR f.file_id IS NULL)) AND call_site_id IN (SELECT s.id FROM call_site s JOIN function g "
    "ON g.id = s.function_id WHERE s.indirect AND s.file = ?3 AND g.name = ?4 AND (s.line = ?5 OR ?6))";

struct place {
    const char *file;
    const char *function;
    uint32_t line;
};

static struct error *target_mark(struct query *mark, struct store *store, const struct function *target, const struct place *site, bool anywhere,
                                 int64_t *out_count) {
    query_bind_text(mark, 1, target->name);
    query_bind_text(mark, 2, target->file);
    query_bind_text(mark, 3, site->file);
    query_bind_text(mark, 4, site->function);
    query_bind_int(mark, 5, site->line);
    query_bind_int(mark, 6, anywhere);
    struct error *error = query_run(mark);
    return error ? error : store_scalar(store, "SELECT changes()", out_count);
}

/* A target that the analysis does not have there joins what it has. Open sites are those of which it says so. */
static const char ADD[] =
    "INSERT OR IGNORE INTO call_target (call_site_id, function_id, observed) SELECT s.id, f.id, 1 FROM call_site s JOIN function g ON "
    "g.id = s.function_id JOIN function f ON f.name = ?1 JOIN file p ON p.id = f.file_id AND p.path = ?2 WHERE s.indirect AND s.file = "
    "?3 AND g.name = ?4 AND (s.line = ?5 OR ?6)";

/* How many sites of this function the analysis knows, and how many of them are not open. Code that it was not given has none. */
static struct error *sites_count(struct query *find, const struct place *site, int64_t *out_known, int64_t *out_resolved) {
    bool row = false;
    int64_t known = 0;
    int64_t resolved = 0;
    query_bind_text(find, 1, site->file);
    query_bind_text(find, 2, site->function);
    struct error *error = query_step(find, &row);
    while (!error && row) {
        known = query_int(find, 0);
        resolved = query_int(find, 1);
        error = query_step(find, &row);
    }
    if (!error) {
        *out_known = known;
        *out_resolved = resolved;
    }
    return error;
}

/* Nobody knew that this call leads there. */
static struct error *target_add(struct query *add, struct query *find, struct store *store, const struct function *target, const struct place *site,
                                struct observed_calls *calls) {
    int64_t known = 0;
    int64_t resolved = 0;
    int64_t added = 0;
    struct error *error = sites_count(find, site, &known, &resolved);
    if (!error && known) {
        error = target_mark(add, store, target, site, false, &added);
    }
    if (!error && known && !added) {
        error = target_mark(add, store, target, site, true, &added);
    }
    if (error || !known) {
        return error;
    }
    calls->added += added > 0;
    calls->unknown += resolved > 0;
    if (resolved && !calls->example[0]) {
        snprintf(calls->example, sizeof calls->example, "%s at %s:%u calls %s", site->function, site->file, site->line, target->name);
    }
    return NULL;
}

struct error *coverage_observe(struct store *store, const struct image *image, const struct trail *trail, struct observed_calls *out_calls) {
    struct query *mark __attribute__((cleanup(scope_query))) = NULL;
    struct query *find __attribute__((cleanup(scope_query))) = NULL;
    struct query *add __attribute__((cleanup(scope_query))) = NULL;
    struct observed_calls calls = {0};
    size_t count = 0;
    const struct trail_step *steps = trail_steps(trail, &count);
    struct error *error = store_prepare(store, MARK, &mark);
    if (!error) {
        error = store_prepare(
            store,
            "SELECT count(*), coalesce(sum(s.resolution = 'resolved'), 0) FROM call_site s JOIN function g ON g.id = s.function_id WHERE "
            "s.indirect AND s.file = ?1 AND g.name = ?2",
            &find);
    }
    if (!error) {
        error = store_prepare(store, ADD, &add);
    }
    for (size_t i = 0; !error && i < count; i++) {
        const struct function *target = image_function_at(image, steps[i].pc);
        struct place site;
        int64_t matched = 0;
        if (!target || target->entry != steps[i].pc || !steps[i].from || jump_at(image, steps[i].from).kind != JUMP_POINTER ||
            !image_line_at(image, steps[i].from, &site.file, &site.line, &site.function)) {
            continue;
        }
        calls.calls++;
        error = target_mark(mark, store, target, &site, false, &matched);
        if (!error && matched == 0) {
            error = target_mark(mark, store, target, &site, true, &matched);
        }
        calls.matched += matched > 0;
        if (!error && matched == 0) {
            error = target_add(add, find, store, target, &site, &calls);
        }
    }
    if (!error) {
        *out_calls = calls;
    }
    return error;
}
