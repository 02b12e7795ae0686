#include "states.h"
#include <stdio.h>
#include <string.h>
#include "lasting.h"
#include "spillscope/state_key.h"
#include "type_leaves.h"

/* A store somewhere in an object names each leaf of it up to so many, then the object. */
#define MAX_NAMED_LEAVES 24
/* "Any T" names the records that hold a T up to so many, then everything. */
#define MAX_HOLDERS 96
/* Longer keys take memory each time that they are asked for. */
#define KEY_BYTES 1024

static const struct type *type_at(const struct states *states, uint32_t type) {
    return &states->program->types.items[type];
}

static uint32_t element_record(const struct states *states, uint32_t type) {
    uint32_t element = type == NONE ? NONE : type_element(states->program, type);
    return element != NONE && type_at(states, element)->kind == FACTS_RECORD ? element : NONE;
}

static void count_leaf(void *context, const struct leaf *leaf) {
    (void)leaf;
    ++*(uint64_t *)context;
}

static uint64_t leaves_of(struct states *states, uint32_t type) {
    uint64_t count = 0;
    if (type != NONE) {
        type_visit_leaves(states->program, type, 0, UINT64_MAX, NONE, NONE, count_leaf, &count);
    }
    return count;
}

void states_init(const struct points_to *points_to, struct states *out_states) {
    *out_states = (struct states){.points_to = points_to, .program = points_to->program, .things = points_to->things};
    struct states *states = out_states;
    struct program *program = states->program;
    states->lasting = lasting_find(points_to);
    states->lasting_count = states->things->items.count;
    states->allocated = arena_allocate(program->arena, program->types.count + 1);
    for (uint32_t i = 0; i < states->things->items.count; i++) {
        const struct thing *thing = &states->things->items.items[i];
        if (thing->kind == THING_HEAP) {
            uint32_t record = element_record(states, thing->type);
            if (record != NONE) {
                states->allocated[record] = true;
            }
            for (uint32_t c = 0; c < thing->casts.count; c++) {
                states->allocated[thing->casts.items[c]] = true;
            }
        } else if (thing->kind == THING_VARIABLE && thing_is_writable(states->things, i)) {
            states->all_leaves += leaves_of(states, thing->type);
        }
    }
    for (uint32_t type = 0; type < program->types.count; type++) {
        if (states->allocated[type]) {
            states->all_leaves += leaves_of(states, type);
        }
    }
}

static uint32_t state_add(struct states *states, const struct root *root, const char *path, const struct leaf *leaf, bool wildcard) {
    struct program *program = states->program;
    char text[KEY_BYTES];
    const char *key = wildcard && root->kind == ROOT_UNKNOWN ? "*" : text;
    if ((size_t)snprintf(text, sizeof text, "%s%s%s", root->name, path, wildcard ? ".*" : "") >= sizeof text) {
        key = arena_format(program->arena, "%s%s%s", root->name, path, wildcard ? ".*" : "");
    }
    uint32_t id = names_intern(program->arena, &states->keys, key);
    if (id == states->items.count) {
        *VECTOR_ADD(program->arena, &states->items) = (struct state){.key = states->keys.strings.items[id],
                                                                     .root = root->name,
                                                                     .path = arena_copy(program->arena, path, strlen(path)),
                                                                     .root_kind = root->kind,
                                                                     .file = root->file,
                                                                     .line = root->line,
                                                                     .type = leaf ? leaf->type : NONE,
                                                                     .bit_offset = leaf ? leaf->bit_offset : 0,
                                                                     .bit_size = leaf ? leaf->bit_size : 0,
                                                                     .wildcard = wildcard,
                                                                     .leaves = 1};
    }
    return id;
}

uint32_t states_everything(struct states *states) {
    struct root root = {.name = "*", .kind = ROOT_UNKNOWN, .type = NONE, .file = NONE};
    uint32_t id = state_add(states, &root, "", NULL, true);
    states->items.items[id].leaves = states->all_leaves ? states->all_leaves : 1;
    return id;
}

/* ---- roots ---- */

