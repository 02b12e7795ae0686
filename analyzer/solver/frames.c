#include "frames.h"
#include <string.h>

/* Copied when its instructions, with all that is copied into it, are no more than this ... */
#define SMALL_FUNCTION 120
/* ... or this, when it hands out fresh memory: then each caller's objects stay apart. */
#define SMALL_WRAPPER 500
/* A caller stops growing here; only tiny functions still fit in. */
#define LARGE_CALLER 12000
#define TINY_FUNCTION 12

/* State of the walk that orders functions callee first and finds recursion (Tarjan). */
struct order {
    struct frames *frames;
    uint32_t *index;
    uint32_t *low;
    bool *on_stack;
    bool *recursive;
    bool *wrapper; /* calls an allocator, itself or through a copied callee */
    VECTOR(uint32_t) stack;
    VECTOR(uint32_t) postorder;
    uint32_t next;
};

uint32_t frames_direct_callee(const struct frames *frames, const struct function *caller, const struct facts_instruction *call) {
    const struct program *program = frames->program;
    if (call->op != FACTS_CALL || call->object == FACTS_NONE) {
        return NONE;
    }
    uint32_t object = program->units[caller->unit].objects[call->object];
    if (object == NONE || program->objects.items[object].kind != FACTS_CODE) {
        return NONE;
    }
    uint32_t function = program->objects.items[object].function_index;
    const struct model *model = function == NONE ? NULL : models_find(frames->models, program->objects.items[object].name);
    return model && model->opaque ? NONE : function;
}

static bool calls_allocator(const struct frames *frames, const struct function *caller, const struct facts_instruction *call) {
    if (call->op != FACTS_CALL || call->object == FACTS_NONE) {
        return false;
    }
    uint32_t object = frames->program->units[caller->unit].objects[call->object];
    const struct model *model = object == NONE ? NULL : models_find(frames->models, frames->program->objects.items[object].name);
    return model && model->allocates;
}

/* One frame of the explicit stack of the depth-first walk. */
struct visit {
    uint32_t function;
    uint32_t instruction;
};

static void visit_open(struct order *order, uint32_t function) {
    struct arena *arena = order->frames->program->arena;
    order->index[function] = order->low[function] = ++order->next;
    order->on_stack[function] = true;
    *VECTOR_ADD(arena, &order->stack) = function;
}

static void visit_close(struct order *order, uint32_t function) {
    if (order->low[function] == order->index[function]) {
        uint32_t members = 0;
        for (uint32_t top = NONE; top != function; members++) {
            top = order->stack.items[--order->stack.count];
            order->on_stack[top] = false;
            if (members || top != function) {
                order->recursive[top] = true;
            }
        }
        if (members > 1) {
            order->recursive[function] = true;
        }
    }
    *VECTOR_ADD(order->frames->program->arena, &order->postorder) = function;
}

static void order_from(struct order *order, uint32_t root) {
    struct program *program = order->frames->program;
    VECTOR(struct visit) visits = {0};
    *VECTOR_ADD(program->arena, &visits) = (struct visit){root, 0};
    visit_open(order, root);
    while (visits.count) {
        struct visit *visit = &visits.items[visits.count - 1];
        const struct function *function = &program->functions.items[visit->function];
        uint32_t callee = NONE;
        while (visit->instruction < function->facts->instruction_count && callee == NONE) {
            const struct facts_instruction *instruction = &function->facts->instructions[visit->instruction++];
            callee = frames_direct_callee(order->frames, function, instruction);
            order->wrapper[visit->function] |= calls_allocator(order->frames, function, instruction);
        }
        if (callee == NONE) {
            uint32_t closed = visit->function;
            visit_close(order, closed);
            visits.count--;
            if (visits.count) {
                uint32_t caller = visits.items[visits.count - 1].function;
                order->low[caller] = order->low[closed] < order->low[caller] ? order->low[closed] : order->low[caller];
            }
        } else if (callee == visit->function) {
            order->recursive[callee] = true;
        } else if (!order->index[callee]) {
            visit_open(order, callee);
            *VECTOR_ADD(program->arena, &visits) = (struct visit){callee, 0};
        } else if (order->on_stack[callee] && order->index[callee] < order->low[visit->function]) {
            order->low[visit->function] = order->index[callee];
        }
    }
}

static bool gives_untyped_pointer(const struct program *program, const struct function *function) {
    uint32_t type = program->objects.items[function->object].type;
    if (type == NONE || program->types.items[type].kind != FACTS_FUNCTION) {
        return false;
    }
    uint32_t result = program->types.items[type].target;
    return result != NONE && program->types.items[result].kind == FACTS_POINTER;
}

static bool fits(const struct frames *frames, uint32_t caller_size, uint32_t callee) {
    return frames->inlined[callee] && (caller_size < LARGE_CALLER || frames->size[callee] <= TINY_FUNCTION);
}

static void decide(struct order *order) {
    struct frames *frames = order->frames;
    struct program *program = frames->program;
    for (uint32_t i = 0; i < order->postorder.count; i++) {
        uint32_t index = order->postorder.items[i];
        const struct function *function = &program->functions.items[index];
        uint32_t size = (uint32_t)function->facts->instruction_count;
        for (size_t n = 0; n < function->facts->instruction_count; n++) {
            uint32_t callee = frames_direct_callee(frames, function, &function->facts->instructions[n]);
            if (callee != NONE && fits(frames, size, callee)) {
                size += frames->size[callee];
                order->wrapper[index] |= order->wrapper[callee];
            }
        }
        frames->size[index] = size;
        bool wrapper = order->wrapper[index] && gives_untyped_pointer(program, function);
        frames->inlined[index] = !order->recursive[index] && !frames->keep_apart[index] && size <= (wrapper ? SMALL_WRAPPER : SMALL_FUNCTION);
    }
}

