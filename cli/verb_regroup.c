#include <stdio.h>

#include <unistd.h>

#include "scratch.h"
#include "spillscope/regroup.h"
#include "verb.h"

static struct error *regroup_perform(const struct arguments *arguments) {
    const char *database = arguments_option(arguments, "db");
    const char *manifest = arguments_option(arguments, "manifest");
    const char *output = arguments_option(arguments, "output");
    bool dry = arguments_flag(arguments, "dry-run");
    struct scratch scratch __attribute__((cleanup(scratch_remove))) = {0};
    struct regroup_summary summary = {0};
    if (!database || !manifest) {
        return error_create(ERROR_USAGE, "--db FILE and --manifest FILE are needed");
    }
    if (dry && output && access(output, F_OK) == 0) {
        return error_create(ERROR_USAGE, "%s exists already: regroup -o makes a new database", output);
    }
    struct error *error = dry ? scratch_create(&scratch) : NULL;
    if (!error) {
        error = store_regroup(database, manifest, dry ? scratch.database : output, &summary);
    }
    if (error) {
        return error;
    }
    printf("%s: %s%lld entities, %lld transactions; %lld of the analysis are internal %s\n", output ? output : database, dry ? "would hold " : "",
           (long long)summary.entities, (long long)summary.transactions, (long long)summary.internal, dry ? "then" : "now");
    if (summary.entered) {
        printf("%lld transactions look internal and stay: a run saw them entered from no other transaction\n", (long long)summary.entered);
    }
    if (summary.ownerless) {
        printf("%lld changes have no known owner and count as primary\n", (long long)summary.ownerless);
    }
    if (summary.added) {
        return error_create(ERROR_INCOMPLETE, "%lld entries of the new entities have no whitelist: the analysis did not expand them; analyse with %s",
                            (long long)summary.added, manifest);
    }
    return NULL;
}

static int run(const struct arguments *arguments) {
    return verb_finish("regroup", regroup_perform(arguments));
}

static const struct verb_option options[] = {
    {"db", 0, "FILE", "the database"},
    {"manifest", 0, "FILE", "manifest whose [entity NAME] sections group the files; its other sections are only checked"},
    {"output", 'o', "NEW.db", "write a regrouped copy and leave the database alone"},
    VERB_DRY_RUN_OPTION("regroup a copy that is removed again, and say what came of it"),
    {NULL, 0, NULL, NULL},
};

const struct verb verb_regroup = {
    .name = "regroup",
    .summary = "group files into other entities, without a new analysis or run",
    .usage = "--db FILE --manifest FILE [-o NEW.db] [--dry-run]",
    .description =
        "Entities become what the manifest says. Calls that are inside an entity now are no transactions any more: they, and what runs saw\n"
        "of them, belong to the transaction around them. Owners of states, and primary and secondary spill, follow. Each regrouping\n"
        "starts from what the analysis found, so grouping back gives the first result. Entries that only the new entities have lack a\n"
        "whitelist: they are named, and the result is incomplete (exit 3).",
    .example = "  spillscope regroup --db kernel.db --manifest subsystems.manifest -o subsystems.db\n"
               "  spillscope spills --static --db subsystems.db",
    .options = options,
    .run = run,
};
