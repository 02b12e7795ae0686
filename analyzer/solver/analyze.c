#include "spillscope/analyze.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "ending.h"
#include "entries.h"
#include "narrowing.h"
#include "output.h"
#include "spillscope/facts_driver.h"
#include "spillscope/progress.h"
#include "spillscope/text.h"

/* Everything that one analysis holds, so that it can be let go at one place. */
struct analysis {
    const struct analyze_request *request;
    struct analyze_summary *summary;
    struct arena arena;
    struct arena closure_arena; /* of the transaction at hand */
    struct store *store;
    struct facts_result *facts;
    struct facts_unit **units; /* of those that did not fail */
    size_t unit_count;
    struct progress *progress;
    struct models models;
    struct transactions transactions;
    struct program program;
    struct frames frames;
    struct things things;
    struct points_to points_to;
    struct states states;
    struct effects effects; /* by the whole program's solution */
    struct output output;
    struct kept kept;
    struct narrowing narrowing;
    bool *entry;
    bool open_world;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* A transaction that runs more frames than this is judged by the whole program's solution, as is one whose own solution becomes too large: that would
 * hardly say less, and cost more than all else. */
#define MAX_CLOSURE_FRAMES 20000

static double seconds(clock_t from, clock_t to) {
    return (double)(to - from) / CLOCKS_PER_SEC;
}

/* The directory of models that belongs to the running program: ../share/spillscope/models of where it lies. */
static struct error *models_directory(struct arena *arena, const char **out_directory) {
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length < 0) {
        return error_create_errno("cannot tell where the running program lies");
    }
    path[length] = '\0';
    for (int level = 0; level < 2; level++) {
        char *slash = strrchr(path, '/');
        if (slash) {
            *slash = '\0';
        }
    }
    *out_directory = arena_format(arena, "%s/share/spillscope/models", path);
    return NULL;
}

static struct error *read_models(struct analysis *analysis) {
    const char *directory = analysis->request->models;
    struct error *error = directory ? NULL : models_directory(&analysis->arena, &directory);
    return error ? error : models_read_directory(&analysis->models, directory);
}

static struct error *read_manifest(struct analysis *analysis) {
    const char *manifest = analysis->request->manifest;
    struct error *error = manifest ? store_load_manifest(analysis->store, manifest) : NULL;
    if (!error) {
        error = transactions_read_manifest(analysis->store, manifest, &analysis->models, &analysis->arena, &analysis->transactions);
    }
    for (uint32_t i = 0; !error && i < analysis->transactions.model_files.count; i++) {
        error = models_read(&analysis->models, analysis->transactions.model_files.items[i]);
    }
    return error;
}

static struct error *read_facts(struct analysis *analysis) {
    const struct analyze_request *request = analysis->request;
    struct facts_request facts = {.compile_commands = request->compile_commands,
                                  .paths = request->paths,
                                  .path_count = request->path_count,
                                  .cache_directory = request->cache_directory,
                                  .cache_limit = request->cache_limit,
                                  .jobs = request->jobs,
                                  .progress = true};
    struct error *error = facts_collect(&facts, &analysis->facts);
    if (error) {
        return error;
    }
    const struct facts_result *result = analysis->facts;
    analysis->units = arena_allocate(&analysis->arena, (result->count + 1) * sizeof *analysis->units);
    analysis->summary->units = result->count;
    analysis->summary->left_out = result->other_count;
    snprintf(analysis->summary->first_left_out, sizeof analysis->summary->first_left_out, "%s", result->first_other ? result->first_other : "");
    for (size_t i = 0; i < result->count; i++) {
        const struct facts_result_unit *unit = &result->units[i];
        if (unit->failed) {
            if (analysis->summary->units_failed++ == 0) {
                snprintf(analysis->summary->first_failure, sizeof analysis->summary->first_failure, "%s: %s", unit->path, unit->message);
            }
            continue;
        }
        error = facts_read_file(unit->facts_path, &analysis->units[analysis->unit_count]);
        if (error) {
            return error_wrap(error, "facts of %s", unit->path);
        }
        analysis->unit_count++;
    }
    return NULL;
}

