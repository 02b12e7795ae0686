#include "resumption.h"

#include <string.h>

#include "journal.h"
#include "spillscope/scope.h"

struct error *resumption_find(struct store *store, int64_t limit, struct resumption *out_resumption) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error =
        store_prepare(store,
                      "SELECT r.id, r.status, coalesce(max(o.sequence) + 1, 0), coalesce(sum(o.status = 'complete'), 0) FROM run r LEFT JOIN "
                      "observation o ON o.run_id = r.id WHERE r.id = (SELECT max(id) FROM run WHERE tool = 'probe') GROUP BY r.id",
                      &query);
    if (!error) {
        error = query_step(query, &row);
    }
    if (error) {
        return error;
    }
    if (!row) {
        return error_create(ERROR_USAGE, "--resume: the database has no run of the probe");
    }
    struct resumption found = {.run_id = query_int(query, 0), .sequence = query_int(query, 2), .completed = query_int(query, 3)};
    if (strcmp(query_text(query, 1), "complete") == 0) {
        return error_create(ERROR_USAGE, "--resume: run %lld is complete: there is nothing to go on with", (long long)found.run_id);
    }
    if (limit > 0 && found.completed >= limit) {
        return error_create(ERROR_USAGE, "--resume: run %lld has %lld transactions already: give --transactions more", (long long)found.run_id,
                            (long long)found.completed);
    }
    *out_resumption = found;
    return NULL;
}

static struct error *row_compare(const struct resumption *resumption, struct query *query, const struct journal_run *run) {
    const char *mode = query_text(query, 0);
    const char *build = query_text(query, 1);
    if (build && strcmp(build, run->build_id) != 0) {
        return error_create(ERROR_MISMATCH, "--resume: run %lld was of another kernel: its build-id is %s, that of %s is %s",
                            (long long)resumption->run_id, build, run->elf, run->build_id[0] ? run->build_id : "missing");
    }
    if (strcmp(mode, run->mode) != 0) {
        return error_create(ERROR_USAGE, "--resume: run %lld was made in mode %s, this one would be %s", (long long)resumption->run_id, mode,
                            run->mode);
    }
    if (query_int(query, 2) != run->cpus) {
        return error_create(ERROR_USAGE, "--resume: run %lld had %lld CPUs, this guest has %lld", (long long)resumption->run_id,
                            (long long)query_int(query, 2), (long long)run->cpus);
    }
    return NULL;
}

struct error *resumption_reopen(struct store *store, const struct resumption *resumption, const struct journal_run *run) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct query *update __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = store_prepare(store, "SELECT mode, build_id, coalesce(cpus, 0) FROM run WHERE id = ?", &query);
    if (!error) {
        query_bind_int(query, 1, resumption->run_id);
        error = query_step(query, &row);
    }
    if (!error) {
        error = row ? row_compare(resumption, query, run) : error_create(ERROR_DATABASE, "--resume: run %lld is gone", (long long)resumption->run_id);
    }
    while (!error && row) {
        error = query_step(query, &row);
    }
    if (!error) {
        error = store_prepare(store, "UPDATE run SET status = 'running', ended = NULL, message = NULL WHERE id = ?", &update);
    }
    if (!error) {
        query_bind_int(update, 1, resumption->run_id);
        error = query_run(update);
    }
    return error;
}
