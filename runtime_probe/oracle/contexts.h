#ifndef ORACLE_CONTEXTS_H
#define ORACLE_CONTEXTS_H
/*
 * Which hooked calls are under way on which stack. A context is one kernel stack's chain of frames; a switch parks the running one under the
 * stack pointer with which it will come back.
 */
#include "spillscope/collection.h"
#include "spillscope/record_log.h"

enum { CONTEXT_NONE = UINT32_MAX, CONTEXT_CPUS_MAX = 256 };

enum frame_kind { FRAME_TRANSACTION, FRAME_ALLOCATOR, FRAME_INTERRUPT };

struct frame {
    enum frame_kind kind;
    uint32_t what; /* transaction: index of its observation; allocator: index of its hook */
    uint32_t hook;
    uint32_t place;    /* what it is within its call (recorder.h); 0 = the call itself */
    uint64_t stack;    /* stack pointer at entry; of a place: where its call's return address lies */
    uint64_t physical; /* of that, UINT64_MAX = unknown */
    uint64_t return_pc;
    uint64_t return_stack;
    uint64_t when; /* sequence number of the entry */
    uint64_t arguments[LOG_ARGUMENTS];
    uint64_t callers[LOG_CALLERS];
    uint32_t object; /* free, realloc: the object meant */
};

struct context {
    struct frame *frames; /* outermost first; owned */
    size_t count;
    size_t capacity;
    bool parked;
};

struct contexts {
    struct vector all; /* struct context */
    uint32_t running[CONTEXT_CPUS_MAX];
    struct map parked; /* stack pointer -> context */
    struct frame lost; /* where a frame goes when memory is short; all.failed is set then */
};

/* Told of each frame that ends. `returned` is false when it can never come back (its task was killed, or jumped out of it). */
typedef void frame_ended(void *judge, const struct frame *frame, const struct record_leave *leave, bool returned);

void contexts_init(struct contexts *contexts);
void contexts_deinit(struct contexts *contexts);
struct context *contexts_running(struct contexts *contexts, unsigned cpu);

/* Ends the frames that a call with this stack pointer shows to be gone. */
void contexts_trim(struct contexts *contexts, const struct record_enter *enter, frame_ended *ended, void *judge);
/* A new frame, after contexts_trim; NULL when it is the newest one again (an instruction executed twice), or a place that its call is in already. */
struct frame *contexts_enter(struct contexts *contexts, const struct record_enter *enter, uint32_t place);
/* Ends the newest frame of this place, in the call with this return address or in any; false when there is none. */
bool contexts_leave_place(struct contexts *contexts, const struct record_enter *enter, uint32_t place, bool any_call, frame_ended *ended,
                          void *judge);
/* Ends all frames that this return ends; false when there is none. */
bool contexts_leave(struct contexts *contexts, const struct record_leave *leave, frame_ended *ended, void *judge);
void contexts_switch(struct contexts *contexts, const struct record_switch *record);
/* Ends all frames of parked contexts whose stack lies in physical [low, high): the stack was freed. */
void contexts_bury(struct contexts *contexts, uint64_t low, uint64_t high, frame_ended *ended, void *judge);
/* Ends all frames that are left. */
void contexts_end(struct contexts *contexts, frame_ended *ended, void *judge);

#endif