/* Does any code in scope call code that is neither defined nor modelled? */
static bool calls_outside(const struct analysis *analysis) {
    const struct program *program = &analysis->program;
    for (uint32_t f = 0; f < program->functions.count; f++) {
        const struct function *function = &program->functions.items[f];
        const struct unit *unit = &program->units[function->unit];
        for (size_t i = 0; i < function->facts->instruction_count; i++) {
            const struct facts_instruction *instruction = &function->facts->instructions[i];
            uint32_t object = instruction->op == FACTS_CALL && instruction->object != FACTS_NONE ? unit->objects[instruction->object] : NONE;
            const struct model *model = object == NONE ? NULL : models_find(&analysis->models, program->objects.items[object].name);
            if (object != NONE && (model ? model->outside : program->objects.items[object].function_index == NONE)) {
                return true;
            }
        }
    }
    return false;
}

static struct error *solve(struct analysis *analysis) {
    struct arena *arena = &analysis->arena;
    struct program *program = &analysis->program;
    program_link(arena, (const struct facts_unit *const *)analysis->units, (uint32_t)analysis->unit_count, analysis->transactions.source_root,
                 program);
    analysis->transactions.units_failed = analysis->summary->units_failed > 0;
    struct error *error = transactions_find(analysis->store, program, analysis->request->manifest, &analysis->transactions);
    analysis->narrowing.arena = arena;
    if (!error && analysis->request->observed) {
        error = narrowing_read(analysis->request->observed, arena, &analysis->narrowing);
    }
    if (error) {
        return error;
    }
    narrowing_link(&analysis->narrowing, program);
    analysis->summary->observed_lost = analysis->narrowing.lost;
    bool *keep_apart = arena_allocate(arena, program->functions.count + 1);
    for (uint32_t i = 0; i < analysis->transactions.items.count; i++) {
        keep_apart[analysis->transactions.items.items[i].function] = true;
    }
    analysis->entry = keep_apart;
    analysis->open_world = !analysis->request->manifest || calls_outside(analysis);
    frames_build(program, &analysis->models, keep_apart, analysis->open_world, &analysis->frames);
    things_init(program, &analysis->frames, &analysis->things);
    const struct analyze_request *request = analysis->request;
    struct solve_limits limits = {request->set_limit ? request->set_limit : ANALYZE_SET_LIMIT, request->set_limit ? 0 : ANALYZE_SET_BUDGET,
                                  request->statistics, analysis->transactions.typed_calls};
    points_to_solve(program, &analysis->frames, &analysis->things, &analysis->models, keep_apart, analysis->open_world, &limits,
                    &analysis->points_to);
    analysis->points_to.ends = ending_find(&analysis->points_to);
    entries_find(&analysis->transactions, &analysis->points_to);
    states_init(&analysis->points_to, &analysis->states);
    effects_init(&analysis->effects, arena, &analysis->frames);
    return NULL;
}

static struct error *write_units(struct analysis *analysis) {
    const struct facts_result *result = analysis->facts;
    struct output_unit *units = arena_allocate(&analysis->arena, (result->count + 1) * sizeof *units);
    size_t root = strlen(analysis->program.source_root);
    for (size_t i = 0; i < result->count; i++) {
        const char *path = result->units[i].path;
        if (root && strncmp(path, analysis->program.source_root, root) == 0 && path[root] == '/') {
            path += root + 1;
        }
        units[i] = (struct output_unit){path, arena_format(&analysis->arena, "%016llx", (unsigned long long)result->units[i].digest),
                                        result->units[i].failed ? result->units[i].message : NULL};
    }
    return output_program(&analysis->output, units, result->count);
}

