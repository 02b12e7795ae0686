#include "contexts.h"

#include <stdlib.h>

/* Stack pointers this far apart belong to different stacks (interrupt and fault stacks beside a task's own). */
#define SAME_STACK_BYTES 65536u

void contexts_init(struct contexts *contexts) {
    *contexts = (struct contexts){.all = VECTOR_OF(struct context)};
    for (size_t i = 0; i < CONTEXT_CPUS_MAX; i++) {
        contexts->running[i] = CONTEXT_NONE;
    }
}

void contexts_deinit(struct contexts *contexts) {
    for (size_t i = 0; i < contexts->all.count; i++) {
        free(VECTOR_AT(&contexts->all, struct context, i)->frames);
    }
    vector_deinit(&contexts->all);
    map_deinit(&contexts->parked);
}

static uint32_t contexts_new(struct contexts *contexts) {
    uint32_t index = (uint32_t)contexts->all.count;
    vector_push(&contexts->all);
    return index;
}

struct context *contexts_running(struct contexts *contexts, unsigned cpu) {
    if (contexts->running[cpu % CONTEXT_CPUS_MAX] == CONTEXT_NONE) {
        contexts->running[cpu % CONTEXT_CPUS_MAX] = contexts_new(contexts);
    }
    return VECTOR_AT(&contexts->all, struct context, contexts->running[cpu % CONTEXT_CPUS_MAX]);
}

static struct frame *context_top(const struct context *context) {
    return context->count ? &context->frames[context->count - 1] : NULL;
}

static struct frame *context_push(struct contexts *contexts, struct context *context) {
    if (context->count == context->capacity) {
        size_t capacity = context->capacity ? context->capacity * 2 : 16;
        struct frame *frames = realloc(context->frames, capacity * sizeof *frames);
        if (!frames) {
            contexts->all.failed = true;
            return &contexts->lost;
        }
        context->frames = frames;
        context->capacity = capacity;
    }
    struct frame *frame = &context->frames[context->count++];
    *frame = (struct frame){0};
    return frame;
}

/* The frame is off the chain before it is told of, so that whoever is told sees what is still under way. */
static void context_pop(struct context *context, const struct record_leave *leave, bool returned, frame_ended *ended, void *judge) {
    struct frame frame = *context_top(context);
    context->count--;
    ended(judge, &frame, leave, returned);
}

void contexts_trim(struct contexts *contexts, const struct record_enter *enter, frame_ended *ended, void *judge) {
    struct context *context = contexts_running(contexts, enter->cpu);
    for (struct frame *top = context_top(context); top; top = context_top(context)) {
        bool gone = top->stack < enter->stack && enter->stack - top->stack < SAME_STACK_BYTES; /* its stack space is no longer in use */
        if (!gone) {
            return;
        }
        context_pop(context, NULL, false, ended, judge);
    }
}

struct frame *contexts_enter(struct contexts *contexts, const struct record_enter *enter, uint32_t place) {
    struct context *context = contexts_running(contexts, enter->cpu);
    const struct frame *top = context_top(context);
    if (!place && top && !top->place && top->stack == enter->stack && top->hook == enter->hook && top->return_pc == enter->return_pc) {
        return NULL;
    }
    for (size_t i = context->count; place && i-- > 0 && context->frames[i].stack == enter->stack;) {
        if (context->frames[i].place == place && context->frames[i].return_pc == enter->return_pc) {
            return NULL;
        }
    }
    struct frame *frame = context_push(contexts, context);
    frame->hook = enter->hook;
    frame->place = place;
    frame->stack = enter->stack;
    frame->return_pc = enter->return_pc;
    frame->return_stack = enter->return_stack;
    for (int i = 0; i < LOG_ARGUMENTS; i++) {
        frame->arguments[i] = enter->arguments[i];
    }
    for (int i = 0; i < LOG_CALLERS; i++) {
        frame->callers[i] = enter->callers[i];
    }
    return frame;
}

bool contexts_leave_place(struct contexts *contexts, const struct record_enter *enter, uint32_t place, bool any_call, frame_ended *ended,
                          void *judge) {
    struct context *context = contexts_running(contexts, enter->cpu);
    struct record_leave leave = {.kind = RECORD_LEAVE, .cpu = enter->cpu, .stack = enter->stack, .root = enter->root};
    size_t at = context->count;
    while (at > 0 && (context->frames[at - 1].place != place || (!any_call && context->frames[at - 1].stack != enter->stack))) {
        at--;
    }
    while (at > 0 && context->count >= at) {
        context_pop(context, &leave, context->count == at, ended, judge);
    }
    return at > 0;
}

bool contexts_leave(struct contexts *contexts, const struct record_leave *leave, frame_ended *ended, void *judge) {
    struct context *context = contexts_running(contexts, leave->cpu);
    size_t at = context->count;
    while (at > 0) {
        const struct frame *frame = &context->frames[at - 1];
        if (frame->return_pc == leave->pc && frame->return_stack == leave->stack) {
            break;
        }
        at--;
    }
    if (at == 0) {
        return false;
    }
    while (context->count >= at) {
        context_pop(context, leave, context->count == at, ended, judge);
    }
    for (struct frame *top = context_top(context); top && top->return_pc == leave->pc && top->return_stack == leave->stack;
         top = context_top(context)) {
        context_pop(context, leave, true, ended, judge); /* a tail call: one return ends both */
    }
    return true;
}

void contexts_switch(struct contexts *contexts, const struct record_switch *record) {
    unsigned cpu = record->cpu;
    contexts_running(contexts, cpu);
    uint32_t left = contexts->running[cpu];
    uint64_t stale = 0;
    if (map_find(&contexts->parked, record->from, &stale)) { /* nobody came back there: a task that is gone */
        map_remove(&contexts->parked, record->from);
    }
    map_insert(&contexts->parked, record->from, left);
    VECTOR_AT(&contexts->all, struct context, left)->parked = true;
    uint64_t next = 0;
    if (map_find(&contexts->parked, record->stack, &next)) {
        map_remove(&contexts->parked, record->stack);
    } else {
        next = contexts_new(contexts);
    }
    contexts->running[cpu] = (uint32_t)next;
    VECTOR_AT(&contexts->all, struct context, next)->parked = false;
}

void contexts_bury(struct contexts *contexts, uint64_t low, uint64_t high, frame_ended *ended, void *judge) {
    for (size_t i = 0; i < contexts->all.count; i++) {
        struct context *context = VECTOR_AT(&contexts->all, struct context, i);
        const struct frame *top = context_top(context);
        while (context->parked && top && top->physical >= low && top->physical < high) {
            context_pop(context, NULL, false, ended, judge);
            top = context_top(context);
        }
    }
}

void contexts_end(struct contexts *contexts, frame_ended *ended, void *judge) {
    for (size_t i = 0; i < contexts->all.count; i++) {
        struct context *context = VECTOR_AT(&contexts->all, struct context, i);
        while (context->count) {
            context_pop(context, NULL, false, ended, judge);
        }
    }
}
