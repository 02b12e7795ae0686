#include "spillscope/snapshot.h"

#include <stdlib.h>
#include <string.h>

#include "shape_check.h"
#include "snapshot_private.h"
#include "type_path.h"

enum { WAVE = 256, INDEX_LEAST = 64 };

struct walk {
    const struct snapshot_request *request;
    struct snapshot *snapshot;
    bool server; /* roots being walked belong to servers */
    struct percpu_places copies;
    struct doubt *doubts; /* in the order met; owned */
    size_t doubt_count;
    size_t doubt_capacity;
    struct error *error;
};

void snapshot_free(struct snapshot *snapshot) {
    free(snapshot->regions);
    free(snapshot->bytes);
    free(snapshot->stamps);
    free(snapshot->index);
    free(snapshot);
}

void snapshot_destroy(struct snapshot *snapshot) {
    if (snapshot && snapshot->spares) {
        spares_give(snapshot->spares, snapshot);
    } else if (snapshot) {
        snapshot_free(snapshot);
    }
}

static uint32_t index_slot(const struct snapshot *snapshot, uint64_t address, uint32_t shape) {
    uint64_t hash = (address ^ ((uint64_t)shape << 40)) * 0x9e3779b97f4a7c15U;
    uint32_t slot = (uint32_t)(hash >> 32) & (snapshot->index_size - 1);
    while (snapshot->index[slot]) {
        const struct region *region = &snapshot->regions[snapshot->index[slot] - 1];
        if (region->address == address && region->shape == shape) {
            break;
        }
        slot = (slot + 1) & (snapshot->index_size - 1);
    }
    return slot;
}

const struct region *snapshot_find(const struct snapshot *snapshot, uint64_t address, uint32_t shape) {
    uint32_t entry = snapshot->index_size ? snapshot->index[index_slot(snapshot, address, shape)] : 0;
    return entry ? &snapshot->regions[entry - 1] : NULL;
}

static bool index_grow(struct snapshot *snapshot) {
    uint32_t size = snapshot->index_size ? snapshot->index_size * 2 : INDEX_LEAST;
    uint32_t *index = calloc(size, sizeof *index);
    if (!index) {
        return false;
    }
    free(snapshot->index);
    snapshot->index = index;
    snapshot->index_size = size;
    for (uint32_t i = 0; i < snapshot->count; i++) {
        index[index_slot(snapshot, snapshot->regions[i].address, snapshot->regions[i].shape)] = i + 1;
    }
    return true;
}

struct error *snapshot_reindex(struct snapshot *snapshot) {
    uint32_t size = INDEX_LEAST;
    while (size < 2 * (snapshot->count + 1)) {
        size *= 2;
    }
    snapshot->index_size = size / 2; /* and doubles now */
    return index_grow(snapshot) ? NULL : error_out_of_memory();
}

static bool in_stack(const struct snapshot_request *request, uint64_t address) {
    size_t low = 0;
    size_t high = request->stack_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (address < request->stacks[middle].low) {
            high = middle;
        } else if (address >= request->stacks[middle].high) {
            low = middle + 1;
        } else {
            return true;
        }
    }
    return false;
}

/* Adds an object that is not there yet; its bytes are read with the next wave. */
static void walk_add(struct walk *walk, const struct region *wanted) {
    struct snapshot *snapshot = walk->snapshot;
    if (walk->error || snapshot_find(snapshot, wanted->address, wanted->shape)) {
        return;
    }
    if (snapshot->count >= walk->request->object_budget || snapshot->byte_count + wanted->size > walk->request->byte_budget) {
        snapshot->cut = true;
        return;
    }
    if (snapshot->count == snapshot->capacity) {
        uint32_t capacity = snapshot->capacity ? snapshot->capacity * 2 : 512;
        struct region *grown = realloc(snapshot->regions, capacity * sizeof *grown);
        if (!grown) {
            walk->error = error_out_of_memory();
            return;
        }
        snapshot->regions = grown;
        snapshot->capacity = capacity;
    }
    if ((snapshot->count + 1) * 2 > snapshot->index_size && !index_grow(snapshot)) {
        walk->error = error_out_of_memory();
        return;
    }
    uint32_t slot = index_slot(snapshot, wanted->address, wanted->shape);
    snapshot->regions[snapshot->count] = *wanted;
    struct region *region = &snapshot->regions[snapshot->count];
    region->data = snapshot->byte_count;
    region->server = walk->server;
    region->stack = in_stack(walk->request, wanted->address);
    region->origin = wanted->parent == SNAPSHOT_NONE ? snapshot->count : snapshot->regions[wanted->parent].origin;
    if (wanted->parent != SNAPSHOT_NONE) {
        region->parameter = snapshot->regions[region->origin].parameter;
    }
    snapshot->byte_count += (wanted->size + 7) & ~(uint64_t)7;
    snapshot->index[slot] = ++snapshot->count;
}

