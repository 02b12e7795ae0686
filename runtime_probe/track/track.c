#include "spillscope/track.h"

#include <stdlib.h>
#include <string.h>

static void stack_destroy(struct track_stack *stack) {
    free(stack->name);
    free(stack->frames);
    free(stack);
}

void track_deinit(struct track *track) {
    for (size_t i = 0; i < track->count; i++) {
        stack_destroy(track->stacks[i]);
    }
    for (size_t i = 0; i < track->retired_count; i++) {
        stack_destroy(track->retired[i]);
    }
    free(track->stacks);
    free(track->retired);
    *track = (struct track){0};
}

struct track_stack *track_stack_at(const struct track *track, uint64_t address) {
    struct track_stack *ending = NULL;
    for (size_t i = 0; i < track->count; i++) {
        struct track_stack *stack = track->stacks[i];
        if (address >= stack->low && address < stack->high) {
            return stack;
        }
        ending = address == stack->high ? stack : ending;
    }
    return ending;
}

static bool track_retire(struct track *track, size_t index) {
    struct track_stack **grown = realloc(track->retired, (track->retired_count + 1) * sizeof *grown);
    if (!grown) {
        return false;
    }
    track->retired = grown;
    track->stacks[index]->gone = true;
    track->retired[track->retired_count++] = track->stacks[index];
    memmove(track->stacks + index, track->stacks + index + 1, (track->count - index - 1) * sizeof *track->stacks);
    track->count--;
    return true;
}

struct error *track_stack_add(struct track *track, uint64_t low, uint64_t high, const char *name, bool known, struct track_stack **out_stack) {
    for (size_t i = 0; i < track->count;) {
        struct track_stack *other = track->stacks[i];
        bool overlaps = low < other->high && other->low < high;
        bool same = low == other->low && high == other->high;
        if (overlaps && (other->count > 0 || same)) {
            *out_stack = other;
            return NULL;
        }
        if (overlaps) {
            if (!track_retire(track, i)) {
                return error_out_of_memory();
            }
        } else {
            i++;
        }
    }
    if (track->count == track->capacity) {
        size_t capacity = track->capacity ? track->capacity * 2 : 16;
        struct track_stack **grown = realloc(track->stacks, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        track->stacks = grown;
        track->capacity = capacity;
    }
    struct track_stack *stack = calloc(1, sizeof *stack);
    char *copy = strdup(name);
    if (!stack || !copy) {
        free(stack);
        free(copy);
        return error_out_of_memory();
    }
    *stack = (struct track_stack){.low = low, .high = high, .name = copy, .known = known};
    size_t at = track->count;
    while (at > 0 && track->stacks[at - 1]->low > low) {
        track->stacks[at] = track->stacks[at - 1];
        at--;
    }
    track->stacks[at] = stack;
    track->count++;
    *out_stack = stack;
    return NULL;
}

static void stack_abandon(struct track_stack *stack, size_t keep, track_abandoned *abandoned, void *context) {
    while (stack->count > keep) {
        struct track_frame frame = stack->frames[--stack->count];
        abandoned(context, stack, &frame);
    }
}

/* Is the older frame of the same call still under way? */
static bool frame_encloses(const struct track_frame *older, const struct track_frame *frame) {
    return older->slot == frame->slot && older->return_pc == frame->return_pc && older->origin != frame->origin && older->kind == TRACK_TRANSACTION &&
           frame->kind == TRACK_TRANSACTION;
}

struct error *track_enter(struct track_stack *stack, const struct track_frame *frame, track_abandoned *abandoned, void *context) {
    size_t keep = stack->count;
    while (keep > 0 && stack->frames[keep - 1].slot <= frame->slot && !frame_encloses(&stack->frames[keep - 1], frame)) {
        keep--;
    }
    stack_abandon(stack, keep, abandoned, context);
    if (stack->count == stack->capacity) {
        size_t capacity = stack->capacity ? stack->capacity * 2 : 8;
        struct track_frame *grown = realloc(stack->frames, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        stack->frames = grown;
        stack->capacity = capacity;
    }
    stack->frames[stack->count++] = *frame;
    return NULL;
}

void track_abandon(struct track_stack *stack, track_abandoned *abandoned, void *context) {
    stack_abandon(stack, 0, abandoned, context);
}

void track_leave(struct track_stack *stack, size_t index, track_abandoned *abandoned, void *context) {
    stack_abandon(stack, index + 1, abandoned, context);
    stack->count = index;
}

bool track_returned(const struct track *track, uint64_t pc, uint64_t sp, struct track_stack **out_stack, size_t *out_index) {
    for (size_t s = 0; s < track->count; s++) {
        struct track_stack *stack = track->stacks[s];
        for (size_t i = stack->count; i-- > 0;) {
            if (stack->frames[i].return_pc == pc && stack->frames[i].return_sp == sp) {
                *out_stack = stack;
                *out_index = i;
                return true;
            }
        }
    }
    return false;
}

bool track_left(const struct track_stack *stack, uint64_t pc, uint64_t sp, size_t *out_index) {
    for (size_t i = stack->count; i-- > 0;) {
        const struct track_frame *frame = &stack->frames[i];
        for (uint32_t e = 0; e < frame->exit_count; e++) {
            const struct code_place *exit = &frame->exits[e];
            if (exit->address == pc && (exit->depth == TRACK_ANY_DEPTH || sp - (uint64_t)exit->depth == frame->slot)) {
                *out_index = i;
                return true;
            }
        }
    }
    return false;
}

const struct track_frame *track_standing(const struct track_stack *stack, uint64_t slot, const void *origin) {
    for (size_t i = stack ? stack->count : 0; i-- > 0 && stack->frames[i].slot <= slot;) {
        if (stack->frames[i].slot == slot && stack->frames[i].origin == origin) {
            return &stack->frames[i];
        }
    }
    return NULL;
}

struct track_stack *track_run(struct track *track, uint32_t cpu, struct track_stack *stack) {
    struct track_stack *before = track->running[cpu % TRACK_CPUS];
    for (size_t i = 0; i < TRACK_CPUS; i++) {
        track->running[i] = track->running[i] == stack ? NULL : track->running[i];
    }
    track->running[cpu % TRACK_CPUS] = stack;
    return before;
}

size_t track_running(const struct track_stack *stack) {
    size_t index = stack->count;
    while (index > 0 && stack->frames[index - 1].kind == TRACK_TRANSACTION) {
        index--;
    }
    return index;
}

const struct track_frame *track_parent(const struct track_stack *stack) {
    return track_running(stack) < stack->count ? &stack->frames[stack->count - 1] : NULL;
}

const struct track_frame *track_innermost(const struct track_stack *stack, uint64_t sp) {
    size_t index = stack ? stack->count : 0;
    while (index > 0 && stack->frames[index - 1].slot < sp) {
        index--;
    }
    return index > 0 && stack->frames[index - 1].kind == TRACK_TRANSACTION ? &stack->frames[index - 1] : NULL;
}
