#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "help.h"
#include "spillscope/escape.h"
#include "spillscope/scope.h"
#include "terminal.h"
#include "version.h"

int verb_finish(const char *verb, struct error *error) {
    int code = error_exit_code(error);
    if (error) {
        struct text message __attribute__((cleanup(text_deinit))) = {0};
        escape_terminal_lines(&message, error_message(error));
        fprintf(stderr, "spillscope %s: %s\n", verb, text_string(&message));
        error_destroy(error);
    }
    return code;
}

static int unknown_verb(const char *name) {
    const char *nearest = verb_nearest(name);
    fprintf(stderr, "spillscope: no such verb: %s; ", name);
    if (nearest) {
        fprintf(stderr, "did you mean %s?\n", nearest);
    } else {
        fputs("spillscope help lists them\n", stderr);
    }
    return 2;
}

SCOPE_DEFINE(settings, struct settings *, settings_destroy)

/* What is printed counts only once it is written: a full disk or a closed pipe must not look like success. */
static int flush_output(const char *verb, int code) {
    if (fflush(stdout) != 0 || ferror(stdout)) {
        int failed = verb_finish(verb, error_create_errno("cannot write the output"));
        return code ? code : failed;
    }
    return code;
}

static int run_verb(const struct verb *verb, int argc, char **argv) {
    struct settings *settings __attribute__((cleanup(scope_settings))) = NULL;
    struct arguments *arguments = NULL;
    bool help = false;
    /* help must work with a broken configuration, and config and doctor tell about it themselves. */
    struct error *error = verb->ignores_settings ? NULL : settings_load(verb_table, &settings);
    if (!error) {
        error = arguments_parse(verb, argc, argv, settings, &arguments, &help);
    }
    if (error) {
        return verb_finish(verb->name, error);
    }
    int code = 0;
    size_t words = 0;
    struct pager pager = {0};
    if (help || (verb->paged && !arguments_command(arguments, &words))) {
        pager_start(&pager);
    }
    if (help) {
        help_verb(verb, stdout);
    } else {
        code = verb->run(arguments);
    }
    arguments_destroy(arguments);
    code = flush_output(verb->name, code);
    pager_finish(&pager);
    return code;
}

int main(int argc, char **argv) {
    setlocale(LC_CTYPE, "C.UTF-8"); /* the same tables wherever they are printed */
    signal(SIGXFSZ, SIG_IGN);       /* a file that may grow no more is an error like a full disk, and what was begun is cleaned up */
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        help_overview(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : flush_output("help", 0);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("spillscope " SPILLSCOPE_VERSION);
        return flush_output("--version", 0);
    }
    const struct verb *verb = verb_find(argv[1]);
    return verb ? run_verb(verb, argc - 1, argv + 1) : unknown_verb(argv[1]);
}
