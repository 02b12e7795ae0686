#ifndef SPILLSCOPE_CAPTURE_LOG_H
#define SPILLSCOPE_CAPTURE_LOG_H
/*
 * What the recorder mode's plugin tells the probe, through a ring in shared memory: transactions that begin and end, and, before each of
 * them, how the captured state of that kind of transaction differs from what was told last.
 *
 * The probe makes the ring and writes the header; the plugin in QEMU fills it, the probe empties it. Messages are multiples of 8 bytes and
 * begin with struct capture_message. The ring is mapped twice in a row, so that no message is cut by its end. A full ring makes the
 * plugin wait: nothing is lost.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"
#include "spillscope/snapshot.h"

enum { CAPTURE_VERSION = 4, CAPTURE_PATH_MAX = 1024, CAPTURE_LIST_MAX = 16384, CAPTURE_TEXT_MAX = 512, CAPTURE_PARAMETERS = 8 };
#define CAPTURE_MAGIC "SPILLCAP"

/* The first page of the shared memory. */
struct capture_header {
    char magic[8];
    uint32_t version;
    uint32_t everything; /* no whitelist: all state that can be reached counts */
    uint64_t ring_size;  /* bytes, a power of two; the ring begins at CAPTURE_RING_OFFSET */
    uint64_t ram_size;   /* bytes of the RAM file, which begins at physical address 0 */
    char ram[CAPTURE_PATH_MAX];
    char database[CAPTURE_PATH_MAX];
    char elf[CAPTURE_PATH_MAX];
    char modules[CAPTURE_LIST_MAX];        /* image_open_list */
    _Alignas(64) _Atomic uint64_t written; /* bytes in all, by the plugin */
    _Alignas(64) _Atomic uint64_t read;    /* bytes in all, by the probe */
};
#define CAPTURE_RING_OFFSET ((uint64_t)32768)

enum capture_kind {
    CAPTURE_READY = 1,    /* struct capture_ready: the plugin has read its inputs */
    CAPTURE_BEGIN = 2,    /* the running kernel is the right one, and the window has begun */
    CAPTURE_SNAPSHOT = 3, /* struct capture_snapshot: what is captured for a kind has another form; pieces follow */
    CAPTURE_PIECE = 4,    /* struct capture_message and bytes: the next part of the snapshot's regions, then of its bytes */
    CAPTURE_PATCH = 5,    /* struct capture_patch: bytes of one region have changed */
    CAPTURE_ENTER = 6,    /* struct capture_enter */
    CAPTURE_OWN = 7,      /* struct capture_own: bytes that the transaction which ends next stored to */
    CAPTURE_LEAVE = 8,    /* struct capture_leave */
    CAPTURE_END = 9,      /* struct capture_end: the workload's end, or the guest's, was reached */
    CAPTURE_FAILED = 10,  /* struct capture_text: why the plugin has given up */
    CAPTURE_DEFER = 11,   /* struct capture_defer: a transaction under way lets another one run later */
    CAPTURE_GROUP =
        12,            /* struct capture_group: a group of transactions begins, ends or vanishes, with the entry that comes next or the exit before */
    CAPTURE_STATE = 13 /* struct capture_state: one changed state of a transaction that ends next; there are no snapshots then */
};

struct capture_message {
    uint32_t kind;
    uint32_t size; /* bytes with this header, a multiple of 8 */
};

/* Both sides made the same plan of the same inputs: these must agree. */
struct capture_ready {
    struct capture_message head;
    uint32_t shapes;
    uint32_t transactions;
    uint32_t cpus;
    uint32_t reserved;
};

/* Regions (struct region) and then bytes follow as pieces. */
struct capture_snapshot {
    struct capture_message head;
    uint32_t transaction; /* index in the catalog */
    uint32_t regions;
    uint64_t bytes;
    uint64_t serial;
    uint32_t unreadable;
    uint32_t ambiguous;
    uint32_t cut;
    uint32_t reserved;
};

struct capture_patch {
    struct capture_message head;
    uint32_t transaction;
    uint32_t region;
    uint32_t offset; /* in the region */
    uint32_t count;
    uint8_t bytes[]; /* the new ones, padded */
};

