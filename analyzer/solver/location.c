#include "location.h"
#include <stdlib.h>
#include <string.h>
#include "type_leaves.h"

/* A constant this large is an address translation (virtual to physical and back): the object stays the same. */
#define TRANSLATION ((int64_t)1 << 28)

static const struct type *type_at(const struct things *things, uint32_t type) {
    return &things->program->types.items[type];
}

static void out_add(struct things *things, number_list *out, uint32_t location) {
    if (location == NONE) {
        return;
    }
    for (uint32_t i = 0; i < out->count; i++) {
        if (out->items[i] == location) {
            return;
        }
    }
    *VECTOR_ADD(things->program->arena, out) = location;
}

bool location_overlay(struct things *things, uint32_t location, uint32_t record) {
    struct location at = things->locations.items[location];
    enum thing_kind kind = things->items.items[at.thing].kind;
    if (record == NONE || at.offset == OFFSET_ANY || (kind != THING_VARIABLE && kind != THING_HEAP && kind != THING_LOCAL)) {
        return false;
    }
    while (things->overlaid.count <= record) {
        (void)VECTOR_ADD(things->program->arena, &things->overlaid);
    }
    map_put(things->program->arena, &things->overlays, ((uint64_t)at.thing << 32) | record, 0);
    uint32_t value = 0;
    if (!map_add(things->program->arena, &things->overlaid_seen, ((uint64_t)location << 32) | record, &value)) {
        return false;
    }
    *VECTOR_ADD(things->program->arena, &things->overlaid.items[record]) = location;
    return true;
}

bool thing_is_overlaid(const struct things *things, uint32_t thing, uint32_t record) {
    return map_get(&things->overlays, ((uint64_t)thing << 32) | record) != MAP_NONE;
}

static void note_cast(struct things *things, uint32_t thing, uint32_t record) {
    struct thing *at = &things->items.items[thing];
    for (uint32_t i = 0; i < at->casts.count; i++) {
        if (at->casts.items[i] == record) {
            return;
        }
    }
    *VECTOR_ADD(things->program->arena, &at->casts) = record;
}

/* ---- what a pointer to a record may point to ---- */

/* A record with a single scalar in it, like atomic_t: a pointer to the scalar may be cast to it. */
static bool is_wrapper(const struct things *things, uint32_t record) {
    return type_leaf_count(things->program, record) == 1;
}

/* May an object of `record` lie at this place of an object of `type`? Bytes may hold anything, when they are what the pointer pointed to. */
static bool may_hold(struct things *things, uint32_t type, uint32_t record, int64_t offset, bool from_bytes) {
    const struct type *wanted = type_at(things, record);
    if (wanted->is_incomplete || wanted->size == 0 || type_holds_name(things->program, type, wanted->name, offset)) {
        return true;
    }
    uint32_t element = type_element(things->program, type);
    bool storage = type_at(things, element)->kind == FACTS_SCALAR && (element != type || type_at(things, element)->size == 1); /* of words, too */
    return storage || type_is_storage_at(things->program, type, offset) || type_is_words_at(things->program, type, offset, wanted->size) ||
           (from_bytes && type_is_bytes_at(things->program, type, offset)) ||
           (is_wrapper(things, record) && type_has_subobject(things->program, type, offset, wanted->size)) ||
           type_shares_head(things->program, &things->heads, type, record, offset);
}

/* Is what the thing holds known for sure, so that a pointer to something else cannot lead here? */
static bool is_exact(const struct things *things, const struct thing *thing) {
    if (thing->type == NONE || type_at(things, type_element(things->program, thing->type))->size == 0) {
        return false;
    }
    return thing->kind != THING_HEAP || thing->bytes == thing_size(things, thing);
}

