#include "spillscope/merge.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "spillscope/text.h"
#include "store_internal.h"

/* The database that is added is attached under this name; the new one is "main". */
#define INPUT "input"

/* Tables that runs fill, referred-to ones first. Every other table is part of the analysis, unless `joined` below names it. */
static const char *const run_tables[] = {"run", "observation", "change", "truth", "truth_function", "unmapped", "litmus"};
/* Tables whose rows are joined by other rules than equality. */
static const char *const joined[] = {"state", "call_target", "suppression"};
/* Columns that runs may change within the analysis: joined, not compared. */
static const struct {
    const char *table;
    const char *column;
} volatile_columns[] = {{"declaration", "used"}, {"may_modify", "narrowed"}};

static bool is_listed(const char *name, const char *const *names, size_t count) {
    for (size_t index = 0; index < count; index++) {
        if (strcmp(names[index], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_volatile(const char *table, const char *column) {
    for (size_t index = 0; index < sizeof volatile_columns / sizeof *volatile_columns; index++) {
        if (strcmp(volatile_columns[index].table, table) == 0 && strcmp(volatile_columns[index].column, column) == 0) {
            return true;
        }
    }
    return false;
}

static struct error *execute(struct store *store, const struct text *sql) {
    return sql->failed ? error_out_of_memory() : store_execute(store, text_string(sql));
}

/* The columns of a table, joined by commas; without those that runs may change, and without "id" where told so. */
static struct error *append_columns(struct store *store, const char *table, bool with_id, struct text *out) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT name FROM pragma_table_info(?1) ORDER BY cid", &query);
    bool row = false;
    bool first = true;
    if (!error) {
        query_bind_text(query, 1, table);
        error = query_step(query, &row);
    }
    while (!error && row) {
        const char *column = query_text(query, 0);
        if ((with_id || strcmp(column, "id") != 0) && !is_volatile(table, column)) {
            text_append_format(out, first ? "\"%s\"" : ", \"%s\"", column);
            first = false;
        }
        error = query_step(query, &row);
    }
    return error;
}

/* ERROR_MISMATCH with the first row that `sql` (one text column) gives. */
static struct error *refuse_row(struct store *store, const char *sql, const char *input, const char *table, const char *where) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, sql, &query);
    bool row = false;
    if (!error) {
        error = query_step(query, &row);
    }
    if (!error && row) {
        const char *shown = query_text(query, 0);
        error = error_create(ERROR_MISMATCH, "%s is of another analysis: table %s differs: %s %s", input, table, where, shown ? shown : "");
    }
    return error;
}

/* Rows of `table` that only one side has; `condition` narrows both sides. */
static struct error *compare_table(struct store *store, const char *input, const char *table, const char *condition) {
    struct text columns __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = append_columns(store, table, true, &columns);
    const char *sides[][3] = {{"main", INPUT, "it lacks"}, {INPUT, "main", "only it has"}};
    for (size_t side = 0; !error && side < 2; side++) {
        struct text sql __attribute__((cleanup(text_deinit))) = {0};
        text_append_format(&sql, "SELECT json_array(%s) FROM (SELECT %s FROM %s.\"%s\" %s EXCEPT SELECT %s FROM %s.\"%s\" %s) LIMIT 1",
                           text_string(&columns), text_string(&columns), sides[side][0], table, condition, text_string(&columns), sides[side][1],
                           table, condition);
        error = sql.failed || columns.failed ? error_out_of_memory() : refuse_row(store, text_string(&sql), input, table, sides[side][2]);
    }
    return error;
}

/* Everything that an analysis writes must be equal. */
static struct error *compare_analysis(struct store *store, const char *input) {
    struct query *tables __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store, "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY rowid", &tables);
    bool row = false;
    if (!error) {
        error = query_step(tables, &row);
    }
    while (!error && row) {
        const char *table = query_text(tables, 0);
        if (!is_listed(table, run_tables, sizeof run_tables / sizeof *run_tables) && !is_listed(table, joined, sizeof joined / sizeof *joined)) {
            error = compare_table(store, input, table, "");
        }
        if (!error) {
            error = query_step(tables, &row);
        }
    }
    if (!error) {
        error = compare_table(store, input, "state", "WHERE origin = 'analyzer'");
    }
    /* A call target that the analysis found may have been observed in one of them only. */
    static const char target[] = "SELECT json_array(call_site_id, function_id) FROM %s.call_target a WHERE observed = 0 AND NOT EXISTS "
                                 "(SELECT * FROM %s.call_target b WHERE b.call_site_id = a.call_site_id AND b.function_id = a.function_id) LIMIT 1";
    const char *sides[][3] = {{"main", INPUT, "it lacks"}, {INPUT, "main", "only it has"}};
    for (size_t side = 0; !error && side < 2; side++) {
        struct text sql __attribute__((cleanup(text_deinit))) = {0};
        text_append_format(&sql, target, sides[side][0], sides[side][1]);
        error = sql.failed ? error_out_of_memory() : refuse_row(store, text_string(&sql), input, "call_target", sides[side][2]);
    }
    return error ? error
                 : refuse_row(store,
                              "SELECT json_array(a.fingerprint, a.reason, a.owner, a.expires) FROM " INPUT
                              ".suppression a JOIN main.suppression b USING (fingerprint) "
                              "WHERE (a.reason, a.owner) IS NOT (b.reason, b.owner) OR a.expires IS NOT b.expires LIMIT 1",
                              input, "suppression", "it has");
}

