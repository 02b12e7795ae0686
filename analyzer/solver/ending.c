#include "ending.h"
#include <string.h>

struct ending {
    const struct points_to *p;
    number_list *callees; /* function -> functions that it calls */
    bool *goes_on;        /* function -> calls code that carries on elsewhere, itself */
};

/* The unwinder, long jumps, switches of stacks: none of them is seen to return, and yet something runs on. */
static bool carries_on(const struct points_to *p, uint32_t object) {
    static const char *const jumps[] = {"longjmp", "_longjmp", "siglongjmp", "__longjmp_chk"};
    const char *name = p->program->objects.items[object].name;
    const struct model *model = call_model(p, object);
    bool jump = strncmp(name, "_Unwind_", 8) == 0;
    for (size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        jump |= strcmp(name, jumps[i]) == 0;
    }
    return jump || (model && model->switches);
}

static void collect_calls(struct ending *ending) {
    const struct points_to *p = ending->p;
    for (uint32_t c = 0; c < p->calls.count; c++) {
        const struct call_targets *call = &p->calls.items[c];
        uint32_t caller = p->frames->items.items[call->frame].function;
        for (uint32_t t = 0; t < call->functions.count; t++) {
            uint32_t callee = call->functions.items[t];
            *VECTOR_ADD(p->program->arena, &ending->callees[caller]) = callee;
            ending->goes_on[caller] |= carries_on(p, p->program->functions.items[callee].object);
        }
        for (uint32_t t = 0; t < call->externals.count; t++) {
            ending->goes_on[caller] |= carries_on(p, call->externals.items[t]);
        }
    }
}

/* Does anything that the function runs carry on elsewhere? */
static bool reaches_more(const struct ending *ending, uint32_t function) {
    struct arena *arena = ending->p->program->arena;
    struct map seen = {0};
    number_list work = {0};
    *VECTOR_ADD(arena, &work) = function;
    for (uint32_t at = 0; at < work.count; at++) {
        uint32_t value = 0;
        if (ending->goes_on[work.items[at]]) {
            return true;
        }
        for (uint32_t i = 0; i < ending->callees[work.items[at]].count; i++) {
            uint32_t callee = ending->callees[work.items[at]].items[i];
            if (map_add(arena, &seen, callee, &value)) {
                *VECTOR_ADD(arena, &work) = callee;
            }
        }
    }
    return false;
}

bool *ending_find(const struct points_to *p) {
    uint32_t count = p->program->functions.count;
    struct arena *arena = p->program->arena;
    bool *ends = arena_allocate(arena, count + 1);
    struct ending ending = {p, arena_allocate(arena, (count + 1) * sizeof(number_list)), arena_allocate(arena, count + 1)};
    if (p->returns_twice) {
        return ends;
    }
    collect_calls(&ending);
    for (uint32_t function = 0; function < count; function++) {
        uint32_t object = p->program->functions.items[function].object;
        ends[function] = (p->program->objects.items[object].flags & FACTS_NORETURN) && !reaches_more(&ending, function);
    }
    return ends;
}