static struct error *write_transactions(struct analysis *analysis) {
    struct error *error = NULL;
    struct transactions *transactions = &analysis->transactions;
    analysis->progress = progress_create("solving transactions", transactions->items.count);
    for (uint32_t i = 0; !error && i < transactions->items.count; i++) {
        struct transaction *transaction = &transactions->items.items[i];
        memcpy(&analysis->closure_arena.failure, &analysis->arena.failure, sizeof analysis->arena.failure);
        struct points_to closure;
        struct modification modification;
        clock_t begun = clock();
        if (modify_reaches_more(&analysis->points_to, &analysis->effects, transaction->function, MAX_CLOSURE_FRAMES) ||
            !points_to_solve_closure(&analysis->points_to, &analysis->closure_arena, transaction->function, &closure)) {
            arena_reset(&analysis->closure_arena);
            closure = analysis->points_to;
        }
        clock_t solved = clock();
        modify_collect(&closure, &analysis->closure_arena, &analysis->states, &analysis->effects, NULL, transaction->function, &modification);
        if (analysis->request->statistics) {
            fprintf(stderr,
                    "%s: solved in %.2f CPU s, %u nodes, %.0f MB; collected in %.2f CPU s, %u frames, %u states; kept: %u effects, %u touches, "
                    "%.0f MB\n",
                    transaction->name, seconds(begun, solved), closure.global ? closure.nodes.count : 0, (double)analysis->closure_arena.total / 1e6,
                    seconds(solved, clock()), modification.reached.count, modification.states.count, analysis->effects.items.count,
                    analysis->states.touched.count, (double)analysis->arena.total / 1e6);
        }
        struct points_to const *whole = analysis->output.points_to;
        analysis->output.points_to = &closure;
        analysis->output.scratch = &analysis->closure_arena;
        error = output_transaction(&analysis->output, transaction, &modification);
        analysis->output.points_to = whole;
        if (!error && analysis->narrowing.sites) {
            struct modification narrowed;
            modify_collect(&closure, &analysis->closure_arena, &analysis->states, &analysis->effects, &analysis->narrowing, transaction->function,
                           &narrowed);
            error = narrowing_mark(&analysis->output, transaction, &modification, &narrowed, &analysis->closure_arena);
        }
        entries_note_causes(transactions, whole, &analysis->closure_arena, i, &modification);
        arena_reset(&analysis->closure_arena);
        progress_step(analysis->progress, i + 1);
    }
    progress_destroy(analysis->progress);
    analysis->progress = NULL;
    error = error ? error : kept_finish(&analysis->kept, analysis->store);
    error = error ? error : output_deferrals(&analysis->output);
    error = error ? error : output_groups(&analysis->output);
    return error ? error : output_causes(&analysis->output);
}

static int compare_strings(const void *one, const void *other) {
    return strcmp(*(const char *const *)one, *(const char *const *)other);
}

/* The part of the source that was asked for: sorted paths below the root, one a line; "" = all. */
static struct error *write_scope(struct analysis *analysis) {
    const struct analyze_request *request = analysis->request;
    const char **paths = arena_allocate(&analysis->arena, (request->path_count + 1) * sizeof *paths);
    size_t root = strlen(analysis->program.source_root);
    struct text scope __attribute__((cleanup(text_deinit))) = {0};
    for (size_t i = 0; i < request->path_count; i++) {
        char *real SCOPE_FREE = realpath(request->paths[i], NULL);
        const char *path = real ? real : request->paths[i];
        bool below = root && strncmp(path, analysis->program.source_root, root) == 0 && (path[root] == '/' || !path[root]);
        paths[i] = arena_format(&analysis->arena, "%s", !below ? path : path[root] ? path + root + 1 : ".");
    }
    qsort(paths, request->path_count, sizeof *paths, compare_strings);
    for (size_t i = 0; i < request->path_count; i++) {
        text_append_format(&scope, "%s%s", i ? "\n" : "", paths[i]);
    }
    return scope.failed ? error_out_of_memory() : store_meta_set(analysis->store, "scope", text_string(&scope));
}

/* Which build of which source this is: the gate compares like with like. */
static struct error *write_build(struct analysis *analysis) {
    const struct facts_result *facts = analysis->facts;
    struct error *error = store_meta_set(analysis->store, "options", facts->options ? facts->options : "");
    if (!error && facts->kconfig) {
        error = store_meta_set(analysis->store, "kconfig", arena_format(&analysis->arena, "%016llx", (unsigned long long)facts->kconfig));
    }
    if (!error && analysis->request->revision) {
        error = store_meta_set(analysis->store, "revision", analysis->request->revision);
    }
    return error ? error : write_scope(analysis);
}

