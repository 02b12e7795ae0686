#include "spillscope/report.h"
#include "spillscope/report_file.h"
#include "verb.h"

static struct error *report_perform(const struct arguments *arguments) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    const struct report_options options = {.source_root = arguments_option(arguments, "source-root")};
    const char *database = arguments_option(arguments, "db");
    const char *output = arguments_option(arguments, "output");
    bool complete = false;
    if (!database || !output) {
        return error_create(ERROR_USAGE, "--db FILE and -o FILE.html are needed");
    }
    struct error *error = store_open(database, STORE_READ, &store);
    if (!error) {
        error = report_write(store, &options, &text, &complete);
    }
    if (!error) {
        error = report_file_write(output, &text);
    }
    if (!error && !complete) {
        error = error_create(ERROR_INCOMPLETE, "%s is written, but %s is incomplete: the report says why at its top", output, database);
    }
    return error;
}

static int run(const struct arguments *arguments) {
    return verb_finish("report", report_perform(arguments));
}

static const struct verb_option options[] = {
    {"db", 0, "FILE", "database to report on"},
    {"output", 'o', "FILE", "the HTML file to write; - is standard output"},
    {"source-root", 0, "DIR", "where the analysed source lies, for snippets (the database knows where it was)"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_report = {
    .name = "report",
    .summary = "write an HTML report of what was spilled",
    .usage = "--db FILE -o FILE.html [--source-root DIR]",
    .description =
        "Writes one offline HTML file: spill by entity, the spill graph, every finding with its call chain, each transaction and state with\n"
        "its values before and after, clients and writers, patterns, a plan for a redesign,\n"
        "declared states with their reasons, coverage and unknowns. Each figure names the query that gives it. The spill graph is laid\n"
        "out by Graphviz 'dot'; without it the report holds the graph as a table. Exit code 3: written, but the database is incomplete.",
    .example = "  spillscope report --db kernel.db -o report.html",
    .options = options,
    .run = run,
};
