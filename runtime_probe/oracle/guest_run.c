#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "spillscope/oracle.h"
#include "spillscope/progress.h"

enum { COMMAND_MAX = 4096, EXTRA_ARGUMENTS = 7 };
#define RAM_DEFAULT ((uint64_t)128 << 20) /* what QEMU takes without -m */

static char *format_path(const char *format, const char *one, long number) {
    char *path = NULL;
    return asprintf(&path, format, one, number) < 0 ? NULL : path;
}

/* The size behind -m, in bytes: a number with K, M, G; M without a letter. Other forms (size=..., slots=) are refused. */
static struct error *command_ram(char *const *command, size_t count, uint64_t *out_size) {
    *out_size = RAM_DEFAULT;
    for (size_t i = 0; i + 1 < count; i++) {
        if (strcmp(command[i], "-m") != 0) {
            continue;
        }
        const char *text = strncmp(command[i + 1], "size=", 5) == 0 ? command[i + 1] + 5 : command[i + 1];
        char *end = NULL;
        unsigned long long size = strtoull(text, &end, 10);
        unsigned shift = *end == 'G' || *end == 'g' ? 30 : *end == 'K' || *end == 'k' ? 10 : 20;
        if (end == text || size == 0 || (*end && end[1]) || size > (UINT64_MAX >> shift)) {
            return error_create(ERROR_USAGE, "-m %s: expected a size such as 256M", command[i + 1]);
        }
        *out_size = (uint64_t)size << shift;
    }
    return NULL;
}

/* The guest's command line with RAM file and recorder; an existing -machine gets the memory backend. The array's strings of ours are freed with it.
 */
struct guest_command {
    char **words;
    char *machine;
    char *memory;
};

static void guest_command_deinit(struct guest_command *command) {
    free(command->words);
    free(command->machine);
    free(command->memory);
}

static struct error *guest_command_make(struct guest_command *made, char *const *command, size_t count, const char *ram_path, uint64_t ram_size,
                                        char *plugin) {
    made->words = calloc(count + EXTRA_ARGUMENTS + 1, sizeof *made->words);
    if (!made->words ||
        asprintf(&made->memory, "memory-backend-file,id=spillscope-ram,size=%llu,mem-path=%s,share=on", (unsigned long long)ram_size, ram_path) < 0) {
        return error_out_of_memory();
    }
    bool has_machine = false;
    for (size_t i = 0; i < count; i++) {
        made->words[i] = command[i];
        bool machine = i > 0 && (strcmp(command[i - 1], "-machine") == 0 || strcmp(command[i - 1], "-M") == 0);
        if (machine && strstr(command[i], "memory-backend")) {
            return error_create(ERROR_USAGE, "-machine %s: the recorder needs a RAM file of its own; leave memory-backend out", command[i]);
        }
        if (machine && !has_machine) {
            if (asprintf(&made->machine, "%s,memory-backend=spillscope-ram", command[i]) < 0) {
                return error_out_of_memory();
            }
            made->words[i] = made->machine;
            has_machine = true;
        }
    }
    size_t at = count;
    static char object_option[] = "-object";
    static char machine_option[] = "-machine";
    static char machine_default[] = "memory-backend=spillscope-ram";
    static char plugin_option[] = "-plugin";
    made->words[at++] = object_option;
    made->words[at++] = made->memory;
    if (!has_machine) {
        made->words[at++] = machine_option;
        made->words[at++] = machine_default;
    }
    made->words[at++] = plugin_option;
    made->words[at++] = plugin;
    return NULL;
}

static struct error *guest_start(char **words, const char *serial, const sigset_t *mask, pid_t *out_pid) {
    int trouble[2]; /* tells why the program could not be started */
    if (pipe2(trouble, O_CLOEXEC) != 0) {
        return error_create_errno("pipe");
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* no guest outlives who runs it */
        if (getppid() != parent) {
            _exit(126);
        }
        pthread_sigmask(SIG_SETMASK, mask, NULL);
        int input = open("/dev/null", O_RDONLY);
        int output = serial ? open(serial, O_WRONLY | O_CREAT | O_TRUNC, 0666) : -1;
        dup2(input, STDIN_FILENO);
        dup2(output >= 0 ? output : STDERR_FILENO, STDOUT_FILENO); /* standard output is for data */
        if (output >= 0) {
            dup2(output, STDERR_FILENO);
        }
        execvp(words[0], words);
        int reason = errno;
        ssize_t told = write(trouble[1], &reason, sizeof reason);
        _exit(told == sizeof reason ? 127 : 126);
    }
    close(trouble[1]);
    int reason = 0;
    ssize_t got = pid < 0 ? 0 : read(trouble[0], &reason, sizeof reason);
    close(trouble[0]);
    if (pid < 0 || got == sizeof reason) {
        errno = pid < 0 ? errno : reason;
        if (pid > 0) {
            waitpid(pid, NULL, 0);
        }
        return error_create_errno("cannot start %s", words[0]);
    }
    *out_pid = pid;
    return NULL;
}

