#ifndef SOLVER_FRAMES_H
#define SOLVER_FRAMES_H
/*
 * Cloning for context. An instance is a function with copies of the small functions that it calls, and of those that they call: a tree of
 * frames. Each frame has its own values and its own locals, and its allocation calls make objects of their own, so that a function that is
 * called for one list, lock or object says nothing about the others. Frames only number: instructions stay in the facts.
 */
#include "model.h"
#include "program.h"

struct frame {
    uint32_t function;
    uint32_t parent; /* frame that calls this copy; NONE = root of an instance */
    uint32_t call;   /* index of the call among the parent's instructions */
    uint32_t instance;
    uint32_t values; /* first of its value_count + 1 values; the last one is what the function returns */
    uint32_t locals; /* first of its locals: number of a thing, see things.h */
};

struct instance {
    uint32_t function;
    uint32_t first_frame; /* its frames are consecutive, the root first */
    uint32_t frame_count;
};

struct frames {
    struct program *program;
    const struct models *models;
    VECTOR(struct frame) items;
    VECTOR(struct instance) instances;
    uint32_t *instance_of; /* function -> instance, NONE */
    bool *keep_apart;      /* function -> never copied into callers: entries of transactions */
    uint32_t *size;        /* function -> instructions with everything copied in */
    bool *inlined;         /* function -> copied into its callers */
    bool *outside_root;    /* exported function -> its callers in scope, if any, never run: outside calls it */
    struct map children;   /* (frame << 32 | instruction) -> frame of the copied callee */
    uint32_t value_count;
    uint32_t local_count;
};

/*
 * Decides what is copied and makes an instance of each function that runs by itself. keep_apart has one entry a function. open_world:
 * functions of external linkage may be called from outside even when callers in scope have copied them.
 */
void frames_build(struct program *program, const struct models *models, bool *keep_apart, bool open_world, struct frames *out_frames);

/* Function called by a direct call, NONE when it is not defined in scope or a model replaces its body. */
uint32_t frames_direct_callee(const struct frames *frames, const struct function *caller, const struct facts_instruction *call);

static inline const struct facts_instruction *frame_instructions(const struct frames *frames, uint32_t frame, uint32_t *out_count) {
    const struct facts_function *facts = frames->program->functions.items[frames->items.items[frame].function].facts;
    *out_count = (uint32_t)facts->instruction_count;
    return facts->instructions;
}

/* Node of a value of a frame. */
static inline uint32_t frame_value(const struct frames *frames, uint32_t frame, uint32_t value) {
    return frames->items.items[frame].values + value;
}

static inline uint32_t frame_return(const struct frames *frames, uint32_t frame) {
    const struct frame *at = &frames->items.items[frame];
    return at->values + (uint32_t)frames->program->functions.items[at->function].facts->value_count;
}

/* Frame of the callee that was copied in at a call; NONE. */
static inline uint32_t frame_child(const struct frames *frames, uint32_t frame, uint32_t instruction) {
    uint32_t child = map_get(&frames->children, ((uint64_t)frame << 32) | instruction);
    return child == MAP_NONE ? NONE : child;
}

#endif
