#include "html/dot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "spillscope/scope.h"

#define DOT_SECONDS 20
#define DOT_OUTPUT_LIMIT (16u << 20)

static int64_t clock_milliseconds(void) {
    struct timespec now = {0};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static struct error *dot_spawn(const char *program, const int input[2], const int output[2], pid_t *out_process) {
    posix_spawn_file_actions_t actions;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return error_out_of_memory();
    }
    posix_spawn_file_actions_adddup2(&actions, input[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    char *arguments[] = {strdup(program), strdup("-Tplain"), NULL};
    int status = arguments[0] && arguments[1] ? posix_spawnp(out_process, program, &actions, NULL, arguments, environ) : ENOMEM;
    free(arguments[0]);
    free(arguments[1]);
    posix_spawn_file_actions_destroy(&actions);
    if (status) {
        errno = status;
        return error_create_errno("%s", program);
    }
    return NULL;
}

/* Feeds and drains both pipes until the output ends; false when the time is up or the output too long. */
static bool dot_converse(int *input, int output, const char *text, struct text *out) {
    size_t left = strlen(text);
    int64_t deadline = clock_milliseconds() + (int64_t)DOT_SECONDS * 1000;
    for (;;) {
        if (!left && *input >= 0) {
            close(*input);
            *input = -1;
        }
        struct pollfd polls[2] = {{.fd = output, .events = POLLIN}, {.fd = *input, .events = POLLOUT}};
        int64_t remaining = deadline - clock_milliseconds();
        if (remaining <= 0 || (poll(polls, 2, (int)remaining) < 0 && errno != EINTR)) {
            return false;
        }
        if (*input >= 0 && polls[1].revents) {
            ssize_t count = write(*input, text, left);
            if (count < 0 && errno != EAGAIN && errno != EINTR) {
                left = 0; /* it reads no more; what it printed decides */
            } else if (count > 0) {
                text += count;
                left -= (size_t)count;
            }
        }
        if (polls[0].revents) {
            char buffer[65536];
            ssize_t count = read(output, buffer, sizeof buffer);
            if (count == 0) {
                return true;
            }
            if (count < 0 && errno != EINTR && errno != EAGAIN) {
                return false;
            }
            text_append_bytes(out, buffer, count > 0 ? (size_t)count : 0);
            if (out->length > DOT_OUTPUT_LIMIT) {
                return false;
            }
        }
    }
}

struct error *dot_run(const char *input, struct text *out) {
    const char *wanted = getenv("SPILLSCOPE_DOT");
    const char *program = wanted && *wanted ? wanted : "dot";
    int to[2] = {-1, -1};
    int from[2] = {-1, -1};
    if (pipe2(to, O_CLOEXEC) != 0) {
        return error_create_errno("pipe for %s", program);
    }
    if (pipe2(from, O_CLOEXEC) != 0) {
        close(to[0]);
        close(to[1]);
        return error_create_errno("pipe for %s", program);
    }
    int feed SCOPE_CLOSE = to[1];
    int drain SCOPE_CLOSE = from[0];
    pid_t process = 0;
    struct error *error = dot_spawn(program, to, from, &process);
    close(to[0]);
    close(from[1]);
    if (error) {
        return error;
    }
    fcntl(feed, F_SETFL, fcntl(feed, F_GETFL) | O_NONBLOCK);
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction before = {0};
    sigaction(SIGPIPE, &ignore, &before);
    bool finished = dot_converse(&feed, drain, input, out);
    sigaction(SIGPIPE, &before, NULL);
    if (!finished) {
        kill(process, SIGKILL);
    }
    int status = 0;
    while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    if (!finished) {
        return error_create(ERROR_IO, "%s gave no layout within %d seconds", program, DOT_SECONDS);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        return error_create(ERROR_IO, "%s failed (status %d)", program, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    return NULL;
}