static struct error *write_meta(struct analysis *analysis) {
    struct error *error = store_meta_set(analysis->store, "complete", analysis->summary->units_failed ? "0" : "1");
    if (!error) {
        error = store_meta_set(analysis->store, "source_root", analysis->program.source_root);
    }
    if (!error && analysis->request->manifest) {
        error = store_meta_set(analysis->store, "manifest", analysis->request->manifest);
    }
    if (!error) {
        error = store_meta_set(analysis->store, "world", analysis->open_world ? "open" : "closed");
    }
    return error ? error : write_build(analysis);
}

static struct error *count_into(struct store *store, const char *sql, size_t *out_count) {
    int64_t value = 0;
    struct error *error = store_scalar(store, sql, &value);
    if (!error) {
        *out_count = (size_t)value;
    }
    return error;
}

static int compare_causes(const void *one, const void *other) {
    const struct output_cause *a = one;
    const struct output_cause *b = other;
    return a->places != b->places ? (a->places < b->places ? 1 : -1) : strcmp(a->cause, b->cause);
}

static void summarise_causes(struct output *output, struct analyze_summary *summary) {
    if (output->cause_counts.count) {
        qsort(output->cause_counts.items, output->cause_counts.count, sizeof *output->cause_counts.items, compare_causes);
    }
    for (uint32_t i = 0; i < output->cause_counts.count && i < sizeof summary->causes / sizeof *summary->causes; i++) {
        struct analyze_cause *cause = &summary->causes[summary->cause_count++];
        snprintf(cause->cause, sizeof cause->cause, "%s", output->cause_counts.items[i].cause);
        cause->places = output->cause_counts.items[i].places;
        cause->transactions = output->cause_counts.items[i].transactions;
    }
}

static int compare_sizes(const void *one, const void *other) {
    size_t a = *(const size_t *)one;
    size_t b = *(const size_t *)other;
    return (a > b) - (a < b);
}

/* The value that so many tenths of a list are below; the list is sorted in place. */
static size_t value_at(size_t *sizes, size_t count, size_t tenths) {
    if (count) {
        qsort(sizes, count, sizeof *sizes, compare_sizes);
    }
    size_t index = count * tenths / 10;
    return index < count ? sizes[index] : 0;
}

static void summarise_sizes(struct analysis *analysis) {
    const struct output *output = &analysis->output;
    struct analyze_summary *summary = analysis->summary;
    size_t count = output->sizes.count;
    size_t *states = arena_allocate(&analysis->arena, (count + 1) * sizeof *states);
    size_t *leaves = arena_allocate(&analysis->arena, (count + 1) * sizeof *leaves);
    for (size_t i = 0; i < count; i++) {
        states[i] = output->sizes.items[i].states;
        leaves[i] = output->sizes.items[i].leaves;
        summary->pairs += states[i];
        summary->leaf_pairs += leaves[i];
    }
    summary->pairs_by_unknown = output->by_unknown.states;
    summary->leaf_pairs_by_unknown = output->by_unknown.leaves;
    summary->median_states = value_at(states, count, 5);
    summary->ninetieth_states = value_at(states, count, 9);
    summary->median_leaves = value_at(leaves, count, 5);
    summary->ninetieth_leaves = value_at(leaves, count, 9);
}

static struct error *summarise(struct analysis *analysis) {
    struct analyze_summary *summary = analysis->summary;
    struct store *store = analysis->store;
    summary->functions = analysis->program.functions.count;
    summary->instances = analysis->frames.items.count;
    summary->objects = analysis->things.items.count;
    summary->transactions = analysis->transactions.items.count;
    summary->largest_sets = analysis->points_to.largest_set;
    summary->targets_mistyped = analysis->output.targets_mistyped;
    summary->pointers_cut = analysis->output.pointers_cut;
    snprintf(summary->first_cut, sizeof summary->first_cut, "%s", analysis->output.first_cut ? analysis->output.first_cut : "");
    const struct {
        const char *sql;
        size_t *count;
    } figures[] = {
        {"SELECT count(*) FROM state", &summary->states},
        {"SELECT count(*) FROM call_site WHERE indirect", &summary->call_sites},
        {"SELECT count(*) FROM call_target t JOIN call_site s ON s.id = t.call_site_id WHERE s.indirect", &summary->call_targets},
        {"SELECT count(*) FROM call_site WHERE indirect AND resolution = 'outside'", &summary->sites_outside},
        {"SELECT count(*) FROM call_site WHERE indirect AND resolution = 'none in scope'", &summary->sites_none},
    };
    struct error *error = NULL;
    for (size_t i = 0; !error && i < sizeof figures / sizeof *figures; i++) {
        error = count_into(store, figures[i].sql, figures[i].count);
    }
    if (!error && analysis->request->observed) {
        error = count_into(store, "SELECT count(*) FROM may_modify WHERE narrowed", &summary->narrowed);
    }
    summarise_sizes(analysis);
    summarise_causes(&analysis->output, summary);
    return error;
}

