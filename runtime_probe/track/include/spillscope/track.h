#ifndef SPILLSCOPE_TRACK_H
#define SPILLSCOPE_TRACK_H
/*
 * Who is in which transaction: frames by kernel stack. A transaction is open from its entry until its return address has been popped
 * from the slot where the call put it, whatever runs on the CPU in between; so nested, recursive, interleaved and preempted ones are told apart.
 * An asynchronous interrupt is a frame of its own on the stack that it interrupted: what happens above it is not the transaction's.
 *
 * Pure bookkeeping: knows addresses, no guest.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/code.h"
#include "spillscope/error.h"

#define TRACK_ANY_DEPTH INT64_MIN
#define TRACK_CPUS 64

enum track_kind { TRACK_TRANSACTION, TRACK_INTERRUPT };

struct track_frame {
    enum track_kind kind;
    uint64_t slot;                  /* address of the return address: names the call; what begins within a call, or is tail-called, shares it */
    uint64_t return_pc;             /* where control goes at the end */
    uint64_t return_sp;             /* stack pointer then */
    const void *origin;             /* what was entered, by the user's choice: the same one twice in one call has begun anew */
    const struct code_place *exits; /* where it ends before its call returns; TRACK_ANY_DEPTH: wherever the stack stands. Not owned */
    uint32_t exit_count;
    void *payload; /* the user's; not owned */
};

/* One task's stack. */
struct track_stack {
    uint64_t low;               /* first address */
    uint64_t high;              /* one past the last */
    char *name;                 /* identity of the task; owned by the track */
    struct track_frame *frames; /* outermost first */
    size_t count;
    size_t capacity;
    bool gone;  /* was known, and its task is no more; or another one has replaced it */
    bool known; /* found in task structures or symbols; otherwise taken from a stack pointer */
    bool seen;  /* the user's: objects that lie in it are looked at */
};

struct track {
    struct track_stack **stacks; /* sorted by low, apart */
    size_t count;
    size_t capacity;
    struct track_stack **retired; /* replaced ones: pointers to them stay good until track_deinit */
    size_t retired_count;
    struct track_stack *running[TRACK_CPUS]; /* stack that each CPU was last seen on; NULL = not known */
};

void track_deinit(struct track *track);

/* Stack that holds the address (its end included: an empty stack's pointer stands there); NULL = none. */
struct track_stack *track_stack_at(const struct track *track, uint64_t address);

/*
 * Adds a stack. Older ones that overlap it must have ended: they are removed when they have no frames; when they have, it is not added and
 * *out_stack is the overlapped one.
 */
struct error *track_stack_add(struct track *track, uint64_t low, uint64_t high, const char *name, bool known, struct track_stack **out_stack);

/* A frame that ended without returning (killed task, longjmp), told before it goes. */
typedef void track_abandoned(void *context, struct track_stack *stack, const struct track_frame *frame);

/*
 * Opens a frame. Frames of this stack whose slot lies below the new one's cannot return any more: they are abandoned first, newest first. So are
 * those with the same slot, but for what encloses the new one in the same call: another origin that returns to the same place.
 */
struct error *track_enter(struct track_stack *stack, const struct track_frame *frame, track_abandoned *abandoned, void *context);

/* All frames of a stack whose task is gone, newest first. */
void track_abandon(struct track_stack *stack, track_abandoned *abandoned, void *context);

/* Closes the frame at `index`; frames above it are abandoned, newest first. */
void track_leave(struct track_stack *stack, size_t index, track_abandoned *abandoned, void *context);

/*
 * The frame that has just returned on a CPU with these registers; false = none has. While a frame is open its task's stack pointer lies below
 * return_sp, so the pair is reached by the return alone.
 */
bool track_returned(const struct track *track, uint64_t pc, uint64_t sp, struct track_stack **out_stack, size_t *out_index);

/* The innermost frame that ends before its call returns, where a CPU stands with these registers on this stack; false = none. */
bool track_left(const struct track_stack *stack, uint64_t pc, uint64_t sp, size_t *out_index);

/* The frame of this very call and origin, open already; NULL = none. */
const struct track_frame *track_standing(const struct track_stack *stack, uint64_t slot, const void *origin);

/* Innermost transaction that a new frame would be nested in; interrupts in between end the search. NULL = none. */
const struct track_frame *track_parent(const struct track_stack *stack);

/* The same for code that runs on this stack (NULL = on none that is known) with this stack pointer: frames that it has left for good are none. */
const struct track_frame *track_innermost(const struct track_stack *stack, uint64_t sp);

/*
 * A CPU runs on this stack now, and so no other one does: where another was seen on it last is not known any more. Gives the stack that the CPU ran
 * on before; NULL = not known.
 */
struct track_stack *track_run(struct track *track, uint32_t cpu, struct track_stack *stack);

/* Index of the lowest frame that runs when the stack runs: those below belong to something interrupted. */
size_t track_running(const struct track_stack *stack);

#endif