/* The known object among the targets, NULL = none. */
static const struct plan_target *target_known(const struct walk *walk, const struct plan_pointer *pointer, uint64_t value) {
    for (uint32_t i = 0; i < pointer->target_count; i++) {
        if (snapshot_find(walk->snapshot, value - pointer->targets[i].offset, pointer->targets[i].shape)) {
            return &pointer->targets[i];
        }
    }
    return NULL;
}

/* The target whose type fits the bytes best; the first of several that fit alike. */
static const struct plan_target *target_fitting(struct walk *walk, const struct plan_pointer *pointer, uint64_t value) {
    const struct plan_target *best = NULL;
    struct shape_score best_score = {0};
    for (uint32_t i = 0; i < pointer->target_count && !walk->error; i++) {
        struct shape_score score = {0};
        walk->error = shape_score(walk->request->plan, walk->request->memory, value - pointer->targets[i].offset, pointer->targets[i].shape, &score);
        if (!walk->error && score.held && (!best || shape_score_better(&score, &best_score))) {
            best = &pointer->targets[i];
            best_score = score;
        }
    }
    return best;
}

/* A pointer with several possible targets, put off until all that is certain has been reached. */
struct doubt {
    uint64_t value;
    uint32_t region;
    uint32_t pointer;
    uint32_t element;
};

static void doubt_add(struct walk *walk, const struct doubt *doubt) {
    if (walk->doubt_count == walk->doubt_capacity) {
        size_t capacity = walk->doubt_capacity ? walk->doubt_capacity * 2 : 64;
        struct doubt *grown = realloc(walk->doubts, capacity * sizeof *grown);
        if (!grown) {
            walk->error = error_out_of_memory();
            return;
        }
        walk->doubts = grown;
        walk->doubt_capacity = capacity;
    }
    walk->doubts[walk->doubt_count++] = *doubt;
}

static void walk_target(struct walk *walk, const struct doubt *from, const struct plan_target *target) {
    const struct plan *plan = walk->request->plan;
    if (walk->request->scope->leads[target->shape]) {
        struct region wanted = {.address = from->value - target->offset,
                                .size = plan->shapes[target->shape].size,
                                .shape = target->shape,
                                .parent = from->region,
                                .pointer = from->pointer,
                                .element = from->element};
        walk_add(walk, &wanted);
    }
}

/*
 * Shape of a heap object by its allocation site; of several types the one that the pointer may lead to, PLAN_NONE when the site tells none.
 * *out_stale: the memory is another kind of object by now than what the pointer was declared to lead to.
 */
static uint32_t allocation_shape(const struct walk *walk, const struct allocation *allocation, const struct plan_pointer *pointer, uint64_t value,
                                 bool *out_stale) {
    const struct plan *plan = walk->request->plan;
    uint32_t only = PLAN_NONE;
    *out_stale = false;
    for (size_t r = 0; r < allocation->root_count; r++) {
        for (uint32_t t = 0; t < pointer->target_count; t++) {
            const struct plan_target *target = &pointer->targets[t];
            if (value - target->offset == allocation->address && strcmp(plan->shapes[target->shape].root, allocation->roots[r]) == 0) {
                return target->shape;
            }
        }
        only = allocation->root_count == 1 ? plan_shape_of_root(plan, allocation->roots[r]) : PLAN_NONE;
    }
    bool typed = only != PLAN_NONE && pointer->declared != IMAGE_NONE && strncmp(plan->shapes[only].root, "alloc@", 6) != 0;
    *out_stale = typed && !type_holds_at(plan->image, plan->shapes[only].type, allocation->size, value - allocation->address, pointer->declared);
    return only;
}

