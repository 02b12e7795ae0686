#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "spillscope/escape.h"
#include "spillscope/facts_driver.h"
#include "spillscope/text.h"
#include "analyze_options.h"
#include "terminal.h"
#include "verb.h"

static double share(size_t part, size_t whole) {
    return whole ? 100.0 * (double)part / (double)whole : 0.0;
}

static void summary_print(const struct analyze_summary *summary, bool observed) {
    printf("units         %zu ok, %zu failed\n", summary->units - summary->units_failed, summary->units_failed);
    if (summary->left_out) {
        struct text first __attribute__((cleanup(text_deinit))) = {0};
        escape_terminal(&first, summary->first_left_out);
        printf("left out      %zu not of C (assembly, C++), first %s: what they define is outside\n", summary->left_out, text_string(&first));
    }
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
    if (summary->targets_mistyped) {
        printf("typed         %zu targets are left out of these, being of another type than the call: the manifest has calls = typed\n",
               summary->targets_mistyped);
    }
    if (summary->pointers_cut) {
        struct text first __attribute__((cleanup(text_deinit))) = {0};
        escape_terminal(&first, summary->first_cut);
        printf("pointers      %zu lead to more places than are listed, first %s: the probe does not walk the others\n", summary->pointers_cut,
               text_string(&first));
    }
    if (observed) {
        printf("narrowed      %zu pairs rest on targets that were never observed, at sites that were; %zu observations are of other source\n",
               summary->narrowed, summary->observed_lost);
    }
    for (size_t i = 0; i < summary->cause_count; i++) {
        printf("unknown       %-16s %zu places in %zu transactions\n", summary->causes[i].cause, summary->causes[i].places,
               summary->causes[i].transactions);
    }
    printf("time          facts %.2f s, solve %.2f s, store %.2f s\n", summary->facts_seconds, summary->solve_seconds, summary->store_seconds);
}

/* The same analysis as a shell command that runs anywhere on this machine. */
static struct error *analyze_command(const struct arguments *arguments, const char *database, struct text *out) {
    char *program SCOPE_FREE = realpath("/proc/self/exe", NULL);
    char *here SCOPE_FREE = get_current_dir_name();
    if (!program || !here) {
        return error_create_errno("the running program and its directory");
    }
    text_append(out, "cd ");
    text_append_shell_word(out, here);
    text_append(out, " && ");
    text_append_shell_word(out, program);
    text_append(out, " analyze --db ");
    text_append_shell_word(out, database);
    static const char *const passed[] = {"compile-commands", "manifest", "models", "cache", "jobs", "revision", "observed", "set-limit"};
    for (size_t i = 0; i < sizeof passed / sizeof *passed; i++) {
        const char *value = arguments_option(arguments, passed[i]);
        if (value) {
            text_append_format(out, " --%s ", passed[i]);
            text_append_shell_word(out, value);
        }
    }
    for (size_t i = 0; i < arguments_count(arguments); i++) {
        text_append_char(out, ' ');
        text_append_shell_word(out, arguments_at(arguments, i));
    }
    return NULL;
}

/* --dry-run: which units would be parsed, and which are known. */
static struct error *analyze_announce(const struct analyze_request *request) {
    struct facts_request facts = {.compile_commands = request->compile_commands,
                                  .paths = request->paths,
                                  .path_count = request->path_count,
                                  .cache_directory = request->cache_directory,
                                  .dry = true};
    struct facts_plan plan = {0};
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    struct error *error = facts_plan_create(&facts, &plan);
    for (size_t i = 0; !error && i < plan.result->count; i++) {
        text_append_format(&text, "%s  %s\n", plan.result->units[i].reused ? "known" : "parse", plan.result->units[i].path);
    }
    if (!error) {
        text_append_format(&text, "%zu units would be analysed into %s, %zu of them parsed\n", plan.result->count, request->database,
                           plan.result->count - plan.result->reused_count);
        error = terminal_print(&text, false);
    }
    facts_plan_deinit(&plan);
    return error;
}

