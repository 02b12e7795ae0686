#include <string.h>

#include "spillscope/compare.h"
#include "spillscope/report_file.h"
#include "verb.h"

static struct error *compare_perform(const struct arguments *arguments) {
    struct store *before __attribute__((cleanup(scope_store))) = NULL;
    struct store *after __attribute__((cleanup(scope_store))) = NULL;
    struct compare *compare __attribute__((cleanup(scope_compare))) = NULL;
    struct text printed __attribute__((cleanup(text_deinit))) = {0};
    struct text page __attribute__((cleanup(text_deinit))) = {0};
    const char *output = arguments_option(arguments, "output");
    bool quiet = output && strcmp(output, "-") == 0;
    if (arguments_count(arguments) != 2) {
        return error_create(ERROR_USAGE, "two databases are needed: BEFORE.db AFTER.db");
    }
    struct error *error = store_open(arguments_at(arguments, 0), STORE_READ, &before);
    if (!error) {
        error = store_open(arguments_at(arguments, 1), STORE_READ, &after);
    }
    if (!error) {
        error = compare_run(before, after, &compare);
    }
    if (!error && arguments_option(arguments, "cost")) {
        error = compare_load_cost(compare, before, arguments_option(arguments, "cost"));
    }
    if (!error && output) {
        error = compare_write_html(compare, &page);
    }
    if (!error && output) {
        error = report_file_write(output, &page);
    }
    if (!error && !quiet) {
        error =
            arguments_flag(arguments, "json") ? compare_write_json(compare, &printed) : compare_write_text(compare, isatty(STDOUT_FILENO), &printed);
    }
    if (!error && !quiet) {
        error = report_file_write("-", &printed);
    }
    if (!error && !compare_is_complete(compare)) {
        error = error_create(ERROR_INCOMPLETE, "incomplete: see above");
    }
    return error;
}

static int run(const struct arguments *arguments) {
    return verb_finish("compare", compare_perform(arguments));
}

static const struct verb_option options[] = {
    {"output", 'o', "FILE", "also write the comparison as an HTML file; - writes it to standard output alone"},
    {"cost", 0, "FILE", "also show what both cost: measurements in the shape that scripts/bench writes"},
    {"json", 0, NULL, "print JSON"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_compare = {
    .name = "compare",
    .summary = "compare the spill of two databases",
    .usage = "BEFORE.db AFTER.db [-o FILE.html] [--cost FILE] [--json]",
    .description =
        "Says which undeclared (transaction, state) pairs are gone, new, kept or moved between two kernels or two versions of one. Transactions\n"
        "are matched by their common names; where both databases have probe runs only transactions that both observed count, and the\n"
        "others are named. Exit code 3: a database is incomplete, or no transaction is in both.",
    .example = "  spillscope compare spillful.db spillfree.db -o compare.html --cost build/bench/kernel.json",
    .options = options,
    .paged = true,
    .words = 2,
    .run = run,
};