/* Somewhere in the thing: the places where such a record lies. */
static bool add_places(struct things *things, uint32_t thing, uint32_t record, number_list *out) {
    uint32_t holder = type_element(things->program, things->items.items[thing].type);
    if (holder == record) {
        out_add(things, out, thing_location(things, thing, 0));
        return true;
    }
    bool found = false;
    const embedding_list *outer = type_outer(things->program, record);
    for (uint32_t i = 0; i < outer->count; i++) {
        if (outer->items[i].outer == holder) {
            out_add(things, out, thing_location(things, thing, (int64_t)outer->items[i].offset));
            found = true;
        }
    }
    return found;
}

struct storage {
    struct things *things;
    uint32_t thing;
    number_list *out;
};

static void note_storage(void *context, int64_t offset) {
    const struct storage *at = context;
    out_add(at->things, at->out, thing_location(at->things, at->thing, offset));
}

/* Somewhere in the thing: the words and bytes that may be a record. */
static void add_storage(struct things *things, uint32_t thing, uint32_t record, bool from_bytes, number_list *out) {
    struct storage at = {things, thing, out};
    const struct type *wanted = type_at(things, record);
    if (!wanted->is_incomplete && wanted->size) {
        type_visit_storage(things->program, things->items.items[thing].type, wanted->size, from_bytes, note_storage, &at);
    }
}

void location_view(struct things *things, uint32_t record, number_list *out) {
    out_add(things, out, thing_location(things, thing_any(things, record), 0));
    const type_list *alike = type_alike(things->program, &things->heads, record);
    for (uint32_t i = 0; i < alike->count; i++) {
        out_add(things, out, thing_location(things, thing_any(things, alike->items[i]), 0));
    }
    for (uint32_t i = 0; record < things->overlaid.count && i < things->overlaid.items[record].count; i++) {
        *VECTOR_ADD(things->program->arena, out) = things->overlaid.items[record].items[i];
    }
}

struct leaf_kind {
    const struct things *things;
    bool is_number;
};

static void note_kind(void *context, const struct leaf *leaf) {
    struct leaf_kind *kind = context;
    kind->is_number = type_at(kind->things, leaf->type)->kind == FACTS_SCALAR;
}

/*
 * May a pointer to `record` lead into the pool other than to an object that is known to hold such a record? may_hold lets it through where it meets
 * bytes and lone numbers.
 */
static bool may_hide(const struct things *things, uint32_t record, bool from_bytes) {
    struct leaf_kind kind = {things, false};
    if (!from_bytes && is_wrapper(things, record)) {
        type_visit_leaves(things->program, record, 0, UINT64_MAX, NONE, NONE, note_kind, &kind);
    }
    return from_bytes || kind.is_number;
}

/*
 * The location as a pointer to `record` sees it: unknowns take the type, "any T" becomes "any record" where T does not hold one here, and
 * what is known to hold no such record is no target (docs/SOUNDNESS.md "Objects are what they were made as").
 */
static void location_retype(struct things *things, uint32_t location, uint32_t record, bool from_bytes, number_list *out) {
    struct location at = things->locations.items[location];
    struct thing *thing = &things->items.items[at.thing];
    switch (record == NONE ? THING_LITERAL : thing->kind) {
    case THING_CODE:
        return;
    case THING_LITERAL:
        out_add(things, out, location);
        return;
    case THING_UNKNOWN:
        if (location_is_pool(things, location)) {
            if (location == things->pool_bytes || may_hide(things, record, from_bytes)) {
                out_add(things, out, things->pool_bytes);
            }
            if (location == things->pool) {
                location_view(things, record, out);
            }
            return;
        }
        out_add(things, out, thing_location(things, thing_any(things, record), 0));
        return;
    case THING_ANY:
        if (at.offset == OFFSET_ANY ? add_places(things, at.thing, record, out)
                                    : at.offset >= 0 && type_holds(things->program, thing->type, record, at.offset)) {
            if (at.offset != OFFSET_ANY) {
                out_add(things, out, location);
            }
            return;
        }
        /* One that begins alike stands for objects that the pool holds (location_view). */
        if (things->pool != NONE && at.offset != OFFSET_ANY && at.offset >= 0 &&
            type_shares_head(things->program, &things->heads, thing->type, record, at.offset)) {
            out_add(things, out, location);
        }
        out_add(things, out, thing_location(things, thing_any(things, record), 0));
        return;
    default:
        break;
    }
    if (thing->kind == THING_HEAP && thing->type == NONE && (at.offset == 0 || at.offset == OFFSET_ANY)) {
        note_cast(things, at.thing, record);
    }
    if (thing->type != NONE && at.offset == OFFSET_ANY) {
        if (add_places(things, at.thing, record, out)) {
            return;
        }
        add_storage(things, at.thing, record, from_bytes, out);
        thing = &things->items.items[at.thing];
    }
    if (is_exact(things, thing) && !thing_is_overlaid(things, at.thing, record) &&
        !(at.offset != OFFSET_ANY && may_hold(things, thing->type, record, at.offset, from_bytes))) {
        return;
    }
    out_add(things, out, location);
}