/* Follows a pointer into an object that was seen to be allocated; false when nothing is known there. */
static bool walk_allocated(struct walk *walk, const struct doubt *from, const struct plan_pointer *pointer) {
    if (walk->request->trace) {
        walk->request->trace(walk->request->trace_context, from->value);
    }
    const struct allocation *allocation = walk->request->allocations ? allocations_at(walk->request->allocations, from->value) : NULL;
    if (!allocation) {
        return false;
    }
    if (!allocation->live) {
        return true; /* a stale pointer */
    }
    bool stale = false;
    uint32_t shape = allocation_shape(walk, allocation, pointer, from->value, &stale);
    if (shape == PLAN_NONE || stale) {
        return stale;
    }
    uint64_t size = walk->request->plan->shapes[shape].size;
    if (walk->request->scope->leads[shape]) {
        struct region wanted = {.address = allocation->address,
                                .size = allocation->size > size ? allocation->size : size,
                                .shape = shape,
                                .parent = from->region,
                                .pointer = from->pointer,
                                .element = from->element,
                                .born = allocation->serial};
        walk_add(walk, &wanted);
    }
    return true;
}

/* Does the address lie in a processor's copy of the variables? These are roots themselves. */
static bool in_copies(const struct walk *walk, uint64_t address) {
    const struct percpu *percpu = &walk->request->plan->percpu;
    for (uint32_t cpu = 0; cpu < walk->copies.cpus && percpu->high > percpu->low; cpu++) {
        uint64_t linked = (address - walk->copies.offset[cpu]) & walk->copies.mask;
        if (walk->copies.offset[cpu] != UINT64_MAX && linked >= percpu->low && linked < percpu->high) {
            return true;
        }
    }
    return false;
}

/* Kernels keep up to two bits in pointers to what is aligned (colours of trees, marks of entries). */
static uint64_t pointer_untagged(const struct plan *plan, const struct plan_pointer *pointer, uint64_t value) {
    enum { TAGS = 3 };
    for (uint32_t i = 0; i < pointer->target_count; i++) {
        if (plan->shapes[pointer->targets[i].shape].align <= TAGS || pointer->targets[i].offset & TAGS) {
            return value;
        }
    }
    return value & ~(uint64_t)TAGS;
}

static void walk_pointer(struct walk *walk, uint32_t region, uint32_t pointer_index, uint32_t element, uint64_t value) {
    const struct plan *plan = walk->request->plan;
    const struct plan_pointer *pointer = &plan->shapes[walk->snapshot->regions[region].shape].pointers[pointer_index];
    value = pointer_untagged(plan, pointer, value);
    if (value == 0) {
        return;
    }
    const struct symbol *symbol = image_symbol_at(plan->image, value);
    if (plan_global_at(plan, value) != PLAN_NONE || in_copies(walk, value) || (symbol && symbol->size)) {
        return; /* globals are roots themselves; text and labels hold no objects */
    }
    struct doubt from = {.value = value, .region = region, .pointer = pointer_index, .element = element};
    if (walk_allocated(walk, &from, pointer)) {
        return;
    }
    if (pointer->target_count == 1) {
        walk_target(walk, &from, &pointer->targets[0]);
    } else {
        doubt_add(walk, &from);
    }
}

static void doubt_settle(struct walk *walk, const struct doubt *doubt) {
    const struct region *region = &walk->snapshot->regions[doubt->region];
    const struct plan_pointer *pointer = &walk->request->plan->shapes[region->shape].pointers[doubt->pointer];
    if (target_known(walk, pointer, doubt->value)) {
        return;
    }
    walk->snapshot->ambiguous++;
    const struct plan_target *target = target_fitting(walk, pointer, doubt->value);
    if (target && !walk->error) {
        walk_target(walk, doubt, target);
    }
}

