#include "spillscope/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "machine_command.h"
#include "spillscope/text.h"

enum { TAIL = 1500, END_WAIT_MS = 2000, POLL_MS = 10 };

/* pc and q35 keep RAM below 4 GiB in one piece up to here (q35's device window begins at 2.75 GiB). */
static const uint64_t ONE_PIECE = 0xb0000000U;

struct machine {
    pid_t pid;            /* 0 = ended and reaped */
    int status;           /* of waitpid, once ended */
    int output;           /* what QEMU writes: a log file or an anonymous file */
    bool logs;            /* output is the user's log file */
    const char *log_path; /* its name, the user's */
    off_t drained;        /* bytes of it copied to stderr */
    char *directory;      /* private, for the socket; owned; NULL once removed */
    char *socket;         /* "unix:PATH"; owned */
    char *ram_path;       /* owned; NULL = none */
    bool ram_hidden;      /* unlinked already */
    int ram;              /* descriptor, -1 */
    uint64_t ram_size;
    char *notice; /* owned */
};

const char *machine_socket(const struct machine *machine) {
    return machine->socket;
}
const char *machine_ram_path(const struct machine *machine) {
    return machine->ram_path;
}
uint64_t machine_ram_size(const struct machine *machine) {
    return machine->ram_size;
}
const char *machine_notice(const struct machine *machine) {
    return machine->notice;
}
int machine_ram_descriptor(const struct machine *machine) {
    return machine->ram;
}

void machine_drain(struct machine *machine) {
    char buffer[4096];
    ssize_t step = 0;
    while (!machine->logs && (step = pread(machine->output, buffer, sizeof buffer, machine->drained)) > 0) {
        machine->drained += step;
        if (write(STDERR_FILENO, buffer, (size_t)step) < 0) {
            return;
        }
    }
}

bool machine_ended(struct machine *machine, int *out_status) {
    if (machine->pid > 0 && waitpid(machine->pid, &machine->status, WNOHANG) == machine->pid) {
        machine->pid = 0;
    }
    if (machine->pid == 0 && out_status) {
        *out_status = machine->status;
    }
    return machine->pid == 0;
}

bool machine_wait(struct machine *machine, int timeout_ms) {
    for (int waited = 0; !machine_ended(machine, NULL) && waited < timeout_ms; waited += POLL_MS) {
        poll(NULL, 0, POLL_MS);
    }
    return machine_ended(machine, NULL);
}

void machine_hide_files(struct machine *machine) {
    if (machine->directory) {
        unlink(machine->socket + strlen("unix:"));
        rmdir(machine->directory);
        free(machine->directory);
        machine->directory = NULL;
    }
    if (machine->ram_path && !machine->ram_hidden) {
        unlink(machine->ram_path);
        machine->ram_hidden = true;
    }
}

void machine_destroy(struct machine *machine) {
    if (!machine) {
        return;
    }
    if (!machine_ended(machine, NULL)) {
        kill(machine->pid, SIGTERM);
        if (!machine_wait(machine, END_WAIT_MS)) {
            kill(machine->pid, SIGKILL);
            waitpid(machine->pid, &machine->status, 0);
            machine->pid = 0;
        }
    }
    if (machine->output >= 0) {
        machine_drain(machine);
        close(machine->output);
    }
    if (machine->socket) {
        machine_hide_files(machine);
    }
    if (machine->ram >= 0) {
        close(machine->ram);
    }
    free(machine->directory);
    free(machine->socket);
    free(machine->ram_path);
    free(machine->notice);
    free(machine);
}

struct error *machine_error(struct machine *machine, const char *what) {
    char tail[TAIL + 1];
    off_t end = lseek(machine->output, 0, SEEK_END);
    off_t from = end > TAIL ? end - TAIL : 0;
    ssize_t count = pread(machine->output, tail, TAIL, from);
    tail[count > 0 ? count : 0] = 0;
    for (char *at = tail; *at; at++) {
        if ((*at < ' ' && *at != '\n') || *at == 127) {
            *at = ' ';
        }
    }
    char how[64] = "";
    int status = 0;
    if (machine_ended(machine, &status)) {
        snprintf(how, sizeof how, WIFSIGNALED(status) ? "; QEMU was ended by signal %d" : "; QEMU ended with status %d",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    }
    return error_create(ERROR_TARGET, "%s%s; its last output: %s", what, how, count > 0 ? tail : "(none)");
}

struct error *machine_check_log(const struct machine *machine) {
    if (!machine->logs) {
        return NULL;
    }
    off_t size = lseek(machine->output, 0, SEEK_END);
    bool full =
        size >= 0 && fallocate(machine->output, FALLOC_FL_KEEP_SIZE, size, 4096) != 0 && (errno == ENOSPC || errno == EDQUOT || errno == EFBIG);
    int reason = errno;
    if (size >= 0 && ftruncate(machine->output, size) == 0 && !full) {
        return NULL;
    }
    errno = reason;
    return full ? error_create_errno("%s: the end of the guest's output is lost", machine->log_path) : NULL;
}

/* The child's side: never returns. Reports a failed exec through `report`. */
static void child_run(char *const *arguments, int output, int report, pid_t parent) {
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0); /* Ctrl-C at the terminal is for the probe, which then ends QEMU in order */
    int input = open("/dev/null", O_RDONLY);
    if (getppid() == parent && input >= 0 && dup2(input, 0) >= 0 && dup2(output, 1) >= 0 && dup2(output, 2) >= 0) {
        execvp(arguments[0], arguments);
    }
    int reason = errno;
    ssize_t written = write(report, &reason, sizeof reason);
    _exit(written > 0 ? 127 : 126);
}