static struct error *analysis_perform(struct analysis *analysis) {
    double start = now();
    struct error *error = store_open(analysis->request->database, STORE_CREATE, &analysis->store);
    if (!error) { /* rows that stay refer to rows that are written anew with the same ids */
        error = store_execute(analysis->store, "PRAGMA foreign_keys = OFF");
    }
    if (!error) {
        error = store_begin(analysis->store);
    }
    if (!error) {
        error = output_clear(analysis->store, &analysis->arena, !analysis->request->observed, &analysis->kept);
    }
    if (!error) {
        error = read_models(analysis);
    }
    if (!error) {
        error = read_manifest(analysis);
    }
    if (!error) {
        error = read_facts(analysis);
    }
    double facts_done = now();
    if (!error) {
        error = solve(analysis);
    }
    double solved = now();
    if (!error) {
        output_init(analysis->store, &analysis->program, &analysis->transactions, &analysis->states, &analysis->points_to, &analysis->kept,
                    &analysis->output);
        error = write_units(analysis);
    }
    if (!error) {
        error = write_transactions(analysis);
    }
    if (!error) {
        error = output_calls(&analysis->output);
    }
    if (!error) {
        error = narrowing_keep(&analysis->narrowing, analysis->store);
    }
    if (!error) {
        error = output_edges(&analysis->output);
    }
    if (!error) {
        clock_t begun = clock();
        error = output_readers(&analysis->output);
        if (analysis->request->statistics) {
            fprintf(stderr, "readers: found in %.2f CPU s\n", seconds(begun, clock()));
        }
    }
    if (!error) {
        error = output_allocations(&analysis->output);
    }
    if (!error) {
        error = output_pointees(&analysis->output);
    }
    if (!error) {
        error = write_meta(analysis);
    }
    if (!error) {
        error = store_commit(analysis->store);
    }
    if (!error) {
        error = summarise(analysis);
    }
    analysis->summary->facts_seconds = facts_done - start;
    analysis->summary->solve_seconds = solved - facts_done;
    analysis->summary->store_seconds = now() - solved;
    return error;
}

static void analysis_destroy(struct analysis *analysis) {
    progress_destroy(analysis->progress);
    for (size_t i = 0; i < analysis->unit_count; i++) {
        facts_destroy(analysis->units[i]);
    }
    facts_result_destroy(analysis->facts);
    store_close(analysis->store);
    arena_deinit(&analysis->closure_arena);
    arena_deinit(&analysis->arena);
    free(analysis);
}

struct error *analyze_run(const struct analyze_request *request, struct analyze_summary *out_summary) {
    struct analysis *volatile analysis = calloc(1, sizeof *analysis);
    if (!analysis) {
        return error_out_of_memory();
    }
    *out_summary = (struct analyze_summary){0};
    analysis->request = request;
    analysis->summary = out_summary;
    analysis->models.arena = &analysis->arena;
    bool is_new = access(request->database, F_OK) != 0;
    struct error *volatile error = NULL;
    if (setjmp(analysis->arena.failure)) {
        error = error_out_of_memory();
    } else {
        error = analysis_perform(analysis);
    }
    bool opened = analysis->store != NULL;
    analysis_destroy(analysis);
    if (error && is_new && opened) {
        unlink(request->database); /* the empty one that this has made */
    }
    return error;
}
