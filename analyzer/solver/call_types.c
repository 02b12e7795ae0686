#include "points_to_internal.h"

/* Type of the pointers to functions that a model takes; NONE. */
static uint32_t model_pointer_type(const struct points_to *p, const struct use *use) {
    const struct facts_instruction *call = frame_instruction(p, use->frame, use->instruction);
    uint32_t object = call->object == FACTS_NONE ? NONE : mapped_object(p, use->frame, call->object);
    const struct model *model = call_model(p, object);
    uint32_t type = object == NONE ? NONE : p->program->objects.items[object].type;
    if (!model || type == NONE || p->program->types.items[type].kind != FACTS_FUNCTION) {
        return NONE;
    }
    if (use->role >= ROLE_DEFERRED) {
        return deferred_function_type(p->program, object, &model->deferred[use->role - ROLE_DEFERRED]);
    }
    return (uint32_t)model->calls < p->program->types.items[type].member_count ? p->program->types.items[type].members[model->calls].type : NONE;
}

uint32_t call_function_type(const struct points_to *p, const struct use *use) {
    uint32_t type =
        use->role == ROLE_CALLEE ? mapped_type(p, use->frame, frame_instruction(p, use->frame, use->instruction)->type) : model_pointer_type(p, use);
    if (type != NONE && p->program->types.items[type].kind == FACTS_POINTER) {
        type = p->program->types.items[type].target;
    }
    return type != NONE && p->program->types.items[type].kind == FACTS_FUNCTION ? type : NONE;
}

/* Values of which kind does a parameter take? Pointers and numbers stand in for each other. */
static bool passes_alike(const struct program *program, uint32_t one, uint32_t other) {
    if (one == other || one == NONE || other == NONE) {
        return true;
    }
    return program->types.items[one].kind != FACTS_RECORD && program->types.items[other].kind != FACTS_RECORD;
}

bool call_type_fits(const struct points_to *p, uint32_t wanted, uint32_t type) {
    if (wanted == NONE || type == NONE || wanted == type || p->program->types.items[type].kind != FACTS_FUNCTION) {
        return wanted == NONE || wanted == type || (type == NONE && !p->typed_calls);
    }
    if (p->typed_calls) {
        return false;
    }
    const struct type *call = &p->program->types.items[wanted];
    const struct type *callee = &p->program->types.items[type];
    if (callee->member_count > call->member_count && call->member_count && !call->is_variadic) {
        return false; /* a call that leaves parameters without a value; one without parameters may be of an unknown number */
    }
    bool fits = true;
    for (uint32_t i = 0; i < callee->member_count && i < call->member_count; i++) {
        fits &= passes_alike(p->program, call->members[i].type, callee->members[i].type);
    }
    return fits;
}
