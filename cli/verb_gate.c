#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "spillscope/gate.h"
#include "terminal.h"
#include "verb.h"

static struct error *mode_read(const char *word, enum gate_mode *out_mode) {
    static const char *const names[] = {"auto", "static", "observed"};
    for (int index = 0; index < 3; index++) {
        if (!word || strcmp(word, names[index]) == 0) {
            *out_mode = (enum gate_mode)index;
            return NULL;
        }
    }
    return error_create(ERROR_USAGE, "--mode is auto, static or observed, not '%s'", word);
}

/* Today, or the day of SOURCE_DATE_EPOCH, as YYYY-MM-DD in UTC. */
static void day_read(char out_day[11]) {
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    time_t now = epoch && *epoch ? (time_t)strtoll(epoch, NULL, 10) : time(NULL);
    struct tm parts = {0};
    gmtime_r(&now, &parts);
    if (strftime(out_day, 11, "%Y-%m-%d", &parts) != 10) {
        strcpy(out_day, "9999-12-31");
    }
}

static struct error *gate_perform(const struct arguments *arguments, int *out_exit) {
    struct store *head __attribute__((cleanup(scope_store))) = NULL;
    struct store *base __attribute__((cleanup(scope_store))) = NULL;
    struct gate *gate __attribute__((cleanup(scope_gate))) = NULL;
    struct text text __attribute__((cleanup(text_deinit))) = {0};
    char today[11];
    day_read(today);
    struct gate_options options = {
        .policy = arguments_option(arguments, "policy"),
        .require_coverage = arguments_flag(arguments, "require-coverage"),
        .fail_on_unknown = arguments_flag(arguments, "fail-on-unknown"),
        .today = today,
    };
    const char *head_path = arguments_database(arguments);
    const char *base_path = arguments_option(arguments, "baseline");
    const char *format = arguments_option(arguments, "format");
    if (!base_path) {
        return error_create(ERROR_USAGE, "--baseline FILE is needed");
    }
    bool colour = false;
    struct error *error = mode_read(arguments_option(arguments, "mode"), &options.mode);
    if (!error) {
        error = terminal_colour(arguments, &colour);
    }
    if (!error) {
        error = store_open(head_path, STORE_READ, &head);
    }
    if (!error) {
        error = store_open(base_path, STORE_READ, &base);
    }
    if (!error) {
        error = gate_run(head, base, &options, &gate);
    }
    if (!error) {
        const struct gate_output output = {.format = arguments_flag(arguments, "json") ? "json"
                                                     : format                          ? format
                                                                                       : "text",
                                           .head_store = head,
                                           .head_path = head_path,
                                           .base_path = base_path,
                                           .policy_path = options.policy,
                                           .colour = colour};
        error = gate_write(gate, &output, &text);
    }
    if (!error && (fputs(text_string(&text), stdout) == EOF || fflush(stdout) == EOF)) {
        error = error_create_errno("standard output");
    }
    if (!error) {
        *out_exit = gate_exit_code(gate);
    }
    return error;
}

static int run(const struct arguments *arguments) {
    int code = 0;
    struct error *error = gate_perform(arguments, &code);
    return error ? verb_finish("gate", error) : code;
}

static const struct verb_option options[] = {
    {"db", 0, "FILE", "database of the changed source; default spillscope.db"},
    {"baseline", 0, "FILE", "database of the source before the change"},
    {"format", 0, "text|json|sarif|sarif-github|gitlab|junit|markdown|annotations", "for whom the result is printed; default text"},
    {"json", 0, NULL, "the same as --format json"},
    {"mode", 0, "auto|static|observed",
     "what is compared: whitelist pairs, or spill that probe runs saw; auto (default): observed when both have runs"},
    {"policy", 0, "FILE", "suppressions and budgets, see docs/gate.md"},
    TERMINAL_COLOUR_OPTION,
    {"require-coverage", 0, NULL, "incomplete when a transaction that the baseline observed was never entered"},
    {"fail-on-unknown", 0, NULL, "a call or cast that the analysis cannot see through fails the gate when it is new"},
    {NULL, 0, NULL, NULL},
};

const struct verb verb_gate = {
    .name = "gate",
    .summary = "say whether a change brings new state spill",
    .usage = "[--db FILE] --baseline FILE [--format FORMAT] [--policy FILE] [--mode MODE] [--require-coverage] [--fail-on-unknown]",
    .description =
        "Compares the undeclared findings of two databases by identities that survive moved lines, renamed files and reformatting.\n"
        "New and grown findings, stale suppressions and exceeded budgets fail the gate. Exit code: 0 pass, 1 fail, 2 usage or tool error,\n"
        "3 incomplete (a unit failed, a run was cut, the configuration differs); 1 beats 3 and both are printed.",
    .example =
        "  spillscope gate --db head.db --baseline main.db\n  spillscope gate --db head.db --baseline main.db --format sarif-github > spill.sarif",
    .options = options,
    .paged = true,
    .run = run,
};