/* What the analyses have in common, but runs and people add to. Table merge_state: id of a state in the input -> id in the new database. */
static struct error *join_analysis(struct store *store) {
    struct text sql __attribute__((cleanup(text_deinit))) = {0};
    struct text columns __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = append_columns(store, "state", false, &columns);
    if (error || columns.failed) {
        return error ? error : error_out_of_memory();
    }
    text_append_format(&sql, "INSERT INTO main.state (%s) SELECT %s FROM " INPUT ".state WHERE key NOT IN (SELECT key FROM main.state) ORDER BY id;",
                       text_string(&columns), text_string(&columns));
    text_append(&sql, "CREATE TEMP TABLE merge_state (id INTEGER PRIMARY KEY, new_id INTEGER NOT NULL);"
                      "INSERT INTO temp.merge_state SELECT i.id, m.id FROM " INPUT ".state i JOIN main.state m ON m.key = i.key;"
                      "INSERT INTO main.call_target SELECT * FROM " INPUT ".call_target WHERE true ON CONFLICT (call_site_id, function_id) "
                      "DO UPDATE SET observed = max(observed, excluded.observed);"
                      "INSERT OR IGNORE INTO main.suppression SELECT * FROM " INPUT ".suppression;"
                      "UPDATE main.declaration SET used = max(used, (SELECT i.used FROM " INPUT ".declaration i WHERE i.id = declaration.id));"
                      /* Narrowed by one run is not narrowed by all. */
                      "UPDATE main.may_modify SET narrowed = min(narrowed, (SELECT i.narrowed FROM " INPUT
                      ".may_modify i WHERE i.id = may_modify.id)) WHERE narrowed <> 0;");
    return execute(store, &sql);
}

/* The expression that takes a column of the input into the new database, by what the column refers to. */
static struct error *append_expression(struct store *store, const char *table, const char *column, struct text *out) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT \"table\" FROM pragma_foreign_key_list(?1) WHERE \"from\" = ?2", &query);
    bool row = false;
    if (!error) {
        query_bind_text(query, 1, table);
        query_bind_text(query, 2, column);
        error = query_step(query, &row);
    }
    if (error) {
        return error;
    }
    const char *target = strcmp(column, "id") == 0 ? table : row ? query_text(query, 0) : NULL;
    if (target && strcmp(target, "state") == 0) {
        text_append_format(out, "(SELECT new_id FROM temp.merge_state s WHERE s.id = a.\"%s\")", column);
    } else if (target && is_listed(target, run_tables, sizeof run_tables / sizeof *run_tables)) {
        text_append_format(out, "a.\"%s\" + (SELECT by FROM temp.merge_offset WHERE name = '%s')", column, target);
    } else {
        text_append_format(out, "a.\"%s\"", column);
    }
    return NULL;
}