static uint32_t add_frame(struct frames *frames, uint32_t function, uint32_t parent, uint32_t call, uint32_t instance) {
    struct program *program = frames->program;
    const struct function *at = &program->functions.items[function];
    uint32_t frame = frames->items.count;
    *VECTOR_ADD(program->arena, &frames->items) = (struct frame){
        .function = function, .parent = parent, .call = call, .instance = instance, .values = frames->value_count, .locals = frames->local_count};
    frames->value_count += (uint32_t)at->facts->value_count + 1;
    frames->local_count += at->local_count;
    uint32_t size = (uint32_t)at->facts->instruction_count;
    for (uint32_t i = 0; i < at->facts->instruction_count; i++) {
        uint32_t callee = frames_direct_callee(frames, at, &at->facts->instructions[i]);
        if (callee != NONE && fits(frames, size, callee)) {
            size += frames->size[callee];
            uint32_t child = add_frame(frames, callee, frame, i, instance);
            map_put(program->arena, &frames->children, ((uint64_t)frame << 32) | i, child);
            at = &program->functions.items[function];
        }
    }
    return frame;
}

static void add_instance(struct frames *frames, uint32_t function) {
    uint32_t instance = frames->instances.count;
    frames->instance_of[function] = instance;
    *VECTOR_ADD(frames->program->arena, &frames->instances) = (struct instance){function, frames->items.count, 0};
    add_frame(frames, function, NONE, NONE, instance);
    struct instance *added = &frames->instances.items[instance];
    added->frame_count = frames->items.count - added->first_frame;
}

/* Does the function run by itself, and not only as a copy in its callers? */
static bool is_root(const struct frames *frames, uint32_t index, bool open_world) {
    const struct function *function = &frames->program->functions.items[index];
    const struct object *object = &frames->program->objects.items[function->object];
    if (frames->keep_apart[index] || function->alternative || object->address_taken || (object->flags & (FACTS_USED | FACTS_INIT_TEXT))) {
        return true;
    }
    return !function->internal && (open_world || function->direct_callers == 0);
}

/* Whatever an instance calls without a copy needs an instance, and so on. Notes who runs, by a model too; gives the number of frames walked. */
static uint32_t add_callees(struct frames *frames, uint32_t first, bool *runs) {
    const struct program *program = frames->program;
    uint32_t frame = first;
    for (; frame < frames->items.count; frame++) { /* the list grows while it is walked */
        const struct function *function = &program->functions.items[frames->items.items[frame].function];
        runs[frames->items.items[frame].function] = true;
        for (uint32_t i = 0; i < function->facts->instruction_count; i++) {
            uint32_t called = program_called_function(program, function, &function->facts->instructions[i]);
            uint32_t callee = frames_direct_callee(frames, function, &function->facts->instructions[i]);
            for (uint32_t object = called == NONE ? NONE : program->functions.items[called].object; object != NONE;
                 object = program->objects.items[object].also) {
                runs[program->objects.items[object].function_index] = true;
            }
            if (callee != NONE && frames->instance_of[callee] == NONE && frame_child(frames, frame, i) == NONE) {
                add_instance(frames, callee);
            }
        }
    }
    return frame;
}

void frames_build(struct program *program, const struct models *models, bool *keep_apart, bool open_world, struct frames *out_frames) {
    struct arena *arena = program->arena;
    uint32_t count = program->functions.count;
    *out_frames = (struct frames){.program = program, .models = models, .keep_apart = keep_apart};
    struct frames *frames = out_frames;
    frames->instance_of = arena_allocate(arena, (count + 1) * sizeof(uint32_t));
    frames->size = arena_allocate(arena, (count + 1) * sizeof(uint32_t));
    frames->inlined = arena_allocate(arena, count + 1);
    frames->outside_root = arena_allocate(arena, count + 1);
    struct order order = {.frames = frames,
                          .index = arena_allocate(arena, (count + 1) * sizeof(uint32_t)),
                          .low = arena_allocate(arena, (count + 1) * sizeof(uint32_t)),
                          .on_stack = arena_allocate(arena, count + 1),
                          .recursive = arena_allocate(arena, count + 1),
                          .wrapper = arena_allocate(arena, count + 1)};
    for (uint32_t function = 0; function < count; function++) {
        frames->instance_of[function] = NONE;
        if (!order.index[function]) {
            order_from(&order, function);
        }
    }
    decide(&order);
    for (uint32_t function = 0; function < count; function++) {
        if (is_root(frames, function, open_world)) {
            add_instance(frames, function);
        }
    }
    bool *runs = arena_allocate(arena, count + 1);
    uint32_t walked = add_callees(frames, 0, runs);
    for (uint32_t i = count; i-- > 0;) { /* callers first */
        uint32_t function = order.postorder.items[i];
        if (!runs[function] && !program->functions.items[function].internal) {
            frames->outside_root[function] = true;
            add_instance(frames, function);
            walked = add_callees(frames, walked, runs);
        }
    }
}
