#ifndef SPILLSCOPE_FACTS_DRIVER_H
#define SPILLSCOPE_FACTS_DRIVER_H
/*
 * From a compile database to facts files: picks the units, reuses facts that still hold, and runs `spillscope-facts` workers for the
 * others. A unit's facts depend on nothing but its command and the files it read, so the cache is keyed by the command and checked
 * against the digests of those files.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"

/* What to collect. All strings are borrowed for the call. */
struct facts_request {
    const char *compile_commands; /* the file, or a directory that holds compile_commands.json */
    char *const *paths;           /* files and directories that narrow the units; none = all C units */
    size_t path_count;
    const char *cache_directory; /* NULL: .spillscope/facts beside the compile database; made when absent */
    uint64_t cache_limit;        /* bytes that the cache is pruned to after the work; 0 = FACTS_CACHE_LIMIT */
    int jobs;                    /* worker processes; 0 = one for each CPU */
    unsigned timeout_seconds;    /* for one unit; 0 = 300 */
    bool progress;               /* show a progress line on stderr */
    bool dry;                    /* for facts_plan_create: write nothing, not even the cache's directory */
};

/* One unit of the result. */
struct facts_result_unit {
    const char *path;       /* main source file, absolute and normalised */
    const char *facts_path; /* its facts file; NULL when it failed */
    const char *message;    /* failed: the first error, "file:line:col: text"; else NULL */
    uint64_t digest;        /* of the facts file's content, 0 when it failed: equal digest = equal facts */
    size_t index;           /* of the entry in the compile database */
    bool failed;
    bool reused; /* from the cache */
};

/* Units ordered by path, then by entry; owns all strings. */
struct facts_result {
    struct facts_result_unit *units;
    size_t count;
    size_t failed_count;
    size_t reused_count;
    size_t other_count; /* entries among the PATHs that are not C (assembly, C++): nothing is made of them ... */
    char *first_other;  /* ... the first one's file; NULL without one */
    char *options;      /* what of their commands chooses code and is common to all units: sorted, one a line */
    uint64_t kconfig;   /* digest of include/generated/autoconf.h where the first unit is compiled or above it; 0 = there is none */
};

/*
 * ERROR_USAGE: no compile database there, a PATH that does not exist or that no unit matches, no C unit at all. ERROR_FORMAT: a malformed
 * database, with line and column. ERROR_IO: cache or workers cannot be used. A unit that fails is no error: it is named in the result.
 */
struct error *facts_collect(const struct facts_request *request, struct facts_result **out_result);
void facts_result_destroy(struct facts_result *result); /* NULL is fine */
SCOPE_DEFINE(facts_result, struct facts_result *, facts_result_destroy)

/* What facts_collect would do: for each unit that is not `reused`, PROGRAM --compile-commands FILE --index INDEX -o FACTS_PATH. Owns everything. */
struct facts_plan {
    char *program;          /* spillscope-facts, absolute */
    char *compile_commands; /* the file, absolute */
    struct facts_result *result;
};

/* Errors as facts_collect. */
struct error *facts_plan_create(const struct facts_request *request, struct facts_plan *out_plan);
void facts_plan_deinit(struct facts_plan *plan);

enum facts_engine {
    FACTS_NINJA,   /* a build file: one edge a unit, and one that analyses when all are there */
    FACTS_COMMANDS /* one shell command a line for the units that the cache does not hold, for GNU parallel, xargs, job arrays */
};

/* Writes the plan for an engine. `analyze` is the shell command that comes last, `database` the file that it makes (both for FACTS_NINJA). */
struct error *facts_plan_write(const struct facts_plan *plan, enum facts_engine engine, const char *analyze, const char *database, FILE *out);

#endif
