#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "spillscope/merge.h"
#include "verb.h"

/* The same file twice would count every run of it twice. */
static struct error *check_distinct(const struct arguments *arguments, size_t count) {
    for (size_t one = 1; one < count; one++) {
        struct stat status;
        if (stat(arguments_at(arguments, one), &status) != 0) {
            return error_create_errno("cannot open database %s", arguments_at(arguments, one));
        }
        for (size_t other = 1; other < one; other++) {
            struct stat earlier;
            if (stat(arguments_at(arguments, other), &earlier) == 0 && earlier.st_ino == status.st_ino && earlier.st_dev == status.st_dev) {
                return error_create(ERROR_USAGE, "%s and %s are the same file", arguments_at(arguments, other), arguments_at(arguments, one));
            }
        }
    }
    return NULL;
}

static struct error *merge_perform(const struct arguments *arguments) {
    size_t count = arguments_count(arguments);
    const char *output = arguments_at(arguments, 0);
    bool dry = arguments_flag(arguments, "dry-run");
    struct scratch scratch __attribute__((cleanup(scratch_remove))) = {0};
    struct merge_summary summary = {0};
    if (count < 3) {
        return error_create(ERROR_USAGE, "OUT.db and at least two databases to join are needed");
    }
    const char **inputs SCOPE_FREE = calloc(count, sizeof *inputs);
    if (!inputs) {
        return error_out_of_memory();
    }
    for (size_t index = 1; index < count; index++) {
        inputs[index - 1] = arguments_at(arguments, index);
    }
    struct error *error = check_distinct(arguments, count);
    if (!error && dry && access(output, F_OK) == 0) {
        error = error_create(ERROR_USAGE, "%s exists already: merge makes a new database", output);
    }
    if (!error && dry) {
        error = scratch_create(&scratch);
    }
    if (!error) {
        error = store_merge(dry ? scratch.database : output, inputs, count - 1, &summary);
    }
    if (!error) {
        printf("%s: %zu databases %s: %lld runs, %lld observations, %lld changes\n", output, count - 1, dry ? "would be joined" : "joined",
               (long long)summary.runs, (long long)summary.observations, (long long)summary.changes);
    }
    return error;
}

static int run(const struct arguments *arguments) {
    return verb_finish("merge", merge_perform(arguments));
}

static const struct verb_option options[] = {
    VERB_DRY_RUN_OPTION("join them in a place that is removed again, and say what OUT.db would hold"),
    {NULL, 0, NULL, NULL},
};

const struct verb verb_merge = {
    .name = "merge",
    .summary = "join databases of one analysis that were probed apart",
    .usage = "OUT.db IN.db IN.db... [--dry-run]",
    .description =
        "Copies an analysis and the runs of several probes of it, which other machines may have made, into a new database. All must hold the\n"
        "same analysis: the first difference is named, and nothing is written. Runs keep the order of the command line and get new\n"
        "numbers; states that only a probe or the oracle met are joined by their keys.",
    .example = "  cp kernel.db shard1.db; cp kernel.db shard2.db     # probe each on a machine of its own, then\n"
               "  spillscope merge all.db shard1.db shard2.db",
    .options = options,
    .words = VERB_ANY_WORDS,
    .run = run,
};