struct capture_enter {
    struct capture_message head;
    uint32_t transaction;
    uint32_t cpu;
    uint64_t number; /* of the observation, from 1 */
    uint64_t parent; /* 0 = none */
    uint64_t group;  /* number of the group that it belongs to; 0 = none */
    uint64_t cause;  /* that queued it, of one that a CAPTURE_DEFER told of; 0 = none */
    uint64_t stack;  /* lowest address of its stack */
    uint32_t named;  /* bytes of the stack's name, which follows, with its end */
    uint32_t client; /* bytes of what the manifest's expression says of the client, which follows then, with its end; 0 = nothing, 1 = not known */
    char name[];
};

struct capture_defer {
    struct capture_message head;
    uint64_t number; /* of the observation */
};

/* The state of a group is captured as if it were of the transaction with index catalog.count + group. */
struct capture_group {
    struct capture_message head;
    uint64_t number; /* of this group */
    uint32_t group;  /* index in the catalog */
    uint32_t event;  /* enum group_event */
};

/* A range of a region that the transaction's task stored to. */
struct capture_range {
    uint32_t region;
    uint32_t kept; /* 1: what it stored was there already */
    uint64_t offset;
    uint64_t count;
};
struct capture_own {
    struct capture_message head;
    uint32_t count;
    uint32_t reserved;
    struct capture_range ranges[];
};

struct capture_leave {
    struct capture_message head;
    uint64_t number;
    uint32_t transaction;
    uint32_t killed;     /* it was abandoned: nothing is compared */
    uint32_t disturbed;  /* 1: others ran meanwhile, or objects came and went: only what CAPTURE_OWN tells is its own; 2: and that is not known */
    uint32_t overlapped; /* one of the same entity was open beside it */
    uint32_t whole;      /* it was the call of a function: `result` is its result */
    uint32_t reserved;
    uint64_t result; /* the register */
};

/* A changed state by name: three or four strings follow, each ended by NUL: key, instance, new value, old value. */
struct capture_state {
    struct capture_message head;
    uint64_t number; /* of the observation */
    uint64_t bytes;  /* that changed */
    uint32_t whitelisted;
    uint32_t fresh;  /* the object is new: there is no old value */
    uint32_t length; /* of the strings */
    uint32_t reserved;
    char text[];
};

struct capture_end {
    struct capture_message head;
    uint64_t unplaced;     /* bytes that were stored to no known memory */
    uint64_t guest_ns;     /* from the window's begin to its end, as the guest ran */
    uint64_t guest_cpu_ns; /* processor time of its thread meanwhile; 0 = it ended on another CPU than it began */
    uint32_t early;        /* QEMU ended, and the end that the manifest names was not reached */
    uint32_t reserved;
};

struct capture_text {
    struct capture_message head;
    uint32_t code; /* enum error_code */
    uint32_t reserved;
    char text[CAPTURE_TEXT_MAX];
};

/* The shared memory as one side has mapped it. */
struct capture_ring {
    struct capture_header *header;
    uint8_t *bytes; /* the ring, twice */
    uint64_t size;
    uint64_t position; /* bytes of this side's messages so far */
    int descriptor;    /* owned by the side that created it; else -1 */
};

/* Makes the memory, which the QEMU that starts next inherits by its descriptor; header fields but sizes are the caller's to fill. */
struct error *capture_ring_create(uint64_t size, struct capture_ring *out_ring);
/* Maps an inherited one. */
struct error *capture_ring_attach(int descriptor, struct capture_ring *out_ring);
void capture_ring_deinit(struct capture_ring *ring);

/* Room for one message, waiting for it; the message counts after capture_ring_commit. At most half the ring. */
void *capture_ring_reserve(struct capture_ring *ring, uint32_t kind, size_t size);
void capture_ring_commit(struct capture_ring *ring);

/* Next message, NULL when there is none now; it is gone after capture_ring_release. A message that cannot be one is ERROR_FORMAT. */
struct error *capture_ring_next(struct capture_ring *ring, const struct capture_message **out_message);
void capture_ring_release(struct capture_ring *ring, const struct capture_message *message);

#endif
