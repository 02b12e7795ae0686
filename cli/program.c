#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "spillscope/scope.h"

enum { OUTPUT_MAX = 1 << 20 };

static int64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct error *spawn(char *const *argv, int output, pid_t *out_process) {
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return error_out_of_memory();
    }
    int failed = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    failed = failed ? failed : posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    failed = failed ? failed : posix_spawnp(out_process, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    errno = failed;
    return failed ? error_create_errno("cannot start %s", argv[0]) : NULL;
}

/* Reads until the stream's end; false when the time is up. */
static bool drain(int input, int64_t deadline, struct text *out) {
    for (;;) {
        struct pollfd wait = {.fd = input, .events = POLLIN};
        int64_t left = deadline - milliseconds();
        if (left <= 0) {
            return false;
        }
        int ready = poll(&wait, 1, (int)left);
        if (ready < 0 && errno != EINTR) {
            return false;
        }
        if (ready <= 0) {
            continue;
        }
        char block[4096];
        ssize_t count = read(input, block, sizeof block);
        if (count == 0) {
            return true;
        }
        if (count > 0 && out->length < OUTPUT_MAX) {
            text_append_bytes(out, block, (size_t)count);
        } else if (count < 0 && errno != EINTR) {
            return false;
        }
    }
}

struct error *program_output(char *const *argv, int timeout_ms, struct text *out, int *out_status) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return error_create_errno("pipe");
    }
    int input SCOPE_CLOSE = ends[0];
    pid_t process = 0;
    struct error *error = spawn(argv, ends[1], &process);
    close(ends[1]);
    if (error) {
        return error;
    }
    bool ended = drain(input, milliseconds() + timeout_ms, out);
    if (!ended) {
        kill(process, SIGKILL);
    }
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (!ended) {
        return error_create(ERROR_IO, "%s did not end within %d s", argv[0], timeout_ms / 1000);
    }
    *out_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return NULL;
}

struct error *program_beside(const char *suffix, char **out_path) {
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) {
        return error_create_errno("/proc/self/exe");
    }
    self[length] = '\0';
    char *slash = strrchr(self, '/');
    char *path = NULL;
    if (asprintf(&path, "%.*s%s", slash ? (int)(slash - self) : 0, self, suffix) < 0) {
        return error_out_of_memory();
    }
    *out_path = path;
    return NULL;
}

bool program_exists(const char *name) {
    const char *path = strchr(name, '/') ? "" : getenv("PATH");
    if (path && !*path) {
        return access(name, X_OK) == 0;
    }
    while (path && *path) {
        size_t length = strcspn(path, ":");
        char *candidate SCOPE_FREE = NULL;
        if (asprintf(&candidate, "%.*s/%s", (int)length, path, name) < 0) {
            candidate = NULL;
            return false;
        }
        if (access(candidate, X_OK) == 0) {
            return true;
        }
        path += length + (path[length] == ':');
    }
    return false;
}

struct error *program_announce(char *const *command, size_t count, struct text *out) {
    if (!count || !program_exists(command[0])) {
        return error_create(ERROR_USAGE, "there is no program \"%s\"", count ? command[0] : "");
    }
    text_append(out, "command:");
    for (size_t index = 0; index < count; index++) {
        text_append_char(out, ' ');
        text_append_shell_word(out, command[index]);
    }
    text_append_char(out, '\n');
    return NULL;
}