static void add_record_root(struct states *states, uint32_t record, int64_t offset, root_list *out) {
    const struct type *type = type_at(states, record);
    int64_t size = (int64_t)type->size;
    struct enclosing_array arrays[MAX_ENCLOSING];
    if (size > 0 && (offset < 0 || (offset >= size && type_enclosing_arrays(states->program, record, offset, arrays) == 0))) {
        offset = ((offset % size) + size) % size; /* another element of a row */
    }
    struct root root = {type->root, ROOT_HEAP, record, type->file, type->line, offset, true};
    for (uint32_t i = 0; i < out->count; i++) {
        if (out->items[i].name == root.name && out->items[i].offset == offset) {
            return;
        }
    }
    *VECTOR_ADD(states->program->arena, out) = root;
}

static void add_variable_root(struct states *states, uint32_t thing, int64_t offset, root_list *out) {
    const struct object *object = &states->program->objects.items[states->things->items.items[thing].object];
    *VECTOR_ADD(states->program->arena, out) = (struct root){
        object->root, object->kind == FACTS_STATIC ? ROOT_STATIC : ROOT_GLOBAL, object->type, object->place.file, object->place.line, offset, false};
}

static void add_heap_roots(struct states *states, uint32_t thing, int64_t offset, root_list *out) {
    const struct thing *at = &states->things->items.items[thing];
    struct program *program = states->program;
    uint32_t record = element_record(states, at->type);
    if (record != NONE) {
        add_record_root(states, record, offset, out);
        return;
    }
    for (uint32_t i = 0; i < at->casts.count; i++) {
        if (type_at(states, at->casts.items[i])->size) {
            add_record_root(states, at->casts.items[i], offset, out);
        }
    }
    if (out->count) {
        return;
    }
    /* No cast says what it is: bytes, also when records were named that nobody in scope defines. */
    const struct function *function = &program->functions.items[states->things->frames->items.items[at->frame].function];
    char text[KEY_BYTES];
    snprintf(text, sizeof text, "alloc@%s:%s", program_file(program, function->place.file), function->name);
    uint32_t number = names_intern(program->arena, &states->buffer_names, text);
    const char *name = states->buffer_names.strings.items[number];
    uint32_t line = function->facts->instructions[at->instruction].place.line;
    *VECTOR_ADD(program->arena, out) = (struct root){name, ROOT_BUFFER, NONE, function->place.file, line, offset, true};
}

/* All outermost objects that hold an object of `record`: variables, allocated types, and the type itself. */
static bool add_holders(struct states *states, uint32_t record, int64_t offset, root_list *out) {
    struct program *program = states->program;
    const struct points_to *points_to = states->points_to;
    const embedding_list *outer = type_outer(program, record);
    for (uint32_t e = 0; e <= outer->count; e++) {
        uint32_t holder = e < outer->count ? outer->items[e].outer : record;
        int64_t place = offset + (e < outer->count ? (int64_t)outer->items[e].offset : 0);
        if (holder == record || states->allocated[holder] || points_to->open_world) {
            add_record_root(states, holder, place, out);
        }
        for (uint32_t i = 0; holder < points_to->type_things.count && i < points_to->type_things.items[holder].count; i++) {
            uint32_t thing = points_to->type_things.items[holder].items[i];
            if (states->things->items.items[thing].kind == THING_VARIABLE && thing_is_writable(states->things, thing)) {
                add_variable_root(states, thing, place, out);
            }
        }
        if (out->count > MAX_HOLDERS) {
            out->count = 0;
            return false;
        }
    }
    return true;
}

void states_roots(struct states *states, uint32_t location, root_list *out) {
    struct location at = states->things->locations.items[location];
    const struct thing *thing = &states->things->items.items[at.thing];
    int64_t offset = at.offset == OFFSET_ANY ? 0 : at.offset;
    out->count = 0;
    switch (thing->kind) {
    case THING_VARIABLE:
        if (thing_is_writable(states->things, at.thing)) {
            add_variable_root(states, at.thing, offset, out);
        }
        break;
    case THING_HEAP:
        add_heap_roots(states, at.thing, offset, out);
        break;
    case THING_ANY:
        if (type_reaches(states->program, thing->type, offset)) {
            add_holders(states, thing->type, offset, out);
        }
        break;
    default:
        break;
    }
}

/* ---- touches ---- */

struct leaf_sink {
    struct states *states;
    const struct root *root;
    touched_list *out;
    bool by_unknown;
};

static void touched_add(struct states *states, touched_list *out, uint32_t state, bool by_unknown) {
    *VECTOR_ADD(states->program->arena, out) = (struct touched){state, by_unknown};
}

