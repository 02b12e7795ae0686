#ifndef CAPTURE_CAPTURE_H
#define CAPTURE_CAPTURE_H
/*
 * The state of one scope, kept up to date at the boundaries of transactions. The walk of the object graph is a function of the bytes that it
 * read, of the page tables that led to them, of what is known of the heap, and of the tasks' stacks. All of these are noted; as long as none of
 * them changed, the walk would find the same objects, and only bytes that were stored to are looked at.
 */
#include <stdbool.h>
#include <stdint.h>
#include "dirty.h"
#include "shadow.h"
#include "spillscope/collection.h"
#include "spillscope/guest_memory.h"
#include "spillscope/snapshot.h"

/* Where memory and heap stand; shared by all captures. */
struct capture_ground {
    const struct plan *plan;
    struct guest_memory *memory;
    struct dirty *dirty;
    struct shadow *shadow;
    struct allocations *allocations;
    struct vector heap_events;     /* struct heap_event: what became of the heap so far */
    struct snapshot_range *stacks; /* sorted */
    size_t stack_count;
    uint64_t stacks_version;
    struct guest_translation translation; /* of the CPU at hand */
};

/* Addresses for which the answer of `allocations` has changed. */
struct heap_event {
    uint64_t low;
    uint64_t high;
};

/* A stretch of RAM that the walk depends on. */
struct capture_piece {
    uint64_t ram;    /* offset in the RAM file */
    uint32_t size;   /* bytes */
    uint32_t region; /* of the snapshot; SNAPSHOT_NONE = it only decides which objects there are */
    uint64_t offset; /* in the region */
    uint64_t copy;   /* where its bytes lie: in the snapshot's bytes, or in `others` */
    uint64_t reach;  /* the furthest end of this piece and of all before it */
    bool entry;      /* of a page table */
};

/* Bytes of a region that differ from the last look. */
struct capture_change {
    uint32_t region;
    uint32_t offset;
    uint32_t count;
};

enum { CAPTURE_KNOWN_LINES = 256 };

struct capture {
    const struct scope *scope;
    struct snapshot *now; /* as at the last look; NULL = none yet */
    struct snapshot_parameter parameters[8];
    size_t parameter_count;
    uint32_t epoch;  /* of the last look */
    uint64_t recent; /* lines stamped until then, where these are listed */
    uint64_t lines;  /* in all runs */
    uint64_t root;
    uint64_t stacks_version;
    size_t heap_events;   /* known */
    struct vector pieces; /* struct capture_piece, in order of where they lie; they may overlap */
    struct vector runs;   /* struct capture_run: lines without gaps */
    struct {
        uint32_t line;
        uint32_t upper;           /* of the pieces that begin before its end; 0 = none lies in it */
    } known[CAPTURE_KNOWN_LINES]; /* by line, as last asked */
    struct vector tops;           /* struct capture_top: entries of the top page table */
    struct vector asked;          /* uint64_t, sorted: addresses that the heap was asked about */
    struct vector others;         /* uint8_t */
    struct vector changes;        /* struct capture_change: of the last look */
    uint64_t walks;               /* how often the graph was walked, for figures */
    uint64_t looks;
};

enum capture_result { CAPTURE_SAME, CAPTURE_CHANGED, CAPTURE_RESHAPED };

void capture_init(struct capture *capture, const struct scope *scope);
void capture_deinit(struct capture *capture);

/* Looks again. CAPTURE_CHANGED: `changes` tells what; CAPTURE_RESHAPED: `now` is another snapshot. */
struct error *capture_look(struct capture *capture, struct capture_ground *ground, const struct snapshot_parameter *parameters, size_t count,
                           enum capture_result *out_result);

/* Which parts of regions lie at these bytes of RAM? */
typedef void capture_visitor(void *context, uint32_t region, uint64_t offset, uint64_t count);
void capture_find(const struct capture *capture, uint64_t ram, uint64_t count, capture_visitor *visitor, void *context);

#endif
