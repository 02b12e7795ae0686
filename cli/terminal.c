#include "terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "program.h"
#include "spillscope/escape.h"
#include "spillscope/scope.h"

/* Set for this process and the pager: standard output is a pipe, but a terminal stands behind it. */
#define PAGER_IN_USE "SPILLSCOPE_PAGER_IN_USE"

static bool is_dumb(void) {
    const char *terminal = getenv("TERM");
    return !terminal || !*terminal || strcmp(terminal, "dumb") == 0;
}

struct error *terminal_colour(const struct arguments *arguments, bool *out_colour) {
    const char *mode = arguments_option(arguments, "color");
    if (mode && strcmp(mode, "always") == 0) {
        *out_colour = true;
    } else if (mode && strcmp(mode, "never") == 0) {
        *out_colour = false;
    } else if (!mode || strcmp(mode, "auto") == 0) {
        const char *none = getenv("NO_COLOR");
        *out_colour = (isatty(STDOUT_FILENO) || getenv(PAGER_IN_USE)) && !(none && *none) && !is_dumb();
    } else {
        return error_create(ERROR_USAGE, "--color is auto, always or never, not \"%s\"", mode);
    }
    return NULL;
}

struct error *terminal_print(const struct text *text, bool as_it_is) {
    struct text shown __attribute__((cleanup(text_deinit))) = {0};
    if (!as_it_is) {
        escape_terminal_lines(&shown, text_string(text));
    }
    if (text->failed || shown.failed) {
        return error_out_of_memory();
    }
    bool failed = fputs(text_string(as_it_is ? text : &shown), stdout) == EOF || fflush(stdout) == EOF;
    return failed ? error_create_errno("standard output") : NULL;
}

/* The command of the pager; NULL = none. */
static const char *pager_command(void) {
    const char *command = getenv("SPILLSCOPE_PAGER");
    command = command ? command : getenv("PAGER");
    if (!command) {
        command = program_exists("less") ? "less" : "";
    }
    return *command && strcmp(command, "cat") != 0 ? command : NULL;
}

static int spawn_shell(const char *command, int input, pid_t *out_process) {
    posix_spawn_file_actions_t actions;
    char *argv[] = {"sh", "-c", (char *)command, NULL};
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return ENOMEM;
    }
    int failed = posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    failed = failed ? failed : posix_spawnp(out_process, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

void pager_start(struct pager *pager) {
    const char *command = isatty(STDOUT_FILENO) && !is_dumb() ? pager_command() : NULL;
    int ends[2];
    if (!command || pipe2(ends, O_CLOEXEC) != 0) {
        return;
    }
    setenv("LESS", "FRX", 0); /* leave at once when all fits, pass colours, keep the screen */
    if (spawn_shell(command, ends[0], &pager->process) != 0) {
        pager->process = 0;
    } else {
        setenv(PAGER_IN_USE, "1", 1);
        dup2(ends[1], STDOUT_FILENO);
        if (isatty(STDERR_FILENO)) {
            dup2(ends[1], STDERR_FILENO); /* messages would spoil the pager's screen */
        }
        /* Ctrl-C is the pager's now; who leaves it early ends us by SIGPIPE. */
        signal(SIGINT, SIG_IGN);
    }
    close(ends[0]);
    close(ends[1]);
}

void pager_finish(struct pager *pager) {
    if (pager->process == 0) {
        return;
    }
    fflush(stdout);
    fflush(stderr);
    int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nothing >= 0) {
        dup2(nothing, STDOUT_FILENO);
        dup2(nothing, STDERR_FILENO);
        close(nothing);
    }
    while (waitpid(pager->process, NULL, 0) < 0 && errno == EINTR) {
    }
    pager->process = 0;
}