static void touch_leaf(void *context, const struct leaf *leaf) {
    struct leaf_sink *sink = context;
    touched_add(sink->states, sink->out, state_add(sink->states, sink->root, leaf->path, leaf, false), sink->by_unknown);
}

static void touch_everything_in(struct states *states, const struct root *root, touched_list *out) {
    uint64_t leaves = leaves_of(states, root->type);
    struct leaf_sink sink = {states, root, out, true};
    if (leaves == 0) {
        touched_add(states, out, state_add(states, root, "", NULL, false), root->kind != ROOT_BUFFER);
    } else if (leaves <= MAX_NAMED_LEAVES) {
        sink.by_unknown = leaves > 1;
        type_visit_leaves(states->program, root->type, 0, UINT64_MAX, NONE, NONE, touch_leaf, &sink);
    } else {
        uint32_t id = state_add(states, root, "", NULL, true);
        states->items.items[id].leaves = leaves;
        touched_add(states, out, id, true);
    }
}

/* A store that begins within an element and is longer than the rest of it reaches the beginnings of those that follow, which have the same keys. */
static void touch_next_elements(struct states *states, const struct root *root, int64_t size, struct leaf_sink *sink) {
    struct enclosing_array arrays[MAX_ENCLOSING];
    size_t count = type_enclosing_arrays(states->program, root->type, root->offset, arrays);
    for (size_t i = 0; i < count; i++) {
        int64_t over = root->offset + size - (arrays[i].base + arrays[i].stride);
        if (root->offset > arrays[i].base && over > 0) {
            int64_t end = arrays[i].base + (over < arrays[i].stride ? over : arrays[i].stride);
            type_visit_leaves(states->program, root->type, (uint64_t)arrays[i].base * 8, (uint64_t)end * 8, NONE, NONE, touch_leaf, sink);
        }
    }
}

void states_named(struct states *states, const char *key, touched_list *out_touched) {
    const struct program *program = states->program;
    size_t length = state_key_root_length(key);
    const char *name = arena_copy(program->arena, key, length);
    uint32_t object = program_find_global(program, name);
    struct root root = {.name = name, .kind = strncmp(key, "struct ", 7) == 0 ? ROOT_HEAP : ROOT_GLOBAL, .type = NONE, .file = NONE};
    if (object != NONE && !key[length]) {
        const struct object *variable = &program->objects.items[object];
        root = (struct root){
            .name = variable->root, .kind = ROOT_GLOBAL, .type = variable->type, .file = variable->place.file, .line = variable->place.line};
        touch_everything_in(states, &root, out_touched);
        return;
    }
    /* A type's place is its definition's; what the program does not define has a name and nothing else. */
    touched_add(states, out_touched, state_add(states, &root, key + length, NULL, false), false);
}

/*
 * Where a place was folded into an array of a union, other views of the union may mean any place of it: that of the member that the store names, else
 * all of them. Tells whether that is all that the store touches.
 */
static bool touch_union(struct states *states, const struct touch *touch, const struct root *root, struct leaf_sink *sink) {
    int64_t base = 0;
    uint64_t size = 0;
    if (!type_union_span(states->program, root->type, root->offset, &base, &size)) {
        return false;
    }
    uint64_t first = (uint64_t)base * 8;
    uint32_t before = sink->out->count;
    bool names_struct = touch->record != NONE && !type_at(states, touch->record)->is_union;
    if (names_struct) {
        type_visit_member_leaves(states->program, root->type, first, first + size * 8, touch->record, touch->member, touch_leaf, sink);
    }
    if (touch->record == NONE || (names_struct && sink->out->count == before)) {
        type_visit_leaves(states->program, root->type, first, first + size * 8, NONE, NONE, touch_leaf, sink);
    }
    return sink->out->count > before;
}

/* A store anywhere in memory of no known type, to a member that it names: where the memory is taken for such records, to that member. */
static bool touch_named_member(struct states *states, const struct touch *touch, const struct root *root, touched_list *out) {
    if (touch->record == NONE || root->type == NONE || type_element(states->program, root->type) != touch->record) {
        return false;
    }
    const struct member *member = &type_at(states, touch->record)->members[touch->member];
    uint64_t size = member->bit_size;
    uint64_t stored = touch->bit_size ? touch->bit_size : touch->size * 8;
    if (touch->onward || stored == 0 || stored > size) {
        return false;
    }
    struct leaf_sink sink = {states, root, out, false};
    uint32_t before = out->count;
    type_visit_leaves(states->program, root->type, member->bit_offset, member->bit_offset + size, touch->record, touch->member, touch_leaf, &sink);
    return out->count > before;
}

