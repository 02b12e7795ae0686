#include <string.h>
#include "points_to_internal.h"
#include "pool.h"
#include "type_leaves.h"

static struct memory *memory_of(struct points_to *p, uint32_t thing) {
    while (p->memory.count <= thing) {
        (void)VECTOR_ADD(p->arena, &p->memory);
    }
    return &p->memory.items[thing];
}

static uint32_t record_of(const struct points_to *p, uint32_t type) {
    if (type == NONE) {
        return NONE;
    }
    uint32_t element = type_element(p->program, type);
    return element != NONE && p->program->types.items[element].kind == FACTS_RECORD ? element : NONE;
}

/* Joins one cell of "any T" with the same place in a thing that holds a T at `base`. */
static void link_cell(struct points_to *p, uint32_t any, uint32_t cell, uint32_t thing, int64_t base) {
    int32_t offset = p->memory.items[any].cells.items[cell].offset;
    uint32_t other = memory_cell(p, thing, offset == OFFSET_ANY ? OFFSET_ANY : base + offset);
    if (other == NONE) {
        return;
    }
    const struct cell *one = &p->memory.items[any].cells.items[cell];
    const struct cell *two = &p->memory.items[thing].cells.items[other];
    uint32_t one_node = one->node;
    uint32_t one_read = one->read_node;
    uint32_t two_node = two->node;
    uint32_t two_read = two->read_node;
    if (thing_is_writable(p->things, thing)) {
        node_add_edge(p, one_node, two_node);
    }
    if (offset != OFFSET_ANY) {
        node_add_edge(p, two_read, one_read);
    }
}

static void link_cell_everywhere(struct points_to *p, uint32_t any, uint32_t cell) {
    uint32_t type = p->things->items.items[any].type;
    int32_t offset = p->memory.items[any].cells.items[cell].offset;
    if (offset != OFFSET_ANY && !type_reaches(p->program, type, offset)) {
        return;
    }
    for (uint32_t i = 0; type < p->type_things.count && i < p->type_things.items[type].count; i++) {
        uint32_t thing = p->type_things.items[type].items[i];
        if (thing != any) {
            link_cell(p, any, cell, thing, 0);
        }
    }
    const embedding_list *outer = type_outer(p->program, type);
    for (uint32_t e = 0; e < outer->count; e++) {
        uint32_t record = outer->items[e].outer;
        for (uint32_t i = 0; record < p->type_things.count && i < p->type_things.items[record].count; i++) {
            link_cell(p, any, cell, p->type_things.items[record].items[i], (int64_t)outer->items[e].offset);
        }
    }
}

/* ---- what open memory holds ---- */

struct pointer_search {
    struct points_to *p;
    uint32_t thing;
    uint32_t cell;
    int32_t offset;
};

/* What a pointer of this declared type may be when code outside stored it. */
static uint32_t outside_pointer(struct points_to *p, uint32_t thing, int32_t offset, uint32_t pointer, const char *path) {
    uint32_t record = pointed_record(p->program, pointer);
    if (record != NONE) {
        return thing_any(p->things, record);
    }
    uint32_t outer = record_of(p, p->things->items.items[thing].type);
    const char *root = outer == NONE ? "memory" : p->program->types.items[outer].root;
    return thing_unknown_member(p->things, outer, offset, arena_format(p->program->arena, "%s%s", root, path));
}

static void add_outside_pointer(void *context, const struct leaf *leaf) {
    struct pointer_search *search = context;
    struct points_to *p = search->p;
    const struct type *type = &p->program->types.items[leaf->type];
    if (type->kind != FACTS_POINTER || type->target == NONE || p->program->types.items[type->target].kind == FACTS_FUNCTION) {
        return;
    }
    uint32_t record = pointed_record(p->program, leaf->type);
    if (!p->open_world || (record != NONE && p->program->types.items[record].is_link)) {
        *VECTOR_ADD(p->arena, &p->links) =
            (struct cell_place){search->thing, search->cell, leaf->type, arena_copy(p->arena, leaf->path, strlen(leaf->path))};
        return;
    }
    uint32_t from = outside_pointer(p, search->thing, search->offset, leaf->type, leaf->path);
    uint32_t node = p->memory.items[search->thing].cells.items[search->cell].node;
    node_add_location(p, node, thing_location(p->things, from, 0));
}

