#include "spillscope/facts_driver.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "build_options.h"
#include "compile_database.h"
#include "source_index.h"
#include "spillscope/facts.h"
#include "spillscope/facts_cache.h"
#include "spillscope/progress.h"
#include "worker.h"

/* One facts_collect at work. */
struct collection {
    const struct facts_request *request;
    struct compile_database *database;
    struct source_index *sources;
    char *cache;   /* directory */
    char *program; /* spillscope-facts */
    uint64_t program_digest;
    struct facts_result *result;
    struct progress *progress;
};

void facts_result_destroy(struct facts_result *result) {
    if (!result) {
        return;
    }
    for (size_t i = 0; i < result->count; i++) {
        free((char *)result->units[i].path);
        free((char *)result->units[i].facts_path);
        free((char *)result->units[i].message);
    }
    free(result->units);
    free(result->options);
    free(result->first_other);
    free(result);
}

static void collection_deinit(struct collection *collection) {
    compile_database_destroy(collection->database);
    source_index_destroy(collection->sources);
    free(collection->cache);
    free(collection->program);
    facts_result_destroy(collection->result);
    progress_destroy(collection->progress);
}

/* ------------------------------------------------------------------------------------------------- which program */

static struct error *find_program(char **out_program) {
    const char *chosen = getenv("SPILLSCOPE_FACTS");
    if (chosen && chosen[0]) {
        if (access(chosen, X_OK) != 0) {
            return error_create_errno("SPILLSCOPE_FACTS=%s", chosen);
        }
        *out_program = strdup(chosen);
        return *out_program ? NULL : error_out_of_memory();
    }
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length <= 0) {
        return error_create_errno("/proc/self/exe");
    }
    self[length] = '\0';
    static const char *const places[] = {"../spillscope-facts", "../../lib/spillscope/spillscope-facts", "../../bin/spillscope-facts"};
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char *candidate = path_normalise(self, places[i]);
        if (!candidate) {
            return error_out_of_memory();
        }
        if (access(candidate, X_OK) == 0) {
            *out_program = candidate;
            return NULL;
        }
        free(candidate);
    }
    return error_create(ERROR_IO, "spillscope-facts is neither beside %s nor in ../lib/spillscope (SPILLSCOPE_FACTS names another place)", self);
}

/* ------------------------------------------------------------------------------------------------------- the cache */

static struct error *make_directories(const char *path) {
    char *copy SCOPE_FREE = strdup(path);
    if (!copy) {
        return error_out_of_memory();
    }
    for (char *at = copy + 1;; at++) {
        if (*at != '/' && *at != '\0') {
            continue;
        }
        char end = *at;
        *at = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) {
            return error_create_errno("%s", copy);
        }
        if (!end) {
            return NULL;
        }
        *at = end;
    }
}

static struct error *open_cache(struct collection *collection) {
    char *here SCOPE_FREE = get_current_dir_name();
    const char *wanted = collection->request->cache_directory;
    if (!here) {
        return error_create_errno("current directory");
    }
    collection->cache = wanted ? path_normalise(here, wanted) : path_normalise(collection->database->directory, ".spillscope/facts");
    if (!collection->cache) {
        return error_out_of_memory();
    }
    struct error *error = collection->request->dry ? NULL : make_directories(collection->cache);
    char *index SCOPE_FREE = path_normalise(collection->cache, "index");
    if (!error && !index) {
        error = error_out_of_memory();
    }
    return error ? error : source_index_open(index, &collection->sources);
}