static void touch_root(struct states *states, const struct touch *touch, const struct root *root, bool anywhere, touched_list *out) {
    if (anywhere) {
        touch_everything_in(states, root, out);
        return;
    }
    if (root->type == NONE || leaves_of(states, root->type) == 0) {
        touched_add(states, out, state_add(states, root, "", NULL, false), false);
        return;
    }
    uint64_t size = touch->size;
    if (size == 0) {
        uint64_t extent =
            touch->onward ? type_onward(states->program, root->type, root->offset) : type_extent(states->program, root->type, root->offset);
        size = extent ? extent : 1;
    }
    uint64_t first = (uint64_t)root->offset * 8 + (touch->bit_size ? touch->bit_offset : 0);
    uint64_t end = touch->bit_size ? first + touch->bit_size : first + size * 8;
    uint32_t before = out->count;
    struct leaf_sink sink = {states, root, out, false};
    if (!touch_union(states, touch, root, &sink)) {
        type_visit_leaves(states->program, root->type, first, end, touch->record, touch->member, touch_leaf, &sink);
    }
    if (!touch->bit_size) {
        touch_next_elements(states, root, (int64_t)size, &sink);
    }
    uint64_t whole = type_at(states, root->type)->size;
    if (out->count == before ||
        (root->is_array && root->offset + (int64_t)size > (int64_t)whole && touch->size && !type_has_open_end(states->program, root->type))) {
        /* Padding, or past the end of one element: the store may run over more of them. */
        if (root->is_array && out->count > before) {
            touch_everything_in(states, root, out);
        }
    }
}

/*
 * Does a store name a member of a record that a heap object of unknown or larger size does not hold at this place: a second record behind the first
 * one, in the same allocation? By the type of the allocation alone it would have the name of an element of a row.
 */
static bool record_behind(struct states *states, const struct touch *touch, int64_t *out_offset) {
    struct location at = states->things->locations.items[touch->location];
    const struct thing *thing = &states->things->items.items[at.thing];
    uint32_t held = thing->kind == THING_HEAP ? element_record(states, thing->type) : NONE;
    if (held == NONE || touch->record == NONE || !thing->is_array || at.offset == OFFSET_ANY || type_at(states, touch->record)->is_link) {
        return false; /* a link is laid over free objects, not behind one */
    }
    int64_t offset = (int64_t)(type_at(states, touch->record)->members[touch->member].bit_offset / 8);
    int64_t size = (int64_t)type_at(states, held)->size;
    int64_t place = ((at.offset - offset) % size + size) % size;
    *out_offset = offset;
    return !type_holds(states->program, held, touch->record, place) &&
           !type_shares_head(states->program, &states->things->heads, held, touch->record, place);
}

/* The number of a list of roots; the same for the same ones. */
static uint32_t root_set_intern(struct states *states, const root_list *roots) {
    struct arena *arena = states->program->arena;
    states->words.count = 0;
    *VECTOR_ADD(arena, &states->words) = roots->count;
    for (uint32_t i = 0; i < roots->count; i++) {
        const struct root *root = &roots->items[i];
        *VECTOR_ADD(arena, &states->words) = (uint64_t)(uintptr_t)root->name;
        *VECTOR_ADD(arena, &states->words) = (uint64_t)root->type << 32 | (uint64_t)root->kind << 1 | root->is_array;
        *VECTOR_ADD(arena, &states->words) = (uint64_t)root->offset;
    }
    uint32_t set = states->root_sets.count;
    if (keys_add(arena, &states->root_set_of, states->words.items, states->words.count, &set)) {
        root_list *copy = VECTOR_ADD(arena, &states->root_sets);
        *copy = (root_list){0};
        for (uint32_t i = 0; i < roots->count; i++) {
            *VECTOR_ADD(arena, copy) = roots->items[i];
        }
    }
    return set;
}