static void fill_from_outside(struct points_to *p, uint32_t thing, uint32_t cell) {
    const struct thing *at = &p->things->items.items[thing];
    int32_t offset = p->memory.items[thing].cells.items[cell].offset;
    if (at->type == NONE || offset == OFFSET_ANY || offset < 0 || !thing_is_writable(p->things, thing)) {
        return;
    }
    struct pointer_search search = {p, thing, cell, offset};
    uint64_t first = (uint64_t)offset * 8;
    type_visit_leaves(p->program, at->type, first, first + p->program->pointer_size * 8, NONE, NONE, add_outside_pointer, &search);
}

/* Does code in scope make objects of the type, or of one that holds it? Then it also stores what they hold. */
static bool is_made_in_scope(const struct points_to *p, uint32_t record) {
    const embedding_list *outer = type_outer(p->program, record);
    for (uint32_t e = 0; e <= outer->count; e++) {
        uint32_t holder = e < outer->count ? outer->items[e].outer : record;
        for (uint32_t i = 0; holder < p->type_things.count && i < p->type_things.items[holder].count; i++) {
            if (p->things->items.items[p->type_things.items[holder].items[i]].kind != THING_ANY) {
                return true;
            }
        }
    }
    return false;
}

/* The links of an empty list lead to their own node, which whoever made it has seen to. Tells whether that was not known. */
static bool fill_with_own_node(struct points_to *p, const struct cell_place *link, const struct cell *cell) {
    uint32_t record = pointed_record(p->program, link->pointer);
    if (record == NONE || !p->program->types.items[record].is_link) {
        return false;
    }
    const struct location_set *set = &p->nodes.items[node_find(p, cell->node)].set;
    if (pool_set_has(p, set, thing_location(p->things, thing_any(p->things, record), 0))) {
        return false; /* any node is this one as well */
    }
    bool filled = false;
    const struct type *node = &p->program->types.items[record];
    uint32_t type = p->things->items.items[link->thing].type;
    for (uint32_t m = 0; m < node->member_count; m++) {
        int64_t base = cell->offset - (int64_t)(node->members[m].bit_offset / 8);
        if (pointed_record(p->program, node->members[m].type) == record && base >= 0 && type_holds(p->program, type, record, base)) {
            uint32_t known = p->nodes.items[node_find(p, cell->node)].set.count;
            node_add_location(p, cell->node, thing_location(p->things, link->thing, base));
            filled |= p->nodes.items[node_find(p, cell->node)].set.count > known;
        }
    }
    return filled;
}

/* One at a time, unless so much is anything at all that this gains nothing. */
bool memory_fill_links(struct points_to *p) {
    bool filled = false;
    for (; p->links_filled < p->links.count; p->links_filled++) {
        struct cell_place link = p->links.items[p->links_filled];
        struct cell cell = p->memory.items[link.thing].cells.items[link.cell];
        uint32_t record = record_of(p, p->things->items.items[link.thing].type);
        if (!p->open_world && record != NONE && is_made_in_scope(p, record)) {
            continue;
        }
        if (p->nodes.items[node_find(p, cell.read_node)].set.count) {
            filled |= fill_with_own_node(p, &link, &cell);
            continue;
        }
        uint32_t from = outside_pointer(p, link.thing, cell.offset, link.pointer, link.path);
        node_add_location(p, cell.node, thing_location(p->things, from, 0));
        filled = true;
        if (p->things->pool == NONE) {
            p->links_filled++;
            break;
        }
    }
    return filled;
}

struct pointer_list {
    struct points_to *p;
    number_list offsets;
};

static void note_pointer(void *context, const struct leaf *leaf) {
    struct pointer_list *list = context;
    if (list->p->program->types.items[leaf->type].kind == FACTS_POINTER) {
        *VECTOR_ADD(list->p->arena, &list->offsets) = (uint32_t)(leaf->bit_offset / 8);
    }
}

/* Makes the cells of all pointers that the type has in a range, so that reading "everything" meets what comes from outside. */
static void materialise(struct points_to *p, uint32_t thing, int64_t from, int64_t to) {
    const struct thing *at = &p->things->items.items[thing];
    if (at->type == NONE || !at->open) {
        return;
    }
    struct pointer_list list = {.p = p};
    type_visit_leaves(p->program, at->type, from < 0 ? 0 : (uint64_t)from * 8, to <= 0 ? UINT64_MAX : (uint64_t)to * 8, NONE, NONE, note_pointer,
                      &list);
    for (uint32_t i = 0; i < list.offsets.count; i++) {
        memory_cell(p, thing, list.offsets.items[i]);
    }
}