void location_cast(struct things *things, uint32_t location, uint32_t record, bool from_bytes, number_list *out) {
    location_retype(things, location, record, from_bytes, out);
}

static void offset_one(struct things *things, uint32_t location, int64_t offset, bool to_member, number_list *out);

void location_offset(struct things *things, uint32_t location, int64_t offset, uint32_t record, number_list *out) {
    if (record == NONE) {
        offset_one(things, location, offset, false, out);
        return;
    }
    number_list typed = {0};
    location_retype(things, location, record, location != things->pool, &typed); /* bytes: the cast before has let it through */
    for (uint32_t i = 0; i < typed.count; i++) {
        offset_one(things, typed.items[i], offset, true, out);
    }
    if (typed.items) {
        arena_recycle(things->program->arena, typed.items, typed.capacity * sizeof *typed.items);
    }
}

static void offset_one(struct things *things, uint32_t location, int64_t offset, bool to_member, number_list *out) {
    struct location at = things->locations.items[location];
    struct thing *thing = &things->items.items[at.thing];
    if (at.offset == OFFSET_ANY || thing->kind == THING_UNKNOWN || offset >= TRANSLATION || offset <= -TRANSLATION || offset == 0) {
        out_add(things, out, location);
        return;
    }
    if (thing->kind == THING_CODE || thing->kind == THING_LITERAL) {
        out_add(things, out, location);
        return;
    }
    int64_t size = (int64_t)thing_size(things, thing);
    if (thing->kind == THING_ANY && size > 0 && at.offset == 0 && offset % size == 0 && !type_has_open_end(things->program, thing->type)) {
        out_add(things, out, location); /* the next element of an array that it may stand in */
        return;
    }
    struct enclosing_array arrays[MAX_ENCLOSING + 1];
    size_t count = thing->type == NONE ? 0 : type_enclosing_arrays(things->program, thing->type, at.offset, arrays);
    for (size_t i = 0; i < count; i++) {
        int64_t moved = at.offset - arrays[i].base + offset;
        if (moved >= 0 && moved < arrays[i].stride) {
            break; /* stays within the element */
        }
        int64_t bytes = arrays[i].stride * (int64_t)arrays[i].count; /* just behind the last element, it is there to walk back from */
        if (arrays[i].count == 0 || (offset == bytes && !to_member) || llabs((long long)offset) < bytes) {
            int64_t within = ((moved % arrays[i].stride) + arrays[i].stride) % arrays[i].stride;
            out_add(things, out, thing_location(things, at.thing, arrays[i].base + within));
        } else if (llabs((long long)offset) > SLACK && offset % arrays[i].stride == 0) {
            out_add(things, out, location); /* biased, so that indices need not begin at 0 */
        }
    }
    out_add(things, out, thing_location(things, at.thing, at.offset + offset));
}