static struct error *append_runs_of(struct store *store, const char *table) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct text columns __attribute__((cleanup(text_deinit))) = {0};
    struct text values __attribute__((cleanup(text_deinit))) = {0};
    struct text sql __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = store_prepare(store, "SELECT name FROM pragma_table_info(?1) ORDER BY cid", &query);
    bool row = false;
    if (!error) {
        query_bind_text(query, 1, table);
        error = query_step(query, &row);
    }
    while (!error && row) {
        text_append_format(&columns, columns.length ? ", \"%s\"" : "\"%s\"", query_text(query, 0));
        text_append(&values, values.length ? ", " : "");
        error = append_expression(store, table, query_text(query, 0), &values);
        if (!error) {
            error = query_step(query, &row);
        }
    }
    if (error || columns.failed || values.failed) {
        return error ? error : error_out_of_memory();
    }
    text_append_format(&sql, "INSERT INTO main.\"%s\" (%s) SELECT %s FROM " INPUT ".\"%s\" a ORDER BY 1, 2, 3", table, text_string(&columns),
                       text_string(&values), table);
    return execute(store, &sql);
}

static struct error *append_runs(struct store *store) {
    struct text offsets __attribute__((cleanup(text_deinit))) = {0};
    text_append(&offsets, "CREATE TEMP TABLE merge_offset (name TEXT PRIMARY KEY, by INTEGER NOT NULL);");
    static const char *const numbered[] = {"run", "observation", "change", "litmus"};
    for (size_t index = 0; index < sizeof numbered / sizeof *numbered; index++) {
        text_append_format(&offsets, "INSERT INTO temp.merge_offset SELECT '%s', coalesce(max(id), 0) FROM main.\"%s\";", numbered[index],
                           numbered[index]);
    }
    struct error *error = execute(store, &offsets);
    for (size_t index = 0; !error && index < sizeof run_tables / sizeof *run_tables; index++) {
        error = append_runs_of(store, run_tables[index]);
    }
    return error ? error : store_execute(store, "DROP TABLE temp.merge_offset; DROP TABLE temp.merge_state");
}

static struct error *join_input(struct store *store, const char *input) {
    struct query *attach __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "ATTACH ?1 AS " INPUT, &attach);
    if (!error) {
        query_bind_text(attach, 1, input);
        error = query_run(attach);
    }
    if (!error) {
        error = store_begin(store);
    }
    if (!error) {
        error = compare_analysis(store, input);
    }
    if (!error) {
        error = join_analysis(store);
    }
    if (!error) {
        error = append_runs(store);
    }
    if (!error) {
        error = store_commit(store);
    }
    return error ? error : store_execute(store, "DETACH " INPUT);
}

static struct error *join_all(const char *output, const char *const *inputs, size_t count, struct merge_summary *summary) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct error *error = store_copy(inputs[0], output);
    if (!error) {
        error = store_open(output, STORE_WRITE, &store);
    }
    for (size_t index = 1; !error && index < count; index++) {
        struct store *input __attribute__((cleanup(scope_store))) = NULL;
        error = store_open(inputs[index], STORE_READ, &input); /* ours, and of this schema? */
        if (!error) {
            error = join_input(store, inputs[index]);
        }
    }
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM run", &summary->runs);
    }
    if (!error) {
        error = store_scalar(store, "SELECT count(*) FROM observation", &summary->observations);
    }
    return error ? error : store_scalar(store, "SELECT count(*) FROM change", &summary->changes);
}

struct error *store_merge(const char *output, const char *const *inputs, size_t count, struct merge_summary *out_summary) {
    struct merge_summary summary = {0};
    if (access(output, F_OK) == 0) {
        return error_create(ERROR_USAGE, "%s exists already: merge makes a new database", output);
    }
    struct error *error = join_all(output, inputs, count, &summary);
    if (error) {
        store_remove(output);
        return error;
    }
    *out_summary = summary;
    return NULL;
}