/* ---- cells ---- */

/* Does the copy take any byte of the cell? */
static bool mirror_covers(const struct mirror *mirror, int32_t offset, uint32_t pointer_size) {
    if (offset == OFFSET_ANY || mirror->from == OFFSET_ANY) {
        return true;
    }
    return offset + (int32_t)pointer_size > mirror->from && (mirror->size == 0 || offset < mirror->from + (int32_t)mirror->size);
}

/* The cell's place in the source at `source`, or OFFSET_ANY, into the destination. */
static void mirror_place(struct points_to *p, uint32_t read_node, struct mirror mirror, int64_t source) {
    uint32_t word = p->program->pointer_size;
    bool any = source == OFFSET_ANY || mirror.from == OFFSET_ANY || mirror.to == OFFSET_ANY;
    int64_t offset = any ? OFFSET_ANY : (int64_t)mirror.to + source - mirror.from;
    /* Where words do not lie as they lay, what was in one may be in two. */
    uint32_t count = any || offset % word == 0 ? 1 : 2;
    for (uint32_t i = 0; i < count; i++) {
        int64_t place = any ? OFFSET_ANY : (offset & ~(int64_t)(word - 1)) + (int64_t)(i * word);
        if (!any && place + (int64_t)word <= mirror.to) {
            continue;
        }
        uint32_t to = memory_cell(p, mirror.thing, place);
        if (to != NONE) {
            node_add_edge(p, read_node, p->memory.items[mirror.thing].cells.items[to].node);
        }
    }
}

/* Words of a copy that are looked at one by one; more of them go anywhere in the destination. */
#define MAX_UNROLLED 4096

/* First and one past the last byte of the words that a copy reads. */
static void mirror_range(const struct points_to *p, uint32_t thing, const struct mirror *mirror, int64_t *out_begin, int64_t *out_end) {
    const struct thing *source = &p->things->items.items[thing];
    int64_t size = source->type == NONE ? 0 : source->is_array ? INT32_MAX : (int64_t)p->program->types.items[source->type].size;
    *out_begin = mirror->from & ~(int64_t)(p->program->pointer_size - 1);
    *out_end = mirror->size ? (int64_t)mirror->from + mirror->size : size;
}

static bool mirror_is_unrolled(const struct points_to *p, uint32_t thing, const struct mirror *mirror) {
    const struct thing *source = &p->things->items.items[thing];
    bool same = source->type == p->things->items.items[mirror->thing].type && mirror->from == mirror->to;
    if (source->type == NONE || same || mirror->from == OFFSET_ANY || mirror->to == OFFSET_ANY) {
        return false;
    }
    int64_t word = p->program->pointer_size;
    int64_t begin = 0;
    int64_t end = 0;
    mirror_range(p, thing, mirror, &begin, &end);
    for (int64_t at = begin; at < end; at += word) {
        if (at - begin > MAX_UNROLLED * word || (thing_fold(p->things, thing, at) & ~(word - 1)) != at) {
            return true;
        }
    }
    return false;
}

static void mirror_cell(struct points_to *p, uint32_t thing, uint32_t cell, struct mirror mirror) {
    struct cell from = p->memory.items[thing].cells.items[cell];
    int64_t word = p->program->pointer_size;
    if (!mirror.unrolled || from.offset == OFFSET_ANY) {
        if (mirror_covers(&mirror, from.offset, (uint32_t)word)) {
            mirror_place(p, from.read_node, mirror, from.offset);
        }
        return;
    }
    int64_t begin = 0;
    int64_t end = 0;
    mirror_range(p, thing, &mirror, &begin, &end);
    if (end - begin > MAX_UNROLLED * word) {
        mirror_place(p, from.read_node, mirror, OFFSET_ANY);
        return;
    }
    for (int64_t at = begin; at < end; at += word) {
        if ((thing_fold(p->things, thing, at) & ~(word - 1)) == from.offset) {
            mirror_place(p, from.read_node, mirror, at);
        }
    }
}

struct piece_question {
    const struct program *program;
    bool may_hold;
};

