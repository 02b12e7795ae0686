#ifndef SPILLSCOPE_RECORDER_RECORDS_H
#define SPILLSCOPE_RECORDER_RECORDS_H
/* Transactions under way in the recorder mode, and how messages of their beginning and end become rows of the store. */
#include "spillscope/catalog.h"
#include "group_watch.h"
#include "journal.h"
#include "mirror.h"
#include "spillscope/capture_log.h"
#include "spillscope/interruption.h"
#include "spillscope/machine.h"
#include "spillscope/probe.h"
#include "spillscope/text.h"

/* A transaction that has begun and not ended. */
struct record {
    struct record *outer; /* opened before it and still open */
    uint64_t number;
    uint32_t transaction;
    uint32_t cpu;
    uint64_t parent;     /* number, 0 = none */
    uint64_t group;      /* number, 0 = none */
    int64_t cause;       /* observation, 0 = none */
    int64_t observation; /* 0 = not stored yet */
    uint32_t task;       /* number in `names` */
    uint32_t client;     /* the same */
    bool has_client;     /* else the task is */
    struct mirror_view view;
};

struct recorder {
    const struct probe_request *request;
    struct store *store;
    struct image *image;
    struct plan *plan;
    struct catalog catalog;
    struct capture_ring ring;
    struct machine *machine;
    struct resumption resumed; /* run_id 0 = the run is a new one */
    struct journal *journal;
    bool placed;              /* changes come by name (CAPTURE_STATE): there are no snapshots */
    uint64_t unplaced;        /* bytes stored to no known memory */
    struct mirror *mirrors;   /* one for each kind */
    struct mirror *coming;    /* to which the next pieces belong */
    struct record *open;      /* newest first */
    struct record *spare;     /* to be used again */
    struct own_bytes *own;    /* of the transaction that ends next; NULL = nothing was told */
    struct vector own_ranges; /* struct capture_range */
    struct group_watch groups;
    struct map causes; /* number -> observation, of those that let others run later */
    struct strings names;
    uint64_t *seen;
    uint64_t *abandoned;
    uint64_t completed;
    uint64_t open_count;
    uint64_t cut_walks;
    uint64_t ambiguous;
    uint64_t unknown_own;
    uint64_t unknown_clients;
    uint32_t cpus;
    struct interruption interruption;
    struct progress *progress; /* NULL where the guest's own output shows that it goes on */
    bool ready;
    bool finished;
    bool early; /* finished because QEMU ended, and not the workload */
    bool interrupted;
    int64_t deadline;     /* ms */
    int64_t committed_ns; /* when what was seen was last made lasting */
    int64_t first_ns;
    int64_t guest_cpu_ns;
    int64_t guest_ns; /* from the first entry to the last exit, as the guest ran */
    struct text notices;
};

/* Records and all that were opened before them; NULL is fine. */
void record_free_all(struct record *record);
/* Stores all open ones from this one outwards that are not yet, outermost first, so that their numbers are in order of their entries. */
struct error *records_store(struct recorder *recorder, struct record *record);

/* The one with this number that is under way; NULL = none. */
struct record *record_find(const struct recorder *recorder, uint64_t number);

struct error *recorder_enter(struct recorder *recorder, const struct capture_enter *message);
/* Its row is needed, and known from now on: others will refer to it, maybe long after it has ended. */
struct error *recorder_defer(struct recorder *recorder, const struct capture_defer *message);
struct error *recorder_group(struct recorder *recorder, const struct capture_group *message);
/* A changed state that was told by name (recorder_states.c). */
struct error *recorder_state(struct recorder *recorder, const struct capture_state *message);
struct error *recorder_leave(struct recorder *recorder, const struct capture_leave *message);

#endif
