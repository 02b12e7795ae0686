#include "location_set.h"

/* Stores up to this size are searched in a line. */
#define SMALL_STORE 12

static uint32_t slot_of(const struct location_store *store, uint32_t location) {
    uint32_t mask = store->slot_count - 1;
    uint32_t slot = (location * 0x9e3779b1U >> 7) & mask;
    while (store->slots[slot] && store->items.items[store->slots[slot] - 1] != location) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

bool location_set_has(const struct location_set *set, uint32_t location) {
    const struct location_store *store = set->store;
    if (set->count > SMALL_STORE) {
        uint32_t index = store->slots[slot_of(store, location)];
        return index && index <= set->count;
    }
    for (uint32_t i = 0; i < set->count; i++) {
        if (store->items.items[i] == location) {
            return true;
        }
    }
    return false;
}

static void rehash(struct arena *arena, struct location_store *store, uint32_t slot_count) {
    if (store->slots) {
        arena_recycle(arena, store->slots, store->slot_count * sizeof *store->slots);
    }
    store->slot_count = slot_count;
    store->slots = arena_grow(arena, NULL, 0, slot_count * sizeof *store->slots);
    for (uint32_t i = 0; i < store->items.count; i++) {
        store->slots[slot_of(store, store->items.items[i])] = i + 1;
    }
}

/* The location is not in the store. */
static void store_append(struct arena *arena, struct location_store *store, uint32_t location) {
    *VECTOR_ADD(arena, &store->items) = location;
    if (store->items.count <= SMALL_STORE) {
        return;
    }
    if (store->items.count * 2 > store->slot_count) {
        rehash(arena, store, store->slot_count ? store->slot_count * 2 : 64);
    } else {
        store->slots[slot_of(store, location)] = store->items.count;
    }
}

static void take_own_store(struct arena *arena, struct location_set *set) {
    struct location_store *store = arena_allocate(arena, sizeof *store);
    for (uint32_t i = 0; i < set->count; i++) {
        store_append(arena, store, set->store->items.items[i]);
    }
    set->store = store;
    set->owns = true;
}

bool location_set_add(struct arena *arena, struct location_set *set, uint32_t location) {
    if (location_set_has(set, location)) {
        return false;
    }
    if (!set->owns) {
        if (set->store && set->count < set->store->items.count && set->store->items.items[set->count] == location) {
            set->count++;
            return true;
        }
        take_own_store(arena, set);
    }
    store_append(arena, set->store, location);
    set->count++;
    return true;
}

bool location_set_add_range(struct arena *arena, struct location_set *set, const struct location_set *from, uint32_t first, uint32_t end) {
    if (first >= end) {
        return false;
    }
    if (!set->count && !set->store && first == 0) {
        *set = (struct location_set){from->store, end, false};
        return true;
    }
    if (set->store == from->store && set->count >= first) {
        bool grows = set->count < end;
        set->count = grows ? end : set->count;
        return grows;
    }
    bool changed = false;
    for (uint32_t i = first; i < end; i++) {
        changed |= location_set_add(arena, set, location_set_at(from, i));
    }
    return changed;
}
