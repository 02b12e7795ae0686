#ifndef SOLVER_EFFECT_H
#define SOLVER_EFFECT_H
/*
 * What frames call and store, by one solution: each frame is looked at once, however many transactions run it, and what stores through one points-to
 * set change is found once, however many frames do it. Nothing here depends on how a frame was reached.
 */
#include "states.h"

/* A state that may change. */
struct effect_state {
    uint32_t state : 31;
    uint32_t by_unknown : 1;
    uint32_t location; /* where the store's pointer leads; NONE = an unknown call */
    uint32_t maker;    /* frame that makes the heap object at hand, which is temporary: no change where that frame runs as well; NONE */
};

/* A forced "may be anything". */
struct effect_unknown {
    const char *cause;
    const char *detail;
    uint32_t maker; /* as above */
};

struct effect {
    VECTOR(struct effect_state) states; /* each (state, by_unknown, maker) once */
    VECTOR(struct effect_unknown) unknowns;
};

/* An instruction of a frame has an effect. */
struct effect_use {
    uint32_t instruction;
    uint32_t effect;
};

/* A target of a call. */
struct effect_call {
    uint32_t instruction;
    uint32_t frame;    /* that runs; NONE */
    uint32_t function; /* whose model stands for its body; NONE */
    uint32_t external; /* CODE object that is not looked into; NONE */
};

/* A frame's part of effects.uses or effects.calls. */
struct effect_part {
    bool known;
    uint32_t first;
    uint32_t count;
};

struct effects {
    struct arena *arena;
    struct effect_part *uses_of;  /* frame -> its uses, in order of instructions */
    struct effect_part *calls_of; /* frame -> its calls, likewise */
    VECTOR(struct effect_call) calls;
    VECTOR(struct effect) items;
    VECTOR(struct effect_use) uses;
    VECTOR(struct effect_frame) frames;
    struct map frame_of;  /* frame -> index of frames */
    struct keys of_store; /* (set, shape of the store) -> effect */
    struct map listed;    /* (state, by_unknown, maker) -> last effect that has it */
    uint32_t open;        /* effect of the instruction at hand that is no memorised one, NONE */
    uint32_t current;     /* effect that effect_add_state and effect_add_unknown add to, NONE = `open` */
    uint32_t frame;       /* at hand */
    uint32_t instruction; /* at hand */
};

void effects_init(struct effects *effects, struct arena *arena, const struct frames *frames);

/* What is added from here on is the effect of this frame, which comes once; of this instruction of it. */
void effects_begin_frame(struct effects *effects, uint32_t frame);
void effects_begin_instruction(struct effects *effects, uint32_t instruction);

/*
 * A store through all locations of a set: true when its effect is not known yet and the caller has to add to it, up to effects_end_store. `touch`
 * without its location; `record`: what the pointer is declared to lead to.
 */
bool effects_begin_store(struct effects *effects, const struct location_set *set, const struct touch *touch, uint32_t record);
void effects_end_store(struct effects *effects);

void effect_add_state(struct effects *effects, uint32_t state, uint32_t location, uint32_t maker, bool by_unknown);
void effect_add_unknown(struct effects *effects, uint32_t maker, const char *cause, const char *detail);

/* Begins the calls of a frame; add each to `calls`. */
void effects_begin_calls(struct effects *effects, uint32_t frame);
void effect_add_call(struct effects *effects, struct effect_call call);

#endif
