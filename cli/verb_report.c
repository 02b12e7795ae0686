#include <string.h>

#include "spillscope/report.h"
#include "spillscope/report_file.h"
#include "verb.h"

/* The style sheet or the script beside the page: PAGE without its ".html", with another ending. */
static struct error *asset_write(const char *page, size_t length, const char *ending, const char *content) {
    struct text path __attribute__((cleanup(text_deinit))) = {0};
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    text_append_bytes(&path, page, length);
    text_append(&path, ending);
    text_append(&text, content);
    return report_file_write(text_string(&path), &text);
}

static struct error *report_perform(const struct arguments *arguments) {
    struct store *store __attribute__((cleanup(scope_store))) = NULL;
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    struct text linked __attribute__((cleanup(text_deinit))) = {0};
    struct report_options options = {.source_root = arguments_option(arguments, "source-root")};
    const char *database = arguments_database(arguments);
    const char *output = arguments_option(arguments, "output");
    bool complete = false;
    if (!output) {
        return error_create(ERROR_USAGE, "-o FILE.html is needed");
    }
    const char *assets = arguments_option(arguments, "assets");
    bool apart = assets && strcmp(assets, "linked") == 0;
    if (assets && !apart && strcmp(assets, "inline") != 0) {
        return error_create(ERROR_USAGE, "--assets takes inline or linked, not %s", assets);
    }
    if (apart && strcmp(output, "-") == 0) {
        return error_create(ERROR_USAGE, "--assets linked writes files beside the report: -o needs a file");
    }
    size_t stem = strlen(output);
    stem -= stem > 5 && strcmp(output + stem - 5, ".html") == 0 ? 5 : 0;
    if (apart) {
        const char *slash = strrchr(output, '/');
        const char *name = slash ? slash + 1 : output;
        text_append_bytes(&linked, name, stem - (size_t)(name - output));
        options.linked = text_string(&linked);
    }
    struct error *error = store_open(database, STORE_READ, &store);
    if (!error) {
        error = report_write(store, &options, &text, &complete);
    }
    if (!error) {
        error = report_file_write(output, &text);
    }
    if (!error && apart) {
        error = asset_write(output, stem, ".css", report_style());
    }
    if (!error && apart) {
        error = asset_write(output, stem, ".js", report_script());
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
    {"db", 0, "FILE", "database to report on; default spillscope.db"},
    {"output", 'o', "FILE", "the HTML file to write; - is standard output"},
    {"assets", 0, "inline|linked",
     "style sheet and script in the one file (default), or as files beside it, for servers with a strict content security policy"},
    {"source-root", 0, "DIR", "where the analysed source lies, for snippets (the database knows where it was)"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_report = {
    .name = "report",
    .summary = "write an HTML report of what was spilled",
    .usage = "[--db FILE] -o FILE.html [--source-root DIR] [--assets inline|linked]",
    .description =
        "Writes one offline HTML file: spill by entity, the spill graph, every finding with its call chain, each transaction and state with\n"
        "its values before and after, clients and writers, patterns, a plan for a redesign,\n"
        "declared states with their reasons, coverage and unknowns. Each figure names the query that gives it. The spill graph is laid\n"
        "out by Graphviz 'dot'; without it the report holds the graph as a table. Exit code 3: written, but the database is incomplete.",
    .example = "  spillscope report --db kernel.db -o report.html",
    .options = options,
    .run = run,
};