static void ask_piece(void *context, const struct leaf *leaf) {
    struct piece_question *question = context;
    const struct type *type = &question->program->types.items[leaf->type];
    question->may_hold |= type->kind == FACTS_POINTER || type->size >= question->program->pointer_size || strstr(leaf->path, "[]") != NULL;
}

/* Not the integer member of a record that is accessed as such. */
bool memory_holds_piece(struct points_to *p, uint32_t location, uint64_t size) {
    struct location at = p->things->locations.items[location];
    const struct thing *thing = &p->things->items.items[at.thing];
    if (thing->type == NONE || at.offset == OFFSET_ANY || at.offset < 0) {
        return true;
    }
    struct piece_question question = {p->program, false};
    type_visit_leaves(p->program, thing->type, (uint64_t)at.offset * 8, ((uint64_t)at.offset + size) * 8, NONE, NONE, ask_piece, &question);
    return question.may_hold;
}

uint32_t memory_cell(struct points_to *p, uint32_t thing, int64_t offset) {
    uint32_t location = thing_location(p->things, thing, offset == OFFSET_ANY ? OFFSET_ANY : offset & ~(int64_t)(p->program->pointer_size - 1));
    if (location == NONE) {
        return NONE;
    }
    struct location at = p->things->locations.items[location];
    if (at.offset != OFFSET_ANY) {
        at.offset &= ~(int32_t)(p->program->pointer_size - 1);
    }
    struct memory *memory = memory_of(p, at.thing);
    uint32_t cell = memory->cells.count;
    if (!map_add(p->arena, &memory->cell_of, (uint32_t)at.offset, &cell)) {
        return cell;
    }
    bool any = p->things->items.items[at.thing].kind == THING_ANY;
    uint32_t node = node_add(p);
    uint32_t read_node = any ? node_add(p) : node;
    *VECTOR_ADD(p->arena, &memory->cells) = (struct cell){at.offset, node, read_node};
    if (any) {
        node_add_edge(p, node, read_node);
        if (p->open_world) {
            node_add_edge(p, node, p->escape); /* stored where outside may read it */
        }
    }
    for (uint32_t i = 0; i < p->memory.items[at.thing].all_readers.count; i++) {
        node_add_edge(p, read_node, p->memory.items[at.thing].all_readers.items[i]);
    }
    for (uint32_t i = 0; i < p->memory.items[at.thing].mirrors.count; i++) {
        mirror_cell(p, at.thing, cell, p->memory.items[at.thing].mirrors.items[i]);
    }
    if (p->things->items.items[at.thing].open) {
        fill_from_outside(p, at.thing, cell);
    }
    if (any) {
        link_cell_everywhere(p, at.thing, cell);
    }
    return cell;
}

void memory_read_all(struct points_to *p, uint32_t thing, uint32_t to) {
    materialise(p, thing, 0, 0);
    for (uint32_t i = 0; i < memory_of(p, thing)->cells.count; i++) {
        node_add_edge(p, p->memory.items[thing].cells.items[i].read_node, to);
    }
    *VECTOR_ADD(p->arena, &memory_of(p, thing)->all_readers) = to;
}

void memory_read(struct points_to *p, uint32_t location, uint32_t to, uint32_t pointer, uint32_t frame, uint32_t instruction) {
    struct location at = p->things->locations.items[location];
    const struct thing *thing = &p->things->items.items[at.thing];
    if (thing->kind == THING_CODE || thing->kind == THING_LITERAL) {
        return;
    }
    if (location_is_pool(p->things, location)) {
        pool_read(p, to);
        return;
    }
    if (thing->kind == THING_UNKNOWN) {
        if (pointer != NONE && p->program->types.items[pointer].kind == FACTS_POINTER) {
            uint32_t from = thing_from_outside(p->things, pointer, frame, instruction, ROLE_A, thing->cause, thing->detail);
            node_add_location(p, to, thing_location(p->things, from, 0));
        }
        return;
    }
    if (at.offset == OFFSET_ANY) {
        memory_read_all(p, at.thing, to);
        return;
    }
    uint32_t cell = memory_cell(p, at.thing, at.offset);
    uint32_t any_cell = memory_cell(p, at.thing, OFFSET_ANY);
    if (cell != NONE) {
        node_add_edge(p, p->memory.items[at.thing].cells.items[cell].read_node, to);
    }
    if (any_cell != NONE) {
        node_add_edge(p, p->memory.items[at.thing].cells.items[any_cell].read_node, to);
    }
}