/* Do these facts still say what their sources say? */
static bool facts_hold(struct collection *collection, const char *facts_path, const char *main_file, uint64_t *out_digest) {
    int descriptor SCOPE_CLOSE = open(facts_path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (descriptor < 0 || fstat(descriptor, &status) != 0 || status.st_size <= 0) {
        return false;
    }
    size_t size = (size_t)status.st_size;
    void *bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (bytes == MAP_FAILED) {
        return false;
    }
    struct facts_unit *unit = NULL;
    struct error *error = facts_read_sources(bytes, size, &unit);
    bool holds = !error && strcmp(unit->main_file, main_file) == 0;
    error_destroy(error);
    for (size_t i = 0; holds && i < unit->file_count; i++) {
        holds = source_index_holds(collection->sources, unit->files[i].path, unit->files[i].digest);
    }
    if (holds) {
        *out_digest = facts_digest_bytes(bytes, size, 0);
    }
    facts_destroy(unit);
    munmap(bytes, size);
    return holds;
}

/* ------------------------------------------------------------------------------------------------- which units */

/* An absolute path that the user named: as written, and with its links resolved. */
struct filter {
    const char *given;
    char *lexical;
    char *real;
    bool matched;
};

static bool is_below(const char *path, const char *prefix) {
    size_t length = strlen(prefix);
    return strncmp(path, prefix, length) == 0 && (path[length] == '\0' || path[length] == '/' || (length == 1 && prefix[0] == '/'));
}

static bool filters_match(struct filter *filters, size_t count, const char *path) {
    bool matched = count == 0;
    char *real SCOPE_FREE = NULL;
    for (size_t i = 0; i < count; i++) {
        bool hit = is_below(path, filters[i].lexical) || is_below(path, filters[i].real);
        if (!hit) {
            real = real ? real : realpath(path, NULL);
            hit = real && is_below(real, filters[i].real);
        }
        filters[i].matched = filters[i].matched || hit;
        matched = matched || hit;
    }
    return matched;
}

static struct error *filters_fill(const struct facts_request *request, struct filter *filters) {
    char *here SCOPE_FREE = get_current_dir_name();
    if (!here) {
        return error_create_errno("current directory");
    }
    for (size_t i = 0; i < request->path_count; i++) {
        filters[i].given = request->paths[i];
        filters[i].lexical = path_normalise(here, request->paths[i]);
        if (!filters[i].lexical) {
            return error_out_of_memory();
        }
        filters[i].real = realpath(filters[i].lexical, NULL);
        if (!filters[i].real) {
            return errno == ENOENT ? error_create(ERROR_USAGE, "%s: no such file or directory", request->paths[i])
                                   : error_create_errno("%s", request->paths[i]);
        }
    }
    return NULL;
}

static struct error *add_unit(struct collection *collection, const struct compile_entry *entry) {
    uint64_t key = entry->digest ^ collection->program_digest;
    key = facts_digest_bytes(&key, sizeof(key), FACTS_FORMAT_VERSION);
    struct facts_result_unit unit = {.index = entry->index};
    char *facts_path = NULL;
    if (asprintf(&facts_path, "%s/%016" PRIx64 ".facts", collection->cache, key) < 0) {
        return error_out_of_memory();
    }
    unit.path = strdup(entry->path);
    unit.facts_path = facts_path;
    if (!unit.path) {
        free(facts_path);
        return error_out_of_memory();
    }
    collection->result->units[collection->result->count++] = unit;
    return NULL;
}

/* Kconfig leaves what was chosen in a header. */
static struct error *digest_kconfig(const char *directory, uint64_t *out_digest) {
    char *folder SCOPE_FREE = strdup(directory);
    if (!folder) {
        return error_out_of_memory();
    }
    for (;;) {
        char *header SCOPE_FREE = path_normalise(folder, "include/generated/autoconf.h");
        if (!header) {
            return error_out_of_memory();
        }
        if (access(header, R_OK) == 0) {
            return facts_digest_file(header, out_digest);
        }
        char *slash = strrchr(folder, '/');
        if (!slash || !folder[0] || !folder[1]) {
            return NULL;
        }
        slash[slash == folder] = '\0';
    }
}

/* What the build chose for all units. */
static struct error *note_build(const struct compile_entry *entry, struct facts_result *result) {
    struct error *error = result->count == 1 ? digest_kconfig(entry->directory, &result->kconfig) : NULL;
    return error ? error : build_options_intersect(&result->options, entry->options);
}

static struct error *pick_units(struct collection *collection) {
    const struct facts_request *request = collection->request;
    const struct compile_database *database = collection->database;
    struct filter *filters SCOPE_FREE = calloc(request->path_count + 1, sizeof(*filters));
    collection->result = calloc(1, sizeof(*collection->result));
    if (!filters || !collection->result || !(collection->result->units = calloc(database->count, sizeof(*collection->result->units)))) {
        return error_out_of_memory();
    }
    struct error *error = filters_fill(request, filters);
    for (size_t i = 0; !error && i < database->count; i++) {
        if (filters_match(filters, request->path_count, database->entries[i].path)) {
            error = add_unit(collection, &database->entries[i]);
            error = error ? error : note_build(&database->entries[i], collection->result);
        }
    }
    for (size_t i = 0; i < request->path_count; i++) {
        if (!error && !filters[i].matched) {
            error = error_create(ERROR_USAGE, "%s: no C file that %s compiles is there", filters[i].given, database->file);
        }
    }
    for (size_t i = 0; !error && i < database->other_count; i++) {
        if (filters_match(filters, request->path_count, database->others[i]) && collection->result->other_count++ == 0) {
            collection->result->first_other = strdup(database->others[i]);
            error = collection->result->first_other ? NULL : error_out_of_memory();
        }
    }
    for (size_t i = 0; i < request->path_count; i++) {
        free(filters[i].lexical);
        free(filters[i].real);
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------------- the work */

static void advance(void *context, size_t done) {
    struct collection *collection = context;
    progress_step(collection->progress, collection->result->reused_count + done);
}

static struct error *digest_facts(struct facts_result_unit *unit) {
    return facts_digest_file(unit->facts_path, &unit->digest);
}

/* Takes over what a job left. */
static struct error *settle_unit(struct facts_result *result, struct facts_result_unit *unit, struct worker_job *job) {
    struct error *error = NULL;
    if (!job->message) {
        error = digest_facts(unit);
        if (!error) {
            return NULL;
        }
        job->message = strdup(error_message(error));
        error_destroy(error);
        if (!job->message) {
            return error_out_of_memory();
        }
    }
    unlink(unit->facts_path);
    unit->failed = true;
    unit->message = job->message;
    job->message = NULL;
    free((char *)unit->facts_path);
    unit->facts_path = NULL;
    result->failed_count++;
    return NULL;
}

static struct error *make_facts(struct collection *collection) {
    struct facts_result *result = collection->result;
    struct worker_job *jobs SCOPE_FREE = calloc(result->count + 1, sizeof(*jobs));
    size_t *units SCOPE_FREE = calloc(result->count + 1, sizeof(*units));
    if (!jobs || !units) {
        return error_out_of_memory();
    }
    size_t count = 0;
    for (size_t i = 0; i < result->count; i++) {
        if (!result->units[i].reused) {
            units[count] = i;
            jobs[count++] = (struct worker_job){.entry = result->units[i].index, .output = result->units[i].facts_path};
        }
    }
    if (count == 0) {
        return NULL;
    }
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    int processes = collection->request->jobs > 0 ? collection->request->jobs : (int)(cpus > 0 ? cpus : 1);
    struct worker_plan plan = {
        .program = collection->program,
        .compile_commands = collection->database->file,
        .scratch = collection->cache,
        .processes = (size_t)processes < count ? processes : (int)count,
        .timeout_seconds = collection->request->timeout_seconds ? collection->request->timeout_seconds : 300,
        .advance = advance,
        .context = collection,
    };
    struct error *error = worker_run(&plan, jobs, count);
    for (size_t i = 0; i < count; i++) {
        if (!error) {
            error = settle_unit(result, &result->units[units[i]], &jobs[i]);
        }
        free(jobs[i].message);
    }
    return error;
}

/* Everything up to what must be parsed: the units, and which of them the cache still holds. */
static struct error *collection_plan(struct collection *collection) {
    const struct facts_request *request = collection->request;
    struct error *error = compile_database_read(request->compile_commands, &collection->database);
    if (!error) {
        error = find_program(&collection->program);
    }
    if (!error) {
        error = facts_digest_file(collection->program, &collection->program_digest);
    }
    if (!error) {
        error = open_cache(collection);
    }
    if (!error) {
        error = pick_units(collection);
    }
    if (error) {
        return error;
    }
    struct facts_result *result = collection->result;
    collection->progress = request->progress ? progress_create("parsing units", result->count) : NULL;
    for (size_t i = 0; i < result->count; i++) {
        struct facts_result_unit *unit = &result->units[i];
        unit->reused = facts_hold(collection, unit->facts_path, unit->path, &unit->digest);
        if (unit->reused && !request->dry) {
            facts_cache_use(unit->facts_path);
        }
        result->reused_count += unit->reused;
    }
    progress_step(collection->progress, result->reused_count);
    return NULL;
}

static struct error *collect(struct collection *collection) {
    time_t begun = time(NULL);
    struct error *error = collection_plan(collection);
    if (!error) {
        error = make_facts(collection);
    }
    if (!error) {
        error = source_index_save(collection->sources);
    }
    if (!error) {
        /* A cache that cannot be pruned is no reason to fail. */
        struct facts_cache_usage usage;
        uint64_t limit = collection->request->cache_limit ? collection->request->cache_limit : FACTS_CACHE_LIMIT;
        error_destroy(facts_cache_prune(collection->cache, limit, begun - 1, false, &usage));
    }
    return error;
}

struct error *facts_collect(const struct facts_request *request, struct facts_result **out_result) {
    struct collection collection = {.request = request};
    struct error *error = collect(&collection);
    if (!error) {
        *out_result = collection.result;
        collection.result = NULL;
    }
    collection_deinit(&collection);
    return error;
}

struct error *facts_plan_create(const struct facts_request *request, struct facts_plan *out_plan) {
    struct collection collection = {.request = request};
    struct error *error = collection_plan(&collection);
    if (!error) {
        *out_plan = (struct facts_plan){collection.program, collection.database->file, collection.result};
        collection.program = collection.database->file = NULL;
        collection.result = NULL;
    }
    collection_deinit(&collection);
    return error;
}

void facts_plan_deinit(struct facts_plan *plan) {
    free(plan->program);
    free(plan->compile_commands);
    facts_result_destroy(plan->result);
}
