#include <stdio.h>
#include "spillscope/analyze.h"
#include "spillscope/text.h"
#include "verb.h"

static double share(size_t part, size_t whole) {
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

static void summary_print(const struct analyze_summary *summary) {
    printf("units         %zu ok, %zu failed\n", summary->units - summary->units_failed, summary->units_failed);
    printf("program       %zu functions, %zu frames after cloning, %zu objects, largest points-to set %zu\n", summary->functions, summary->instances,
           summary->objects, summary->largest_sets);
    printf("transactions  %zu\n", summary->transactions);
    printf("whitelist     %zu pairs over %zu states; by unknown %zu (%.1f%%)\n", summary->pairs, summary->states, summary->pairs_by_unknown,
           share(summary->pairs_by_unknown, summary->pairs));
    printf("expanded      %zu leaf pairs, wildcards counted as all that they cover; by unknown %zu (%.1f%%)\n", summary->leaf_pairs,
           summary->leaf_pairs_by_unknown, share(summary->leaf_pairs_by_unknown, summary->leaf_pairs));
    printf("sizes         median %zu states, 90th percentile %zu; wildcards expanded %zu, %zu\n", summary->median_states, summary->ninetieth_states,
           summary->median_leaves, summary->ninetieth_leaves);
    size_t resolved = summary->call_sites - summary->sites_outside - summary->sites_none;
    printf("indirect      %zu call sites, %.1f targets a resolved one; outside %zu, none in scope %zu\n", summary->call_sites,
           resolved ? (double)summary->call_targets / (double)resolved : 0.0, summary->sites_outside, summary->sites_none);
    for (size_t i = 0; i < summary->cause_count; i++) {
        printf("unknown       %-16s %zu places in %zu transactions\n", summary->causes[i].cause, summary->causes[i].places,
               summary->causes[i].transactions);
    }
    printf("time          facts %.2f s, solve %.2f s, store %.2f s\n", summary->facts_seconds, summary->solve_seconds, summary->store_seconds);
}

static int analyze_verb(const struct arguments *arguments) {
    const char *paths[256];
    size_t count = arguments_count(arguments);
    struct analyze_request request = {
        .compile_commands = arguments_option(arguments, "compile-commands"),
        .manifest = arguments_option(arguments, "manifest"),
        .database = arguments_option(arguments, "db"),
        .models = arguments_option(arguments, "models"),
        .cache_directory = arguments_option(arguments, "cache"),
        .path_count = count,
    };
    long jobs = 0;
    struct error *error = arguments_number(arguments, "jobs", 0, 1024, 0, &jobs);
    if (!error && !request.compile_commands) {
        error = error_create(ERROR_USAGE, "-p BUILD_DIR_OR_JSON is needed");
    }
    if (!error && count > sizeof paths / sizeof *paths) {
        error = error_create(ERROR_USAGE, "at most %zu PATHs", sizeof paths / sizeof *paths);
    }
    if (error) {
        return verb_finish("analyze", error);
    }
    for (size_t i = 0; i < count; i++) {
        paths[i] = arguments_at(arguments, i);
    }
    request.paths = (char *const *)paths;
    request.jobs = (int)jobs;
    if (!request.database) {
        request.database = "spillscope.db";
    }
    struct analyze_summary summary;
    error = analyze_run(&request, &summary);
    if (!error) {
        summary_print(&summary);
        if (summary.units_failed) {
            error = error_create(ERROR_INCOMPLETE, "incomplete: %zu of %zu units failed; first %s", summary.units_failed, summary.units,
                                 summary.first_failure);
        }
    }
    return verb_finish("analyze", error);
}

static const struct verb_option analyze_options[] = {
    {"compile-commands", 'p', "BUILD", "build directory, or compile_commands.json in it"},
    {"manifest", 0, "FILE", "entities, transactions, allocators and declared states"},
    {"db", 0, "FILE", "database to write; default spillscope.db"},
    {"jobs", 'j', "N", "worker processes; default one a processor"},
    {"models", 0, "DIR", "models of external functions instead of the installed ones"},
    {"cache", 0, "DIR", "where facts are kept; default .spillscope/facts beside the compile database"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_analyze = {
    .name = "analyze",
    .summary = "find which states each transaction may modify",
    .usage = "-p BUILD_DIR_OR_JSON [--manifest FILE] [--db FILE] [-j N] [PATH...]",
    .description = "Turns every C unit of a compile database into facts, links them, and writes for each transaction the states that it may\n"
                   "modify, with a witness for each, into a database. PATHs narrow the units to a subsystem; the rest is outside.\n"
                   "Without a manifest each source file is an entity and each function of external linkage a transaction.",
    .example = "spillscope analyze -p build --manifest kernel.manifest --db kernel.db\nspillscope analyze -p linux --db ipc.db linux/ipc",
    .options = analyze_options,
    .run = analyze_verb,
};
