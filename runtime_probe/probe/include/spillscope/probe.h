#ifndef SPILLSCOPE_PROBE_H
#define SPILLSCOPE_PROBE_H
/*
 * The runtime probe: watches the transactions of a kernel through a GDB stub and stores what each changed. Input: a database that the
 * analyzer filled (transactions, whitelists, pointer facts, manifest) and the kernel's ELF. Output: tables run, observation, change, state.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"

enum probe_mode {
    PROBE_AUTO,    /* guest RAM mapped where the machine allows it, else packets */
    PROBE_STUB,    /* packets only */
    PROBE_RAM,     /* mapped RAM, or an error */
    PROBE_RECORDER /* a plugin inside QEMU that stops nothing */
};

struct store;
struct image;

/* Sets up a recorder for a QEMU that is about to start and makes the argument of its -plugin, which the caller frees. */
typedef struct error *probe_recorder(void *context, struct store *store, const struct image *image, const char *ram_path, uint64_t ram_size,
                                     char **out_argument);

struct probe_request {
    const char *database;
    const char *elf;
    const char *modules;  /* object files that the kernel may load, each followed by a newline; NULL = none */
    const char *stub;     /* address of a stub that runs already; NULL = start `command` */
    char *const *command; /* QEMU command line, when `stub` is NULL */
    size_t command_count;
    enum probe_mode mode;
    bool everything;          /* without the static side: no whitelists, all that can be reached counts; for comparison only */
    int64_t transactions;     /* end after so many were seen; 0 = no limit */
    bool dry;                 /* read all that a run needs, and end there: nothing is started, nothing stored */
    bool resume;              /* go on with the newest run, which was interrupted, failed or killed; `transactions` counts what it has */
    int timeout_s;            /* end with an error when the run takes longer */
    const char *log;          /* file for the guest's output; NULL = stderr */
    probe_recorder *recorder; /* NULL = none; with one the guest runs to its end after the workload */
    void *recorder_context;
};

/* What happened, for the summary line. */
struct probe_summary {
    int64_t run_id;
    const char *mode;      /* "stub", "ram" or "recorder" */
    uint64_t transactions; /* observations that ended */
    uint64_t resumed;      /* observations that ended in earlier parts of the run, not among these */
    uint64_t kinds;        /* distinct transactions among them */
    uint64_t armed;        /* transactions that were waited for */
    uint64_t changes;
    uint64_t stops;
    uint64_t cut;             /* still open at the end */
    double seconds;           /* from the first entry to the last exit */
    double guest_seconds;     /* recorder: what the guest itself took for the window; what came is stored beside it and after */
    double guest_cpu_seconds; /* processor time of the guest's thread meanwhile; 0 = not known */
    bool interrupted;
    bool mismatched;    /* nearly all changes are outside of the whitelists: what was stored says nothing of spills */
    char notices[2048]; /* lines about what is incomplete, "" = nothing */
};

/* Lets the C library keep freed memory: else every snapshot is given back to the system, and its pages are cleared anew for the next one. */
void probe_keep_memory(void);

/* Runs until the workload, the guest or a limit ends it. What was stored before an error stays stored. */
struct error *probe_run(const struct probe_request *request, struct probe_summary *out_summary);

#endif