static struct error *machine_start(struct machine *machine, char *const *arguments) {
    int report[2];
    if (pipe2(report, O_CLOEXEC) != 0) {
        return error_create_errno("cannot start %s", arguments[0]);
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        child_run(arguments, machine->output, report[1], parent);
    }
    close(report[1]);
    int reason = 0;
    ssize_t got = pid > 0 ? read(report[0], &reason, sizeof reason) : -1;
    close(report[0]);
    if (pid < 0) {
        return error_create_errno("cannot start %s", arguments[0]);
    }
    machine->pid = pid;
    if (got == (ssize_t)sizeof reason) {
        waitpid(pid, &machine->status, 0);
        machine->pid = 0;
        return error_create(ERROR_TARGET, "cannot start '%s': %s", arguments[0], strerror(reason));
    }
    return NULL;
}

static struct error *machine_output(struct machine *machine, const char *log_path) {
    machine->logs = log_path != NULL;
    machine->log_path = log_path;
    machine->output = log_path ? open(log_path, O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666) : memfd_create("guest output", MFD_CLOEXEC);
    return machine->output < 0 ? error_create_errno("cannot write %s", log_path ? log_path : "the guest's output") : NULL;
}

/* Names of socket and RAM file. */
static struct error *machine_names(struct machine *machine) {
    const char *base = getenv("TMPDIR");
    char *directory = NULL;
    if (asprintf(&directory, "%s/spillscope-XXXXXX", base ? base : "/tmp") < 0) {
        return error_out_of_memory();
    }
    if (!mkdtemp(directory)) {
        struct error *error = error_create_errno("cannot make directory %s", directory);
        free(directory);
        return error;
    }
    machine->directory = directory;
    if (asprintf(&machine->socket, "unix:%s/gdb", directory) < 0) {
        machine->socket = NULL;
        return error_out_of_memory();
    }
    return NULL;
}

static struct error *machine_ram_name(struct machine *machine) {
    const char *unique = strrchr(machine->directory, '-');
    if (asprintf(&machine->ram_path, "/dev/shm/spillscope-ram%s-%ld", unique ? unique : "", (long)getpid()) < 0) {
        machine->ram_path = NULL;
        return error_out_of_memory();
    }
    return NULL;
}

/* Waits until the stub's socket and the RAM file are there. */
static struct error *machine_await(struct machine *machine, const struct machine_request *request) {
    struct stat status;
    const char *path = machine->socket + strlen("unix:");
    for (int waited = 0; request->stopped && stat(path, &status) != 0; waited += POLL_MS) {
        if (machine_ended(machine, NULL)) {
            return machine_error(machine, "QEMU died at start");
        }
        if (waited >= request->timeout_ms) {
            return machine_error(machine, "QEMU opened no stub in time");
        }
        poll(NULL, 0, POLL_MS);
    }
    if (machine->ram_path && request->stopped) {
        machine->ram = open(machine->ram_path, O_RDONLY | O_CLOEXEC);
        if (machine->ram < 0) {
            return error_create_errno("cannot open guest RAM %s", machine->ram_path);
        }
    }
    return NULL;
}

/* Decides whether RAM can be backed by a file of ours. */
static struct error *machine_plan_ram(struct machine *machine, const struct machine_request *request) {
    struct error *error = machine_command_ram(request->command, request->command_count, &machine->ram_size, &machine->notice);
    if (!error && !machine->notice && machine->ram_size >= ONE_PIECE &&
        asprintf(&machine->notice, "guest RAM of %llu MiB lies in several pieces, so it is read by packets",
                 (unsigned long long)(machine->ram_size >> 20)) < 0) {
        machine->notice = NULL;
        error = error_out_of_memory();
    }
    if (!error && machine->notice && request->require_ram) {
        error = error_create(ERROR_USAGE, "%s", machine->notice);
    }
    if (!error && !machine->notice) {
        error = machine_ram_name(machine);
    }
    return error;
}

static struct error *machine_build(struct machine *machine, const struct machine_request *request) {
    struct error *error = machine_command_check(request->command, request->command_count);
    if (!error) {
        error = machine_output(machine, request->log_path);
    }
    if (!error) {
        error = machine_names(machine);
    }
    if (!error && request->want_ram) {
        error = machine_plan_ram(machine, request);
    }
    char *plugins[MACHINE_PLUGINS] = {NULL};
    for (size_t i = 0; !error && i < MACHINE_PLUGINS; i++) {
        if (request->plugins[i].make && !machine->ram_path) {
            error = error_create(ERROR_USAGE, "a recorder needs the guest's RAM in a file: %s",
                                 machine->notice ? machine->notice : "choose another --mode");
        } else if (request->plugins[i].make) {
            error = request->plugins[i].make(request->plugins[i].context, machine->ram_path, machine->ram_size, &plugins[i]);
        }
    }
    char **arguments = NULL;
    if (!error) {
        error = machine_command_build(request, machine->socket, machine->ram_path, machine->ram_size, plugins, &arguments);
    }
    for (size_t i = 0; i < MACHINE_PLUGINS; i++) {
        free(plugins[i]);
    }
    if (!error) {
        error = machine_start(machine, arguments);
    }
    machine_command_free(arguments);
    return error ? error : machine_await(machine, request);
}

struct error *machine_launch(const struct machine_request *request, struct machine **out_machine) {
    struct machine *machine = calloc(1, sizeof *machine);
    if (!machine) {
        return error_out_of_memory();
    }
    machine->output = -1;
    machine->ram = -1;
    struct error *error = machine_build(machine, request);
    if (error) {
        machine_destroy(machine);
        return error;
    }
    *out_machine = machine;
    return NULL;
}
