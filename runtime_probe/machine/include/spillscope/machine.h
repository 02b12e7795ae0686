#ifndef SPILLSCOPE_MACHINE_H
#define SPILLSCOPE_MACHINE_H
/* A QEMU of our own: started from the user's command line, with what the probe needs added, and ended with the probe. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"

struct machine;

/* Makes the argument of -plugin for a machine whose RAM will lie in this file; the caller frees it. */
typedef struct error *machine_plugin(void *context, const char *ram_path, uint64_t ram_size, char **out_argument);

#define MACHINE_PLUGINS 2

struct machine_request {
    char *const *command; /* the user's QEMU command line */
    size_t command_count;
    struct {
        machine_plugin *make; /* NULL = none; needs a RAM file */
        void *context;
    } plugins[MACHINE_PLUGINS];
    bool stopped;         /* add -S and a stub on a private Unix socket */
    bool want_ram;        /* back the guest's RAM by a file */
    bool require_ram;     /* ... and fail where the user's line does not allow it */
    const char *log_path; /* the guest's output goes there; NULL = copied to stderr by machine_drain */
    int timeout_ms;       /* for the stub's socket to appear */
};

/*
 * Starts it. ERROR_USAGE: the command line has its own -gdb, -s or memory backend; ERROR_TARGET: QEMU is missing, or ended at once (with
 * its last output). The machine dies with this process, whatever ends it.
 */
struct error *machine_launch(const struct machine_request *request, struct machine **out_machine);

/* Ends QEMU if it still runs and removes its files; NULL is fine. */
void machine_destroy(struct machine *machine);
SCOPE_DEFINE(machine, struct machine *, machine_destroy)

const char *machine_socket(const struct machine *machine);   /* "unix:PATH" of its stub */
const char *machine_ram_path(const struct machine *machine); /* NULL = no RAM file */
uint64_t machine_ram_size(const struct machine *machine);    /* bytes, all from physical address 0 */
const char *machine_notice(const struct machine *machine);   /* why there is no RAM file though wanted; NULL = nothing to say */
int machine_ram_descriptor(const struct machine *machine);   /* opened for reading; -1 = none */

/* Removes socket and RAM file from the file system: QEMU and we hold them open. Call it when the stub has answered. */
void machine_hide_files(struct machine *machine);

/* Copies new output to stderr (or nothing, with a log file). */
void machine_drain(struct machine *machine);

/* Has QEMU ended? *out_status as of waitpid when it has. */
bool machine_ended(struct machine *machine, int *out_status);
/* Waits up to `timeout_ms` for its end; true when it has ended. */
bool machine_wait(struct machine *machine, int timeout_ms);

/* QEMU writes to the log file by itself and tells nobody when it cannot: ERROR_IO when the file's disk takes nothing more. */
struct error *machine_check_log(const struct machine *machine);

/* ERROR_TARGET with `what`, how QEMU ended (if it did), and its last lines of output. */
struct error *machine_error(struct machine *machine, const char *what);

#endif