static uint32_t touch_root_set(struct states *states, const struct touch *touch) {
    int64_t offset = 0;
    uint32_t set = map_get(&states->roots_of, touch->location);
    if (set == MAP_NONE) {
        states_roots(states, touch->location, &states->roots);
        set = root_set_intern(states, &states->roots);
        map_put(states->program->arena, &states->roots_of, touch->location, set);
    }
    if (record_behind(states, touch, &offset)) {
        states_roots(states, touch->location, &states->roots);
        add_record_root(states, touch->record, offset, &states->roots);
        set = root_set_intern(states, &states->roots);
    }
    return set;
}

const touched_list *states_touch(struct states *states, const struct touch *touch) {
    struct location at = states->things->locations.items[touch->location];
    const struct thing *thing = &states->things->items.items[at.thing];
    uint32_t set = touch_root_set(states, touch);
    bool anywhere = at.offset == OFFSET_ANY;
    bool untyped = anywhere && thing->kind == THING_HEAP && thing->type == NONE;
    bool everything = thing->kind == THING_UNKNOWN || (thing->kind == THING_ANY && states->root_sets.items[set].count == 0);
    uint64_t key[] = {(uint64_t)set << 3 | (uint64_t)untyped << 2 | (uint64_t)anywhere << 1 | everything, touch->size,
                      ((uint64_t)touch->bit_offset << 32) | touch->bit_size,
                      ((uint64_t)touch->record << 32) | (touch->record == NONE ? 0 : touch->member), touch->onward};
    uint32_t index = states->touched.count;
    if (!keys_add(states->program->arena, &states->touch_of, key, sizeof key / sizeof *key, &index)) {
        return &states->touched.items[index];
    }
    touched_list out = {0};
    if (everything) {
        touched_add(states, &out, states_everything(states), true);
    }
    const root_list roots = states->root_sets.items[set];
    for (uint32_t i = 0; i < roots.count; i++) {
        if (!untyped || !touch_named_member(states, touch, &roots.items[i], &out)) {
            touch_root(states, touch, &roots.items[i], anywhere, &out);
        }
    }
    *VECTOR_ADD(states->program->arena, &states->touched) = out;
    return &states->touched.items[index];
}

const char *states_padding(struct states *states, uint32_t location) {
    struct location at = states->things->locations.items[location];
    states->roots.count = 0;
    states_roots(states, location, &states->roots);
    for (uint32_t i = 0; i < states->roots.count; i++) {
        const struct root *root = &states->roots.items[i];
        if (at.offset != OFFSET_ANY && root->type != NONE && root->offset >= 0 && (uint64_t)root->offset < type_at(states, root->type)->size) {
            return root->name;
        }
    }
    return NULL;
}

/* ---- paths of places ---- */

const char *states_path(struct states *states, const struct root *root) {
    struct program *program = states->program;
    const char *path = "";
    uint32_t type = root->type;
    int64_t offset = root->offset;
    for (int depth = 0; type != NONE && offset > 0 && depth < TYPE_DEPTH; depth++) {
        const struct type *at = type_at(states, type);
        if (at->kind == FACTS_ARRAY) {
            int64_t stride = at->target == NONE ? 0 : (int64_t)type_at(states, at->target)->size;
            if (stride <= 0) {
                break;
            }
            path = arena_format(program->arena, "%s[]", path);
            offset %= stride;
            type = at->target;
            continue;
        }
        const struct member *found = NULL;
        for (uint32_t m = 0; at->kind == FACTS_RECORD && m < at->member_count; m++) {
            const struct member *member = &at->members[m];
            int64_t begin = (int64_t)(member->bit_offset / 8);
            const struct type *inner = type_at(states, member->type);
            bool open = inner->kind == FACTS_ARRAY && inner->count == 0;
            if (offset >= begin && offset * 8 < (int64_t)(member->bit_offset + member->bit_size)) {
                found = member;
                break;
            }
            found = offset >= begin && open ? member : found; /* unless another one covers it */
        }
        if (!found) {
            break;
        }
        path = *found->name ? arena_format(program->arena, "%s.%s", path, found->name) : path;
        offset -= (int64_t)(found->bit_offset / 8);
        type = found->type;
    }
    /* An array that begins here is named by its elements. */
    while (type != NONE && root->offset > 0 && type_at(states, type)->kind == FACTS_ARRAY) {
        path = arena_format(program->arena, "%s[]", path);
        type = type_at(states, type)->target;
    }
    return path;
}