/* Visits each element of a pointer's arrays. */
static void walk_elements(struct walk *walk, uint32_t region_index, uint32_t pointer_index) {
    const struct region *region = &walk->snapshot->regions[region_index];
    const struct plan_pointer *pointer = &walk->request->plan->shapes[region->shape].pointers[pointer_index];
    uint64_t counts[PLAN_DIMENSIONS] = {1, 1, 1, 1};
    uint64_t total = 1;
    for (uint32_t d = 0; d < pointer->dimensions; d++) {
        uint64_t stride = pointer->dimension[d].stride;
        uint64_t left = region->size > pointer->offset ? region->size - pointer->offset : 0;
        counts[d] = pointer->dimension[d].count ? pointer->dimension[d].count : stride ? left / stride : 0;
        total *= counts[d];
    }
    uint64_t data = region->data;
    uint64_t size = region->size;
    for (uint64_t element = 0; element < total && !walk->error; element++) {
        uint64_t offset = pointer->offset;
        uint64_t rest = element;
        for (uint32_t d = pointer->dimensions; d-- > 0;) {
            offset += rest % counts[d] * pointer->dimension[d].stride;
            rest /= counts[d];
        }
        uint64_t value = 0;
        uint32_t width = walk->request->plan->image->pointer_size;
        if (offset + width <= size) {
            memcpy(&value, walk->snapshot->bytes + data + offset, width);
            walk_pointer(walk, region_index, pointer_index, (uint32_t)element, value);
        }
    }
}

static void walk_scan(struct walk *walk, uint32_t region_index) {
    const struct shape *shape = &walk->request->plan->shapes[walk->snapshot->regions[region_index].shape];
    for (uint32_t p = 0; p < shape->pointer_count && !walk->error; p++) {
        bool leads = false;
        for (uint32_t t = 0; t < shape->pointers[p].target_count && !leads; t++) {
            leads = walk->request->scope->leads[shape->pointers[p].targets[t].shape];
        }
        if (leads) {
            walk_elements(walk, region_index, p);
        }
    }
}

/* Where the bytes of a region go that are found in place. */
struct update {
    struct snapshot *snapshot;
    uint64_t data;
};

static void update_stretch(void *context, const uint8_t *bytes, size_t count) {
    struct update *update = context;
    snapshot_update(update->snapshot, update->data, bytes, count);
    update->data += count;
}

/* Reads what the guest's memory has in place: what is there already since the snapshot was another one is not copied. */
static void walk_update(struct walk *walk, struct session_read *reads, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        struct update update = {.snapshot = walk->snapshot, .data = (uint64_t)((uint8_t *)reads[i].buffer - walk->snapshot->bytes)};
        guest_memory_visit(walk->request->memory, reads[i].address, reads[i].count, update_stretch, &update, &reads[i].valid);
    }
}

/* Reads the bytes of the regions [from, to); unreadable ones become empty. */
static void walk_read(struct walk *walk, uint32_t from, uint32_t to) {
    struct session_read reads[WAVE];
    struct snapshot *snapshot = walk->snapshot;
    if (!snapshot_reserve(snapshot, snapshot->byte_count)) {
        walk->error = error_out_of_memory();
        return;
    }
    for (uint32_t i = from; i < to; i++) {
        const struct region *region = &snapshot->regions[i];
        reads[i - from] = (struct session_read){.address = region->address, .buffer = snapshot->bytes + region->data, .count = region->size};
    }
    if (snapshot->stamps && guest_memory_is_in_place(walk->request->memory)) {
        walk_update(walk, reads, to - from);
    } else {
        walk->error = guest_memory_read_many(walk->request->memory, reads, to - from);
        snapshot_touch(snapshot, snapshot->regions[from].data, snapshot->byte_count - snapshot->regions[from].data);
    }
    for (uint32_t i = from; !walk->error && i < to; i++) {
        if (!reads[i - from].valid) {
            snapshot->regions[i].size = 0;
            snapshot->unreadable++;
        }
    }
}

