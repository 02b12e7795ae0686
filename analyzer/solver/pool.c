#include "pool.h"
#include "points_to_internal.h"

void pool_init(struct points_to *p) {
    p->pool = node_add(p);
    p->pool_stored = node_add(p);
    node_add_edge(p, p->pool_stored, p->pool);
    node_add_use(p, p->pool, (struct use){0, 0, ROLE_POOL});
}

void pool_add(struct points_to *p, uint32_t thing) {
    struct thing *at = &p->things->items.items[thing];
    const struct location *locations = p->things->locations.items;
    if (at->pooled || thing == locations[p->things->pool].thing || thing == locations[p->things->pool_bytes].thing) {
        return;
    }
    at->pooled = true;
    *VECTOR_ADD(p->arena, &p->pool_things) = thing;
}

/* What is in the pool may be in any of its things. */
static void fill_cell(struct points_to *p, uint32_t thing) {
    uint32_t cell = thing_is_writable(p->things, thing) ? memory_cell(p, thing, OFFSET_ANY) : NONE;
    if (cell != NONE) {
        node_add_location(p, p->memory.items[thing].cells.items[cell].node, p->things->pool);
    }
}

static void pool_join(struct points_to *p, uint32_t thing) {
    switch (p->things->items.items[thing].kind) {
    case THING_CODE:
        *VECTOR_ADD(p->arena, &p->pool_functions) = thing_location(p->things, thing, 0);
        if (p->pool_escaped) {
            escape_thing(p, thing);
        }
        return;
    case THING_LITERAL:
        return;
    case THING_UNKNOWN:
        if (!p->pool_outside) {
            p->pool_outside = true;
            node_add_edge(p, p->pool_stored, p->escape);
        }
        return;
    default:
        memory_read_all(p, thing, p->pool);
        fill_cell(p, thing);
        if (p->pool_escaped) {
            escape_thing(p, thing);
        }
        return;
    }
}

void pool_watch_functions(struct points_to *p, const struct use *use) {
    uint64_t key[] = {use->frame, use->instruction, use->role};
    uint32_t index = p->wide_uses.count;
    if (keys_add(p->arena, &p->wide_use_of, key, 3, &index)) {
        *VECTOR_ADD(p->arena, &p->wide_uses) = (struct wide_use){*use, call_function_type(p, use), 0, false};
    }
}

static bool show_functions(struct points_to *p, uint32_t index) {
    bool shown = false;
    while (p->wide_uses.items[index].shown < p->pool_functions.count) {
        struct wide_use at = p->wide_uses.items[index];
        uint32_t location = p->pool_functions.items[at.shown];
        p->wide_uses.items[index].shown++;
        uint32_t object = p->things->items.items[p->things->locations.items[location].thing].object;
        if (call_type_fits(p, at.type, p->program->objects.items[object].type)) {
            use_location(p, &at.use, location);
            shown = true;
        }
    }
    struct use use = p->wide_uses.items[index].use;
    bool calls = use.role == ROLE_CALLEE && frame_instruction(p, use.frame, use.instruction)->op == FACTS_CALL;
    if (p->pool_outside && calls && !p->wide_uses.items[index].outside) {
        p->wide_uses.items[index].outside = true;
        call_unknown(p, use.frame, use.instruction);
        shown = true;
    }
    return shown;
}

bool pool_settle(struct points_to *p) {
    bool any = p->pool_joined < p->pool_things.count;
    while (p->pool_joined < p->pool_things.count) {
        pool_join(p, p->pool_things.items[p->pool_joined++]);
    }
    for (uint32_t i = 0; i < p->wide_uses.count; i++) {
        any |= show_functions(p, i);
    }
    return any;
}

void pool_read(struct points_to *p, uint32_t to) {
    node_add_location(p, to, p->things->pool);
}

void pool_write(struct points_to *p, uint32_t from) {
    node_add_edge(p, from, p->pool_stored);
}

void pool_copy_to(struct points_to *p, uint32_t source_thing) {
    memory_read_all(p, source_thing, p->pool_stored);
}

void pool_copy_from(struct points_to *p, uint32_t target_thing) {
    if (p->things->items.items[target_thing].kind == THING_UNKNOWN) {
        node_add_location(p, p->escape, p->things->pool);
    } else {
        fill_cell(p, target_thing);
    }
}

void pool_escape(struct points_to *p) {
    if (p->pool_escaped) {
        return;
    }
    p->pool_escaped = true;
    for (uint32_t i = 0; i < p->pool_joined; i++) {
        escape_thing(p, p->pool_things.items[i]);
    }
}