/* Members that a store somewhere in an object may be to are listed up to so many. */
#define MAX_PLACES 48

struct place_search {
    struct points_to *p;
    type_list offsets;
    uint32_t stored; /* pointer type */
};

static bool is_function_pointer(const struct points_to *p, uint32_t type) {
    uint32_t target = p->program->types.items[type].target;
    return target != NONE && p->program->types.items[target].kind == FACTS_FUNCTION;
}

/* Can a member of this type be where a pointer is stored that is declared as `stored`? Bytes can hold anything; numbers no pointer that is declared
 * one. */
static void note_fitting(void *context, const struct leaf *leaf) {
    struct place_search *search = context;
    struct points_to *p = search->p;
    const struct type *type = &p->program->types.items[leaf->type];
    bool bytes = type->kind == FACTS_SCALAR && type->size == 1 && strstr(leaf->path, "[]");
    bool record = pointed_record(p->program, search->stored) != NONE;
    bool fits = type->kind == FACTS_POINTER && !(record && is_function_pointer(p, leaf->type));
    uint32_t offset = (uint32_t)(leaf->bit_offset / 8) & ~(p->program->pointer_size - 1);
    if ((fits || bytes) && !(search->offsets.count && search->offsets.items[search->offsets.count - 1] == offset)) {
        *VECTOR_ADD(p->arena, &search->offsets) = offset;
    }
}

/* Where in an object of type `holder` a pointer declared as `stored` may lie; NULL when that says nothing. */
static const type_list *fitting_places(struct points_to *p, uint32_t holder, uint32_t stored) {
    if (holder == NONE || stored == NONE || record_of(p, holder) == NONE || p->program->types.items[stored].kind != FACTS_POINTER) {
        return NULL;
    }
    /* Only these differ: pointers to records, and others. */
    uint32_t record = pointed_record(p->program, stored) != NONE;
    uint32_t index = p->fitting.count;
    if (map_add(p->arena, &p->fitting_of, ((uint64_t)holder << 1) | record, &index)) {
        struct place_search search = {.p = p, .stored = stored};
        type_visit_leaves(p->program, holder, 0, UINT64_MAX, NONE, NONE, note_fitting, &search);
        *VECTOR_ADD(p->arena, &p->fitting) = search.offsets;
    }
    const type_list *found = &p->fitting.items[index];
    return found->count && found->count <= MAX_PLACES ? found : NULL;
}

void memory_write(struct points_to *p, uint32_t location, uint32_t from, uint32_t type) {
    struct location at = p->things->locations.items[location];
    if (location_is_pool(p->things, location)) {
        pool_write(p, from);
        return;
    }
    if (p->things->items.items[at.thing].kind == THING_UNKNOWN) {
        node_add_edge(p, from, p->escape);
        return;
    }
    if (!thing_is_writable(p->things, at.thing)) {
        return;
    }
    const type_list *places = at.offset == OFFSET_ANY ? fitting_places(p, p->things->items.items[at.thing].type, type) : NULL;
    for (uint32_t i = 0; !places || i < places->count; i++) {
        uint32_t cell = memory_cell(p, at.thing, places ? (int64_t)places->items[i] : at.offset);
        if (cell != NONE) {
            node_add_edge(p, from, p->memory.items[at.thing].cells.items[cell].node);
        }
        if (!places) {
            return;
        }
    }
}