void location_index(struct things *things, uint32_t location, int64_t stride, uint64_t size, uint64_t walked, number_list *out) {
    struct location at = things->locations.items[location];
    const struct thing *thing = &things->items.items[at.thing];
    if (at.offset == OFFSET_ANY || thing->kind == THING_UNKNOWN || thing->kind == THING_CODE || thing->kind == THING_LITERAL) {
        out_add(things, out, location);
        return;
    }
    if (stride < 0) {
        stride = -stride;
    }
    if (thing->type == NONE) {
        out_add(things, out, thing_location(things, at.thing, OFFSET_ANY)); /* which other places are its elements nobody knows */
        return;
    }
    struct enclosing_array arrays[MAX_ENCLOSING];
    size_t count = type_enclosing_arrays(things->program, thing->type, at.offset, arrays);
    for (size_t i = 0; i < count; i++) {
        if (stride > 0 && (arrays[i].stride == stride || stride % arrays[i].stride == 0)) {
            out_add(things, out, location);
            return;
        }
    }
    if (stride > 0 && type_has_subobject(things->program, thing->type, at.offset, (uint64_t)stride)) {
        int64_t first = at.offset;
        uint64_t run = type_run(things->program, thing->type, at.offset, (uint64_t)stride, &first);
        for (uint64_t step = 0; run > 1 && step < run; step++) { /* members in a row, walked as an array */
            out_add(things, out, thing_location(things, at.thing, first + (int64_t)(step * (uint64_t)stride)));
        }
        if (walked <= (uint64_t)stride) {
            out_add(things, out, location); /* an array of one */
            return;
        }
        size = walked;
    }
    if (stride > 0 && size >= (uint64_t)stride && size / (uint64_t)stride <= 64 && at.offset >= 0) {
        for (uint64_t step = 0; step * (uint64_t)stride < size; step++) {
            out_add(things, out, thing_location(things, at.thing, at.offset + (int64_t)(step * (uint64_t)stride)));
        }
        return;
    }
    out_add(things, out, thing_location(things, at.thing, OFFSET_ANY));
}

void location_arithmetic(struct things *things, uint32_t location, const struct facts_instruction *instruction, bool second, number_list *out) {
    struct location at = things->locations.items[location];
    const struct thing *thing = &things->items.items[at.thing];
    const char *operator= instruction->text ? instruction->text : "";
    bool moves = thing->kind != THING_CODE && thing->kind != THING_LITERAL && thing->kind != THING_UNKNOWN && at.offset != OFFSET_ANY;
    if (!moves && !location_is_pool(things, location)) {
        out_add(things, out, location);
        return;
    }
    if (thing->object != NONE && (things->program->objects.items[thing->object].flags & FACTS_PER_CPU)) {
        out_add(things, out, location); /* another processor's copy of the same variable */
        return;
    }
    bool constant_operand = (instruction->flags & FACTS_CONSTANT) != 0;
    if (second && (strcmp(operator, "-") == 0 || strcmp(operator, "<<") == 0 || strcmp(operator, ">>") == 0)) {
        return; /* minus an address, or so many bits, is no address */
    }
    if (*operator== '%' ||(!constant_operand && (*operator== '*' || * operator== '/'))) {
        return; /* numbers: an address survives only factors that turn it into a page number and back */
    }
    if (instruction->flags & FACTS_CONSTANT) {
        int64_t constant = instruction->offset;
        if (strcmp(operator, "&") == 0) {
            if (constant >= 0 && constant < 4096) {
                return; /* tag bits or an offset in a page: no address is left */
            }
            if (moves && constant < 0 && ~constant < 64) {
                out_add(things, out, thing_location(things, at.thing, at.offset & constant));
                return;
            }
        }
        if (moves && (strcmp(operator, "|") == 0 || strcmp(operator, "^") == 0) && constant >= 0 && constant < 64) {
            bool set = (at.offset & constant) == constant;
            int64_t moved = *operator== '|' ? (at.offset | constant) : set ? at.offset & ~constant : at.offset + constant;
            out_add(things, out, thing_location(things, at.thing, moved));
            return;
        }
    }
    out_add(things, out, thing_location(things, at.thing, OFFSET_ANY));
}
