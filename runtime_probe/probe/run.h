#ifndef PROBE_RUN_H
#define PROBE_RUN_H
/* One run of the modes that stop the guest: all that it holds, from its inputs (probe.c) over its stops (recording.c) to its end (conclusion.c). */
#include "object_watch.h"
#include "observer.h"
#include "spillscope/interruption.h"
#include "spillscope/machine.h"
#include "spillscope/probe.h"
#include "spillscope/progress.h"
#include "spillscope/text.h"
#include "turn.h"
#include "untold.h"

enum { STUB_TIMEOUT_MS = 10000 };

/* Released in reverse order of its making by probe_run. */
struct run {
    const struct probe_request *request;
    struct store *store;
    struct image *image;
    struct plan *plan;
    struct catalog catalog;
    struct sites sites;
    struct object_watch objects;
    struct machine *machine; /* NULL with --gdb */
    struct session *session;
    struct guest_memory *memory;
    struct guest guest;
    struct points points;
    struct observer observer;
    bool observer_ready;
    struct resumption resumed; /* run_id 0 = the run is a new one */
    struct journal *journal;
    struct interruption interruption;
    bool verified;          /* ELF and guest were compared */
    bool recording;         /* entries are armed */
    bool finished;          /* the workload's end, or the limit, was reached */
    bool gone;              /* the guest has ended, or nothing can be said to it any more */
    struct stop_reply last; /* as which its end was told, when it was */
    bool interrupted;
    bool told_late; /* the time limit ended the loop */
    bool running;   /* the guest was left running */
    struct turn turn;
    struct untold untold;
    bool late; /* the processor that was resumed last was among them */
    bool held; /* by a breakpoint where it stood */
    uint64_t held_pc;
    int64_t deadline;          /* transport_clock */
    struct progress *progress; /* NULL where the guest's own output shows that it goes on */
    struct text notices;
};

#endif