void memory_copy(struct points_to *p, uint32_t to, uint32_t from, uint64_t size) {
    struct location source = p->things->locations.items[from];
    struct location target = p->things->locations.items[to];
    const struct thing *source_thing = &p->things->items.items[source.thing];
    if (location_is_pool(p->things, from) && !location_is_pool(p->things, to) && thing_is_writable(p->things, target.thing)) {
        pool_copy_from(p, target.thing);
        return;
    }
    if (source_thing->kind == THING_CODE || source_thing->kind == THING_LITERAL || source_thing->kind == THING_UNKNOWN ||
        !thing_is_writable(p->things, target.thing)) {
        return;
    }
    if (location_is_pool(p->things, to)) {
        uint64_t into_pool[] = {source.thing, to, UINT64_MAX};
        uint32_t number = 0;
        if (keys_add(p->arena, &p->mirror_seen, into_pool, 3, &number)) {
            pool_copy_to(p, source.thing);
        }
        return;
    }
    if (p->things->items.items[target.thing].kind == THING_UNKNOWN) {
        memory_read_all(p, source.thing, p->escape);
        return;
    }
    if (size == 0 && source.offset != OFFSET_ANY && source_thing->type != NONE) {
        size = type_onward(p->program, source_thing->type, source.offset);
    }
    struct mirror mirror = {target.thing, source.offset, target.offset, (uint32_t)(size > INT32_MAX ? 0 : size), false};
    mirror.unrolled = mirror_is_unrolled(p, source.thing, &mirror);
    uint64_t key[] = {from, to, mirror.size};
    uint32_t value = 0;
    if (!keys_add(p->arena, &p->mirror_seen, key, 3, &value)) {
        return;
    }
    materialise(p, source.thing, source.offset == OFFSET_ANY ? 0 : source.offset,
                source.offset == OFFSET_ANY || !size ? 0 : source.offset + (int64_t)size);
    *VECTOR_ADD(p->arena, &memory_of(p, source.thing)->mirrors) = mirror;
    for (uint32_t cell = 0; cell < p->memory.items[source.thing].cells.count; cell++) {
        mirror_cell(p, source.thing, cell, mirror);
    }
}

void memory_open(struct points_to *p, uint32_t thing) {
    struct thing *at = &p->things->items.items[thing];
    if (at->open || at->kind == THING_CODE || at->kind == THING_LITERAL || at->kind == THING_UNKNOWN) {
        return;
    }
    at->open = true;
    for (uint32_t cell = 0; cell < memory_of(p, thing)->cells.count; cell++) {
        fill_from_outside(p, thing, cell);
    }
    memory_read_all(p, thing, p->escape);
}

/* ---- things by type ---- */

static void register_type(struct points_to *p, uint32_t thing, uint32_t record) {
    while (p->type_things.count <= record) {
        (void)VECTOR_ADD(p->arena, &p->type_things);
    }
    *VECTOR_ADD(p->arena, &p->type_things.items[record]) = thing;
    for (uint32_t i = 0; record < p->type_watchers.count && i < p->type_watchers.items[record].count; i++) {
        struct embedding watcher = p->type_watchers.items[record].items[i];
        if (watcher.outer == thing) {
            continue;
        }
        for (uint32_t cell = 0; cell < memory_of(p, watcher.outer)->cells.count; cell++) {
            int32_t offset = p->memory.items[watcher.outer].cells.items[cell].offset;
            uint32_t type = p->things->items.items[watcher.outer].type;
            if (offset == OFFSET_ANY || type_reaches(p->program, type, offset)) {
                link_cell(p, watcher.outer, cell, thing, (int64_t)watcher.offset);
            }
        }
    }
}

static void watch_type(struct points_to *p, uint32_t any, uint32_t record, uint64_t offset) {
    while (p->type_watchers.count <= record) {
        (void)VECTOR_ADD(p->arena, &p->type_watchers);
    }
    *VECTOR_ADD(p->arena, &p->type_watchers.items[record]) = (struct embedding){any, offset};
}

void memory_register(struct points_to *p) {
    for (; p->registered < p->things->items.count; p->registered++) {
        uint32_t thing = p->registered;
        memory_of(p, thing);
        const struct thing *at = &p->things->items.items[thing];
        uint32_t record = record_of(p, at->type);
        if (record == NONE || at->kind == THING_LOCAL || at->kind == THING_CODE) {
            continue;
        }
        if (at->kind == THING_ANY) {
            watch_type(p, thing, record, 0);
            const embedding_list *outer = type_outer(p->program, record);
            for (uint32_t i = 0; i < outer->count; i++) {
                watch_type(p, thing, outer->items[i].outer, outer->items[i].offset);
            }
        }
        register_type(p, thing, record);
    }
    for (uint32_t thing = p->things->first_local; thing < p->things->items.count; thing++) {
        const struct thing *at = &p->things->items.items[thing];
        while (at->kind == THING_HEAP && at->type == NONE && p->memory.items[thing].casts < at->casts.count) {
            register_type(p, thing, at->casts.items[p->memory.items[thing].casts++]);
            at = &p->things->items.items[thing];
        }
    }
}
