#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "spillscope/interruption.h"
#include "spillscope/machine.h"
#include "spillscope/oracle.h"
#include "spillscope/progress.h"

enum { POLL_MS = 20, START_MS = 10000 };

/* What the recorder's argument is made from, once it is known where the guest's RAM lies. */
struct recording {
    struct store *store;
    const struct image *image;
    const char *log_path;
    const char *config_path;
};

static struct error *recording_argument(void *context, const char *ram_path, uint64_t ram_size, char **out_argument) {
    const struct recording *recording = context;
    struct recorder_request request = {.store = recording->store,
                                       .image = recording->image,
                                       .ram_path = ram_path,
                                       .ram_size = ram_size,
                                       .log_path = recording->log_path,
                                       .config_path = recording->config_path};
    return recorder_arguments(&request, out_argument);
}

/* Waits until the guest ends. The RAM file's name goes away as soon as QEMU and the recorder have it open. */
static struct error *guest_wait(struct machine *machine, unsigned seconds, const char *name, const char *log_path,
                                const struct interruption *interruption, int *out_status) {
    struct progress *progress __attribute__((cleanup(scope_progress))) = progress_create("guest runs (seconds)", 0);
    struct pollfd signal = {.fd = interruption->descriptor, .events = POLLIN};
    struct timespec start;
    struct timespec now;
    int status = 0;
    clock_gettime(CLOCK_MONOTONIC, &start);
    while (!machine_ended(machine, &status)) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        progress_step(progress, (size_t)(now.tv_sec - start.tv_sec));
        machine_drain(machine);
        if (access(log_path, F_OK) == 0) {
            machine_hide_files(machine);
        }
        poll(&signal, 1, POLL_MS);
        if (interruption_seen(interruption)) {
            return error_create(ERROR_INTERRUPTED, "interrupted; %s was ended, and nothing was judged", name);
        }
        if (seconds && now.tv_sec - start.tv_sec > (time_t)seconds) {
            return error_create(ERROR_TARGET, "%s did not end within %u s", name, seconds);
        }
    }
    *out_status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return NULL;
}

/* From QEMU's start to its end, which an interruption brings about as well. */
static struct error *guest_run(const struct machine_request *request, unsigned seconds, const char *log_path, int *out_status) {
    struct interruption interruption __attribute__((cleanup(interruption_release))) = {0};
    struct machine *machine __attribute__((cleanup(scope_machine))) = NULL; /* ends before signals strike again */
    struct error *error = interruption_catch(&interruption);
    error = error ? error : machine_launch(request, &machine);
    error = error ? error : guest_wait(machine, seconds, request->command[0], log_path, &interruption, out_status);
    if (!error && access(log_path, R_OK) != 0) {
        error = machine_error(machine, "QEMU ended before the recorder began");
    }
    return error;
}

struct error *oracle_run_guest(struct store *store, const struct image *image, char *const *command, size_t count, unsigned seconds,
                               const char *serial, struct oracle_run *out_run) {
    const char *temporary = getenv("TMPDIR");
    char *folder SCOPE_FREE = NULL;
    if (asprintf(&folder, "%s/spillscope-oracle-XXXXXX", temporary && *temporary ? temporary : "/tmp") < 0) {
        folder = NULL;
        return error_out_of_memory();
    }
    if (!mkdtemp(folder)) {
        return error_create_errno("%s", folder);
    }
    struct oracle_run run = {.folder = strdup(folder)};
    if (!run.folder || asprintf(&run.log_path, "%s/log", folder) < 0 || asprintf(&run.config_path, "%s/config", folder) < 0) {
        oracle_run_clean(&run);
        return error_out_of_memory();
    }
    struct recording recording = {store, image, run.log_path, run.config_path};
    struct machine_request request = {
        .command = command,
        .command_count = count,
        .plugins = {{.make = recording_argument, .context = &recording}},
        .want_ram = true,
        .require_ram = true,
        .log_path = serial,
        .timeout_ms = START_MS,
    };
    struct error *error = guest_run(&request, seconds, run.log_path, &run.exit_status);
    if (error) {
        oracle_run_clean(&run);
        return error;
    }
    *out_run = run;
    return NULL;
}

void oracle_run_clean(struct oracle_run *run) {
    if (run->config_path) {
        unlink(run->config_path);
    }
    if (run->log_path) {
        unlink(run->log_path);
    }
    if (run->folder) {
        rmdir(run->folder);
    }
    free(run->folder);
    free(run->log_path);
    free(run->config_path);
    *run = (struct oracle_run){0};
}