/* Walks from the regions added since `at` until no new ones appear. */
static uint32_t walk_certain(struct walk *walk, uint32_t at) {
    while (!walk->error && at < walk->snapshot->count) {
        uint32_t end = walk->snapshot->count - at > WAVE ? at + WAVE : walk->snapshot->count;
        walk_read(walk, at, end);
        for (uint32_t i = at; !walk->error && i < end; i++) {
            walk_scan(walk, i);
        }
        at = end;
    }
    return at;
}

/* The same, and then settles what was put off, one by one. */
static uint32_t walk_waves(struct walk *walk, uint32_t at) {
    at = walk_certain(walk, at);
    for (size_t i = 0; i < walk->doubt_count && !walk->error; i++) { /* grows while it runs */
        struct doubt doubt = walk->doubts[i];
        doubt_settle(walk, &doubt);
        at = walk_certain(walk, at);
    }
    walk->doubt_count = 0;
    return at;
}

static void walk_globals(struct walk *walk) {
    const struct plan *plan = walk->request->plan;
    for (uint32_t i = 0; i < plan->global_count && !walk->error; i++) {
        const struct shape *shape = &plan->shapes[i];
        if (shape->server == walk->server && walk->request->scope->leads[i]) {
            struct region wanted = {.address = image_running(plan->image, plan->image->variables[shape->variable].address),
                                    .size = shape->size,
                                    .shape = i,
                                    .parent = SNAPSHOT_NONE};
            if (wanted.address != PLACEMENT_NOWHERE) { /* the object that it belongs to is not loaded */
                walk_add(walk, &wanted);
            }
        }
    }
}

static void walk_copies(struct walk *walk) {
    const struct plan *plan = walk->request->plan;
    for (uint32_t i = plan->global_count; i < plan->variable_count && !walk->error; i++) {
        const struct shape *shape = &plan->shapes[i];
        for (uint32_t cpu = 0; cpu < walk->copies.cpus && shape->server == walk->server && walk->request->scope->leads[i]; cpu++) {
            struct region wanted = {.size = shape->size, .shape = i, .parent = SNAPSHOT_NONE, .cpu = (uint8_t)(cpu + 1)};
            if (percpu_place(&walk->copies, &plan->image->variables[shape->variable], cpu, &wanted.address)) {
                walk_add(walk, &wanted);
            }
        }
    }
}

static void walk_parameters(struct walk *walk) {
    const struct plan *plan = walk->request->plan;
    for (size_t i = 0; i < walk->request->parameter_count; i++) {
        const struct snapshot_parameter *parameter = &walk->request->parameters[i];
        if (plan_global_at(plan, parameter->address) != PLAN_NONE || !walk->request->scope->leads[parameter->shape]) {
            continue;
        }
        struct region wanted = {.address = parameter->address - parameter->offset,
                                .size = plan->shapes[parameter->shape].size,
                                .shape = parameter->shape,
                                .parent = SNAPSHOT_NONE,
                                .parameter = parameter->number};
        walk_add(walk, &wanted);
    }
}

struct error *snapshot_take(const struct snapshot_request *request, struct snapshot **out_snapshot) {
    struct snapshot *snapshot = spares_take(request->spares, request->scope);
    if (!snapshot) {
        return error_out_of_memory();
    }
    struct walk walk = {.request = request, .snapshot = snapshot, .server = true};
    snapshot->serial = request->allocations ? request->allocations->serial : 0;
    if (!snapshot->index && !index_grow(snapshot)) {
        walk.error = error_out_of_memory();
    }
    if (!walk.error) {
        walk.error = percpu_read(&request->plan->percpu, request->memory, request->plan->image->pointer_size, &walk.copies);
    }
    walk_globals(&walk);
    walk_copies(&walk);
    uint32_t done = walk_waves(&walk, 0);
    walk.server = false;
    walk_globals(&walk);
    walk_copies(&walk);
    done = walk_waves(&walk, done);
    walk_parameters(&walk);
    walk_waves(&walk, done);
    free(walk.doubts);
    if (walk.error) {
        snapshot_destroy(snapshot);
        return walk.error;
    }
    *out_snapshot = snapshot;
    return NULL;
}