/* --emit: the work as commands for an engine, instead of doing it. */
static struct error *analyze_emit(const struct arguments *arguments, const struct analyze_request *request, const char *engine) {
    bool ninja = strcmp(engine, "ninja") == 0;
    if (!ninja && strcmp(engine, "commands") != 0) {
        return error_create(ERROR_USAGE, "--emit takes ninja or commands, not %s", engine);
    }
    struct facts_request facts = {.compile_commands = request->compile_commands,
                                  .paths = request->paths,
                                  .path_count = request->path_count,
                                  .cache_directory = request->cache_directory};
    struct facts_plan plan = {0};
    struct text command = {0};
    struct error *error = facts_plan_create(&facts, &plan);
    if (!error) {
        error = analyze_command(arguments, request->database, &command);
    }
    if (!error) {
        error = facts_plan_write(&plan, ninja ? FACTS_NINJA : FACTS_COMMANDS, text_string(&command), request->database, stdout);
    }
    text_deinit(&command);
    facts_plan_deinit(&plan);
    return error;
}

static int analyze_verb(const struct arguments *arguments) {
    struct analyze_request request = {0};
    long limit = 0;
    struct error *error = analyze_options_read(arguments, &request);
    if (!error) {
        error = arguments_number(arguments, "set-limit", 1, INT32_MAX, 0, &limit);
    }
    if (error) {
        return verb_finish("analyze", error);
    }
    request.revision = arguments_option(arguments, "revision");
    request.observed = arguments_option(arguments, "observed");
    request.statistics = arguments_flag(arguments, "statistics");
    request.set_limit = (uint32_t)limit;
    request.database = arguments_database(arguments);
    if (arguments_flag(arguments, "dry-run")) {
        return verb_finish("analyze", analyze_announce(&request));
    }
    if (arguments_option(arguments, "emit")) {
        return verb_finish("analyze", analyze_emit(arguments, &request, arguments_option(arguments, "emit")));
    }
    struct analyze_summary summary;
    error = analyze_run(&request, &summary);
    if (!error) {
        summary_print(&summary, request.observed != NULL);
        if (!summary.transactions) {
            fputs(
                "spillscope analyze: no transaction was found, so nothing can be said of any; a manifest must name the entities and what is in them "
                "(docs/manifest.md)\n",
                stderr);
        }
        if (summary.units_failed) {
            error = error_create(ERROR_INCOMPLETE, "incomplete: %zu of %zu units failed; first %s", summary.units_failed, summary.units,
                                 summary.first_failure);
        }
    }
    return verb_finish("analyze", error);
}

static const struct verb_option analyze_options[] = {
    ANALYZE_OPTIONS,
    {"manifest", 0, "FILE", "entities, transactions, allocators and declared states"},
    {"db", 0, "FILE", "database to write; default spillscope.db"},
    {"revision", 0, "TEXT", "what this source is called in reports, such as the output of git describe"},
    {"observed", 0, "DB",
     "narrow by the targets of calls that runs of an earlier database saw; the sound result stays, and says which states are left out"},
    {"set-limit", 0, "N", "points-to sets larger than N are given up from the first; default 128, once all sets hold 4,000,000 places"},
    {"statistics", 0, NULL, "what each round of the solution and each transaction costs, to stderr"},
    VERB_DRY_RUN_OPTION("only say which units would be analysed, and which of them parsed anew"),
    {"emit", 0, "ninja|commands", "write the work for an engine to stdout instead of doing it: a build file for ninja, or commands, one a line"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_analyze = {
    .name = "analyze",
    .summary = "find which states each transaction may modify",
    .usage = "-p BUILD_DIR_OR_JSON [--manifest FILE] [--db FILE] [-j N] [--observed DB] [--emit ninja|commands] [PATH...]",
    .description = "Turns every C unit of a compile database into facts, links them, and writes for each transaction the states that it may\n"
                   "modify, with a witness for each, into a database. PATHs narrow the units to a subsystem; the rest is outside.\n"
                   "Without a manifest each source file is an entity and each function of external linkage a transaction.",
    .example = "spillscope analyze -p build --manifest kernel.manifest --db kernel.db\nspillscope analyze -p linux --db ipc.db linux/ipc\n"
               "spillscope analyze -p linux --db ipc.db --emit commands linux/ipc | parallel && spillscope analyze -p linux --db ipc.db linux/ipc",
    .options = analyze_options,
    .words = VERB_ANY_WORDS,
    .run = analyze_verb,
};
