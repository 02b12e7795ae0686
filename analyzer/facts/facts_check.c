#include <stdlib.h>
#include "facts_format.h"
#include "facts_read.h"
#include "spillscope/scope.h"

/* Height of a type in a walk: 1 for a leaf. */
#define UNSEEN 0
#define OPEN UINT16_MAX

/* Which edges a walk follows. */
enum walk {
    WALK_CONTAINED, /* what lies inside a type: elements and members */
    WALK_SPELLED    /* what the spelling of a type goes through: targets and parameters, stopping at records */
};

/* The edge number `edge` of a type, or FACTS_NONE past the last. */
static uint32_t type_edge(const struct facts_type *type, enum walk walk, size_t edge) {
    if (walk == WALK_CONTAINED) {
        if (type->kind == FACTS_ARRAY) {
            return edge == 0 ? type->target : FACTS_NONE;
        }
        return type->kind == FACTS_RECORD && edge < type->member_count ? type->members[edge].type : FACTS_NONE;
    }
    if (type->kind == FACTS_RECORD || type->target == FACTS_NONE) {
        return FACTS_NONE;
    }
    if (edge == 0) {
        return type->target;
    }
    return type->kind == FACTS_FUNCTION && edge <= type->member_count ? type->members[edge - 1].type : FACTS_NONE;
}

struct frame {
    uint32_t type;
    uint32_t edge;   /* next one to follow */
    uint16_t height; /* of the highest type below, so far */
};

/* Depth-first without recursion: a cycle or a chain beyond the limit is refused. */
static const char *check_walk(const struct facts_unit *unit, enum walk walk, uint16_t *heights, struct frame *stack) {
    for (size_t root = 0; root < unit->type_count; root++) {
        if (heights[root] != UNSEEN) {
            continue;
        }
        size_t depth = 1;
        stack[0] = (struct frame){.type = (uint32_t)root};
        heights[root] = OPEN;
        while (depth > 0) {
            struct frame *top = &stack[depth - 1];
            uint32_t next = type_edge(&unit->types[top->type], walk, top->edge);
            if (next != FACTS_NONE && heights[next] == OPEN) {
                return "a type contains itself";
            }
            if (next != FACTS_NONE && heights[next] == UNSEEN) {
                if (depth == FACTS_TYPE_DEPTH) {
                    return "types nested too deeply";
                }
                heights[next] = OPEN;
                stack[depth++] = (struct frame){.type = next};
                continue;
            }
            if (next != FACTS_NONE) {
                top->edge++;
                top->height = top->height > heights[next] ? top->height : heights[next];
                continue;
            }
            if (top->height >= FACTS_TYPE_DEPTH) {
                return "types nested too deeply";
            }
            heights[top->type] = (uint16_t)(top->height + 1);
            depth--;
        }
    }
    return NULL;
}

const char *facts_check_types(const struct facts_unit *unit) {
    struct frame *stack SCOPE_FREE = calloc(FACTS_TYPE_DEPTH, sizeof(*stack));
    uint16_t *contained SCOPE_FREE = calloc(unit->type_count + 1, sizeof(*contained));
    uint16_t *spelled SCOPE_FREE = calloc(unit->type_count + 1, sizeof(*spelled));
    if (!stack || !contained || !spelled) {
        return "";
    }
    const char *wrong = check_walk(unit, WALK_CONTAINED, contained, stack);
    return wrong ? wrong : check_walk(unit, WALK_SPELLED, spelled, stack);
}

const char *facts_check_objects(const struct facts_unit *unit) {
    enum { WHITE, GREY, BLACK };
    unsigned char *colours SCOPE_FREE = calloc(unit->object_count + 1, 1);
    if (!colours) {
        return "";
    }
    for (size_t root = 0; root < unit->object_count; root++) {
        uint32_t at = (uint32_t)root;
        while (at != FACTS_NONE && colours[at] == WHITE) {
            colours[at] = GREY;
            at = unit->objects[at].alias_of;
        }
        if (at != FACTS_NONE && colours[at] == GREY) {
            return "an object aliases itself";
        }
        for (at = (uint32_t)root; at != FACTS_NONE && colours[at] == GREY; at = unit->objects[at].alias_of) {
            colours[at] = BLACK;
        }
    }
    return NULL;
}
