#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "analyze_options.h"
#include "scratch.h"
#include "spillscope/check.h"
#include "spillscope/escape.h"
#include "spillscope/scope.h"
#include "spillscope/store.h"
#include "spillscope/text.h"
#include "terminal.h"
#include "verb.h"

/* The file as the user would write it: relative to the current directory when it lies below. */
static const char *near(const char *file, const char *here) {
    size_t length = strlen(here);
    return strncmp(file, here, length) == 0 && file[length] == '/' ? file + length + 1 : file;
}

static void append_place(struct text *out, const char *file, unsigned line, unsigned column, const char *here) {
    escape_terminal(out, near(file, here));
    if (line) {
        text_append_format(out, ":%u", line);
    }
    if (line && column) {
        text_append_format(out, ":%u", column);
    }
    text_append(out, ": ");
}

static void append_text(struct text *out, const struct check_result *result, const char *here, bool colour) {
    const char *bold = colour ? "\033[1m" : "";
    const char *red = colour ? "\033[1;31m" : "";
    const char *grey = colour ? "\033[1;36m" : "";
    const char *plain = colour ? "\033[0m" : "";
    for (size_t i = 0; i < result->count; i++) {
        const struct check_diagnostic *item = &result->items[i];
        append_place(out, item->file, item->line, item->column, here);
        text_append_format(out, "%serror:%s %s", red, plain, bold);
        escape_terminal(out, item->message);
        text_append_format(out, "%s [spillscope-%s]\n", plain, item->rule);
        for (size_t k = 0; k < item->note_count; k++) {
            append_place(out, item->notes[k].file, item->notes[k].line, item->notes[k].column, here);
            text_append_format(out, "%snote:%s ", grey, plain);
            escape_terminal(out, item->notes[k].message);
            text_append_char(out, '\n');
        }
    }
}

static void append_json_place(struct text *out, const char *message, const char *file, unsigned line, unsigned column) {
    text_append(out, "\"message\":");
    text_append_json_string(out, message);
    text_append(out, ",\"file\":");
    text_append_json_string(out, file);
    text_append_format(out, ",\"line\":%u,\"column\":%u", line, column);
}

static void append_json(struct text *out, const struct check_result *result, const char *verdict) {
    text_append_format(out, "{\"schema_version\":1,\"verdict\":\"%s\",\"units\":%zu,\"units_failed\":%zu,\"entities\":%zu,\"transactions\":%zu,",
                       verdict, result->units, result->units_failed, result->entities, result->transactions);
    text_append(out, "\"diagnostics\":[");
    for (size_t i = 0; i < result->count; i++) {
        const struct check_diagnostic *item = &result->items[i];
        text_append_format(out, "%s\n{\"rule\":\"%s\",", i ? "," : "", item->rule);
        append_json_place(out, item->message, item->file, item->line, item->column);
        text_append(out, ",\"notes\":[");
        for (size_t k = 0; k < item->note_count; k++) {
            text_append(out, k ? ",{" : "{");
            append_json_place(out, item->notes[k].message, item->notes[k].file, item->notes[k].line, item->notes[k].column);
            text_append_char(out, '}');
        }
        text_append(out, "]}");
    }
    text_append(out, "]}\n");
}

static struct error *check_print(const struct arguments *arguments, const struct check_result *result, const char *verdict) {
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    char *here SCOPE_FREE = get_current_dir_name();
    bool colour = false;
    struct error *error = here ? terminal_colour(arguments, &colour) : error_create_errno("current directory");
    if (error) {
        return error;
    }
    if (arguments_flag(arguments, "json")) {
        append_json(&text, result, verdict);
    } else {
        append_text(&text, result, here, colour);
    }
    if (text.failed) {
        return error_out_of_memory();
    }
    if (fputs(text_string(&text), stdout) == EOF || fflush(stdout) == EOF) {
        return error_create_errno("standard output");
    }
    if (!arguments_flag(arguments, "json")) {
        fprintf(stderr, "%s: %zu violations in %zu units; %zu spill-free transactions in %zu declared entities\n", verdict, result->violations,
                result->units, result->transactions, result->entities);
    }
    return NULL;
}

/* The whitelists need a database; without --db one that ends with the command. */
static struct error *check_with_database(const struct arguments *arguments, struct analyze_request *request, struct check_result *out_result) {
    struct scratch scratch __attribute__((cleanup(scratch_remove))) = {0};
    bool units_only = arguments_flag(arguments, "units-only");
    if (request->database || units_only) {
        return check_run(request, units_only, out_result);
    }
    struct error *error = scratch_create(&scratch);
    if (error) {
        return error;
    }
    request->database = scratch.database;
    error = check_run(request, false, out_result);
    request->database = NULL;
    return error;
}

static struct error *check_perform(const struct arguments *arguments, int *out_exit) {
    struct analyze_request request = {0};
    struct error *error = analyze_options_read(arguments, &request);
    if (error) {
        return error;
    }
    struct check_result result = {0};
    error = check_with_database(arguments, &request, &result);
    if (error) {
        return error;
    }
    bool incomplete = result.units_failed || result.violations != result.count;
    *out_exit = result.violations ? 1 : incomplete ? 3 : 0;
    error = check_print(arguments, &result, result.violations ? "fail" : incomplete ? "incomplete" : "pass");
    if (!error && result.units_failed) {
        struct text first __attribute__((cleanup(text_deinit))) = {0};
        escape_terminal_lines(&first, result.first_failure);
        fprintf(stderr, "spillscope check: %zu of %zu units failed; first %s\n", result.units_failed, result.units, text_string(&first));
    }
    check_result_deinit(&result);
    return error;
}

static int check_verb(const struct arguments *arguments) {
    int code = 0;
    struct error *error = check_perform(arguments, &code);
    return error ? verb_finish("check", error) : code;
}

static const struct verb_option check_options[] = {
    ANALYZE_OPTIONS,
    {"manifest", 0, "FILE", "entities, those with contract = spill-free, and declared states"},
    {"units-only", 0, NULL, "only the rules that one unit decides: opaque-access, second-owner, unreleased"},
    {"db", 0, "FILE", "database for the whitelists; default one that ends with the command"},
    {"json", 0, NULL, "machine-readable output"},
    TERMINAL_COLOUR_OPTION,
    {NULL, 0, NULL, NULL},
};

const struct verb verb_check = {
    .name = "check",
    .summary = "hold source against its contracts of spill-freedom",
    .usage = "-p BUILD [--manifest FILE] [--units-only] [PATH...]",
    .description =
        "A step of a build: prints an error for each transaction of a spill-free entity that may modify an undeclared state, for each look into an\n"
        "opaque type, each second owner and each owner that a scope leaves behind. The annotations are in spillscope_contracts.h; each rule has a\n"
        "page in docs/checks/. Exit code: 0 pass, 1 violations, 2 usage or tool error, 3 incomplete (a unit failed, or a rule could not tell).",
    .example = "  spillscope check -p build --manifest kernel.manifest\n  spillscope check -p build --units-only drivers/",
    .options = check_options,
    .words = VERB_ANY_WORDS,
    .run = check_verb,
};
