#include "effect.h"
#include <string.h>

/* Effects with fewer states are left as they are. */
#define TRIMMED 64

static uint32_t effect_create(struct effects *effects) {
    uint32_t effect = effects->items.count;
    *VECTOR_ADD(effects->arena, &effects->items) = (struct effect){0};
    return effect;
}

static void use_effect(struct effects *effects, uint32_t effect) {
    *VECTOR_ADD(effects->arena, &effects->uses) = (struct effect_use){effects->instruction, effect};
    effects->uses_of[effects->frame].count++;
}

/* The effect to add to. */
static struct effect *effect_at_hand(struct effects *effects) {
    if (effects->current == NONE && effects->open == NONE) {
        effects->open = effect_create(effects);
        use_effect(effects, effects->open);
    }
    return &effects->items.items[effects->current != NONE ? effects->current : effects->open];
}

void effects_init(struct effects *effects, struct arena *arena, const struct frames *frames) {
    *effects = (struct effects){.arena = arena, .open = NONE, .current = NONE};
    effects->uses_of = arena_allocate(arena, (frames->items.count + 1) * sizeof *effects->uses_of);
    effects->calls_of = arena_allocate(arena, (frames->items.count + 1) * sizeof *effects->calls_of);
}

void effects_begin_frame(struct effects *effects, uint32_t frame) {
    effects->uses_of[frame] = (struct effect_part){true, effects->uses.count, 0};
    effects->frame = frame;
    effects->open = effects->current = NONE;
}

void effects_begin_calls(struct effects *effects, uint32_t frame) {
    effects->calls_of[frame] = (struct effect_part){true, effects->calls.count, 0};
    effects->frame = frame;
}

void effect_add_call(struct effects *effects, struct effect_call call) {
    *VECTOR_ADD(effects->arena, &effects->calls) = call;
    effects->calls_of[effects->frame].count++;
}

void effects_begin_instruction(struct effects *effects, uint32_t instruction) {
    effects->instruction = instruction;
    effects->open = effects->current = NONE;
}

bool effects_begin_store(struct effects *effects, const struct location_set *set, const struct touch *touch, uint32_t record) {
    uint64_t key[] = {(uint64_t)(uintptr_t)set->store,
                      set->count,
                      touch->size,
                      ((uint64_t)touch->bit_offset << 32) | touch->bit_size,
                      ((uint64_t)touch->record << 32) | (touch->record == NONE ? 0 : touch->member),
                      ((uint64_t)record << 32) | touch->onward};
    uint32_t effect = effects->items.count;
    bool is_new = keys_add(effects->arena, &effects->of_store, key, sizeof key / sizeof *key, &effect);
    if (is_new) {
        effects->current = effect_create(effects);
    }
    effects->open = NONE; /* what comes after this store keeps its place behind it */
    use_effect(effects, effect);
    return is_new;
}

/* Large programs have a hundred million of these: what a vector keeps for growing is worth a copy. */
static void effect_trim(struct effects *effects, struct effect *effect) {
    const size_t size = effect->states.count * sizeof *effect->states.items;
    if (effect->states.count >= TRIMMED && effect->states.capacity > effect->states.count) {
        struct effect_state *exact = arena_allocate(effects->arena, size);
        memcpy(exact, effect->states.items, size);
        arena_recycle(effects->arena, effect->states.items, effect->states.capacity * sizeof *exact);
        effect->states.items = exact;
        effect->states.capacity = effect->states.count;
    }
}

void effects_end_store(struct effects *effects) {
    effect_trim(effects, &effects->items.items[effects->current]);
    effects->current = NONE;
}

void effect_add_state(struct effects *effects, uint32_t state, uint32_t location, uint32_t maker, bool by_unknown) {
    struct effect *effect = effect_at_hand(effects);
    uint32_t index = (uint32_t)(effect - effects->items.items);
    uint64_t key = ((uint64_t)state << 33) | ((uint64_t)by_unknown << 32) | maker;
    if (map_get(&effects->listed, key) == index) {
        return;
    }
    map_put(effects->arena, &effects->listed, key, index);
    *VECTOR_ADD(effects->arena, &effect->states) = (struct effect_state){state & (UINT32_MAX >> 1), by_unknown, location, maker};
}

void effect_add_unknown(struct effects *effects, uint32_t maker, const char *cause, const char *detail) {
    struct effect *effect = effect_at_hand(effects);
    for (uint32_t i = 0; i < effect->unknowns.count; i++) {
        const struct effect_unknown *known = &effect->unknowns.items[i];
        if (known->maker == maker && known->cause == cause && known->detail == detail) {
            return; /* equal words at other addresses are told apart later */
        }
    }
    *VECTOR_ADD(effects->arena, &effect->unknowns) = (struct effect_unknown){cause, detail, maker};
}
