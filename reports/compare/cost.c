#include "compare/cost.h"

#include <stdlib.h>
#include <string.h>

#include "findings/pool.h"

static const off_t FILE_LIMIT = 16 << 20;

void cost_deinit(struct compare_cost *cost) {
    for (size_t index = 0; index < cost->series_count; index++) {
        free(cost->series[index].points);
    }
    free(cost->series);
    free(cost->ratios);
    *cost = (struct compare_cost){0};
}

bool cost_ratio_holds(const struct compare_ratio *ratio) {
    return ratio->bar < 0 || (ratio->higher_is_better ? ratio->value >= ratio->bar : ratio->value <= ratio->bar);
}

static struct error *file_read(const char *path, char **out_text) {
    FILE *file SCOPE_FCLOSE = fopen(path, "re");
    struct text text = {0};
    char buffer[65536];
    size_t got = 0;
    if (!file) {
        return error_create_errno("%s", path);
    }
    while ((got = fread(buffer, 1, sizeof buffer, file)) > 0 && (off_t)text.length <= FILE_LIMIT) {
        text_append_bytes(&text, buffer, got);
    }
    if (ferror(file) || (off_t)text.length > FILE_LIMIT) {
        text_deinit(&text);
        return ferror(file) ? error_create_errno("%s", path) : error_create(ERROR_FORMAT, "%s: more than 16 MB of measurements", path);
    }
    return text_take(&text, out_text);
}

/* Opens a query whose first parameter is the file's text. */
static struct error *json_query(struct store *store, const char *sql, const char *json, struct query **out_query) {
    struct error *error = store_prepare(store, sql, out_query);
    if (!error) {
        query_bind_text(*out_query, 1, json);
    }
    return error;
}

static struct error *json_check(struct store *store, const char *path, const char *json) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = json_query(
        store, "SELECT json_valid(?1) AND coalesce(json_type(CASE WHEN json_valid(?1) THEN ?1 END, '$.ratios') = 'array', 0)", json, &query);
    if (!error) {
        error = query_step(query, &row);
    }
    return error || query_int(query, 0) ? error
                                        : error_create(ERROR_FORMAT, "%s: no JSON with an array \"ratios\", as scripts/bench writes it", path);
}

static struct error *ratios_load(struct store *store, struct pool *pool, const char *json, struct compare_cost *cost) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = json_query(store,
                                     "SELECT value ->> 'name', coalesce(value ->> 'value', -1), coalesce(value ->> 'bar', -1), coalesce(value ->> "
                                     "'thesis', -1), coalesce(value ->> 'better', ''), coalesce(value ->> 'note', '') FROM json_each(?1, '$.ratios')",
                                     json, &query);
    while (!error && !(error = query_step(query, &row)) && row) {
        struct compare_ratio *grown = realloc(cost->ratios, (cost->ratio_count + 1) * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        cost->ratios = grown;
        cost->ratios[cost->ratio_count++] = (struct compare_ratio){
            .name = pool_intern(pool, query_text(query, 0)),
            .value = query_real(query, 1),
            .bar = query_real(query, 2),
            .other = query_real(query, 3),
            .higher_is_better = strcmp(query_text(query, 4), "higher") == 0,
            .note = pool_intern(pool, query_text(query, 5)),
        };
    }
    return error;
}

static struct error *point_add(struct compare_cost *cost, struct pool *pool, const struct query *query) {
    const char *unit = pool_intern(pool, query_text(query, 0));
    const char *name = pool_intern(pool, query_text(query, 1));
    struct compare_series *series = cost->series_count ? &cost->series[cost->series_count - 1] : NULL;
    if (!series || series->name != name || series->unit != unit) {
        struct compare_series *grown = realloc(cost->series, (cost->series_count + 1) * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        cost->series = grown;
        series = &grown[cost->series_count++];
        *series = (struct compare_series){.name = name, .unit = unit};
    }
    struct compare_point *points = realloc(series->points, (series->count + 1) * sizeof *points);
    if (!points) {
        return error_out_of_memory();
    }
    series->points = points;
    points[series->count++] = (struct compare_point){query_int(query, 2), query_real(query, 3), query_real(query, 4)};
    return NULL;
}

static struct error *series_load(struct store *store, const struct compare *compare, const char *json, struct compare_cost *cost) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = json_query(
        store,
        "WITH m (unit, name, size, earlier, later) AS (SELECT coalesce(value ->> 'unit', ''), value ->> 'name', coalesce(value ->> 'size', 0), "
        "value ->> ?2, value ->> ?3 FROM json_each(?1, '$.measurements')) SELECT unit, name, size, earlier, later FROM m WHERE earlier IS NOT NULL "
        "AND "
        "later IS NOT NULL AND (SELECT count(DISTINCT o.size) FROM m o WHERE o.unit = m.unit AND o.name = m.name) > 1 ORDER BY unit, name, size",
        json, &query);
    if (!error) {
        query_bind_text(query, 2, compare->before->kernel);
        query_bind_text(query, 3, compare->after->kernel);
    }
    while (!error && !(error = query_step(query, &row)) && row) {
        error = point_add(cost, compare->before->pool, query);
    }
    return error;
}

static struct error *machine_load(struct store *store, struct pool *pool, const char *json, struct compare_cost *cost) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    bool row = false;
    struct error *error = json_query(store, "SELECT coalesce(?1 ->> '$.machine', '')", json, &query);
    if (!error) {
        error = query_step(query, &row);
    }
    if (!error) {
        cost->machine = pool_intern(pool, query_text(query, 0));
    }
    return error;
}

struct error *compare_load_cost(struct compare *compare, struct store *store, const char *path) {
    char *json SCOPE_FREE = NULL;
    struct compare_cost cost = {0};
    struct pool *pool = compare->before->pool;
    struct error *error = file_read(path, &json);
    if (!error) {
        error = json_check(store, path, json);
    }
    if (!error) {
        error = machine_load(store, pool, json, &cost);
    }
    if (!error) {
        error = ratios_load(store, pool, json, &cost);
    }
    if (!error) {
        error = series_load(store, compare, json, &cost);
    }
    if (!error) {
        error = pool_check(pool);
    }
    if (error) {
        cost_deinit(&cost);
        return error;
    }
    cost_deinit(&compare->cost);
    compare->cost = cost;
    return NULL;
}