/*
 * Waits until the guest ends. SIGINT and SIGTERM are blocked and looked for here, so that an interrupted run still ends its guest and
 * removes its files. The RAM file's name goes away as soon as QEMU and the recorder have it open.
 */
static struct error *guest_wait(pid_t pid, unsigned seconds, const char *name, const struct oracle_run *run, const sigset_t *signals,
                                int *out_status) {
    struct progress *progress = progress_create("guest runs (seconds)", 0);
    struct timespec pause = {0, 20000000};
    struct timespec start;
    struct timespec now;
    struct error *error = NULL;
    int status = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    while (waitpid(pid, &status, WNOHANG) == 0) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        progress_step(progress, (size_t)(now.tv_sec - start.tv_sec));
        if (access(run->log_path, F_OK) == 0) {
            unlink(run->ram_path);
        }
        int caught = sigtimedwait(signals, NULL, &pause);
        if (caught > 0 || (seconds && now.tv_sec - start.tv_sec > (time_t)seconds)) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            error = caught > 0 ? error_create(ERROR_INTERRUPTED, "interrupted; %s was ended, and nothing was judged", name)
                               : error_create(ERROR_TARGET, "%s did not end within %u s", name, seconds);
            break;
        }
    }
    progress_destroy(progress);
    *out_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return error;
}

struct error *oracle_run_guest(struct store *store, const struct image *image, char *const *command, size_t count, unsigned seconds,
                               const char *serial, struct oracle_run *out_run) {
    uint64_t ram_size = 0;
    if (!count || count > COMMAND_MAX) {
        return error_create(ERROR_USAGE, "no QEMU command: put it behind --");
    }
    struct error *error = command_ram(command, count, &ram_size);
    if (error) {
        return error;
    }
    const char *temporary = getenv("TMPDIR");
    char folder[PATH_MAX];
    if (snprintf(folder, sizeof folder, "%s/spillscope-oracle-XXXXXX", temporary && *temporary ? temporary : "/tmp") >= (int)sizeof folder) {
        return error_create(ERROR_USAGE, "TMPDIR=%s is too long", temporary);
    }
    if (!mkdtemp(folder)) {
        return error_create_errno("%s", folder);
    }
    struct oracle_run run = {strdup(folder), format_path("%s/log", folder, 0), format_path("/dev/shm/%s-%ld", "spillscope-oracle", (long)getpid()),
                             0};
    char *config SCOPE_FREE = format_path("%s/config", folder, 0);
    char *plugin SCOPE_FREE = NULL;
    struct guest_command made __attribute__((cleanup(guest_command_deinit))) = {0};
    if (!run.folder || !run.log_path || !run.ram_path || !config) {
        error = error_out_of_memory();
    }
    if (!error) {
        struct recorder_request request = {
            .store = store, .image = image, .ram_path = run.ram_path, .ram_size = ram_size, .log_path = run.log_path, .config_path = config};
        error = recorder_arguments(&request, &plugin);
    }
    error = error ? error : guest_command_make(&made, command, count, run.ram_path, ram_size, plugin);
    pid_t pid = 0;
    sigset_t signals;
    sigset_t before;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, &before);
    error = error ? error : guest_start(made.words, serial, &before, &pid);
    error = error ? error : guest_wait(pid, seconds, command[0], &run, &signals, &run.exit_status);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (run.ram_path) {
        unlink(run.ram_path);
    }
    if (!error && access(run.log_path, R_OK) != 0) {
        error = error_create(ERROR_TARGET, "%s ended with status %d before the recorder began%s%s", command[0], run.exit_status,
                             serial ? "; its output is in " : "", serial ? serial : "");
    }
    if (error) {
        oracle_run_clean(&run);
        return error;
    }
    *out_run = run;
    return NULL;
}

void oracle_run_clean(struct oracle_run *run) {
    if (run->folder) {
        char *config SCOPE_FREE = format_path("%s/config", run->folder, 0);
        if (config) {
            unlink(config);
        }
        if (run->log_path) {
            unlink(run->log_path);
        }
        rmdir(run->folder);
    }
    free(run->folder);
    free(run->log_path);
    free(run->ram_path);
    *run = (struct oracle_run){0};
}
