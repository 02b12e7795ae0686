#include <string.h>
#include "points_to_internal.h"
#include "pool.h"

/* The record that an argument of a function is declared to point to, and where the member lies in it; NONE. */
static uint32_t find_member(const struct program *program, uint32_t object, const struct model_deferred *deferred, int64_t *out_offset,
                            uint32_t *out_type) {
    uint32_t type = program->objects.items[object].type;
    const struct type *function = type == NONE ? NULL : &program->types.items[type];
    if (!function || function->kind != FACTS_FUNCTION || (uint32_t)deferred->argument >= function->member_count) {
        return NONE;
    }
    uint32_t record = pointed_record(program, function->members[deferred->argument].type);
    uint32_t holder = record;
    *out_offset = 0;
    *out_type = NONE;
    for (const char *name = deferred->member; *name && holder != NONE;) { /* "work.func" */
        size_t length = strcspn(name, ".");
        const struct type *at = &program->types.items[holder];
        holder = NONE;
        for (uint32_t m = 0; m < at->member_count && at->kind == FACTS_RECORD; m++) {
            if (strlen(at->members[m].name) == length && strncmp(at->members[m].name, name, length) == 0) {
                *out_offset += (int64_t)(at->members[m].bit_offset / 8);
                holder = at->members[m].type;
                break;
            }
        }
        name += length + (name[length] == '.');
    }
    *out_type = holder;
    return holder == NONE ? NONE : record;
}

uint32_t deferred_function_type(const struct program *program, uint32_t object, const struct model_deferred *deferred) {
    int64_t offset = 0;
    uint32_t type = NONE;
    if (deferred->member) {
        find_member(program, object, deferred, &offset, &type);
        return type;
    }
    const struct type *function = &program->types.items[program->objects.items[object].type];
    return (uint32_t)deferred->argument < function->member_count ? function->members[deferred->argument].type : NONE;
}

void deferred_start(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object, const struct model *model) {
    const struct facts_instruction *call = frame_instruction(p, frame, instruction);
    for (uint32_t i = 0; i < model->deferred_count; i++) {
        const struct model_deferred *deferred = &model->deferred[i];
        if ((size_t)deferred->argument >= call->argument_count || call->arguments[deferred->argument] == FACTS_NONE) {
            continue;
        }
        uint32_t node = value_node(p, frame, call->arguments[deferred->argument]);
        int64_t offset = 0;
        uint32_t type = NONE;
        if (!deferred->member) {
            node_add_use(p, node, (struct use){frame, instruction, ROLE_DEFERRED + i});
            if (!deferred->arguments && p->program->objects.items[object].function_index == NONE) {
                node_add_edge(p, node, p->escape); /* outside calls it, with what it likes */
            }
        } else if (find_member(p->program, object, deferred, &offset, &type) != NONE) {
            uint32_t functions = p->nodes.count;
            uint64_t key[] = {frame, instruction, i};
            if (keys_add(p->arena, &p->deferred_nodes, key, 3, &functions)) {
                node_add(p);
                node_add_use(p, functions, (struct use){frame, instruction, ROLE_DEFERRED + i});
            }
            node_add_use(p, node, (struct use){frame, instruction, ROLE_DEFERRED_OBJECT + i});
        }
    }
}

/* The callee may be one of several, where the call is indirect: the model at hand is of the one with such a deferral. */
static const struct model_deferred *find_deferred(const struct points_to *p, const struct use *use, uint32_t number, uint32_t *out_object) {
    const struct facts_instruction *call = frame_instruction(p, use->frame, use->instruction);
    *out_object = call->object == FACTS_NONE ? NONE : mapped_object(p, use->frame, call->object);
    const struct model *model = call_model(p, *out_object);
    return model && number < model->deferred_count ? &model->deferred[number] : NULL;
}

static void deferred_bind(struct points_to *p, const struct use *use, const struct model_deferred *deferred, uint32_t function) {
    const struct facts_instruction *call = frame_instruction(p, use->frame, use->instruction);
    uint32_t instance = p->frames->instance_of[function];
    uint64_t key[] = {use->frame, use->instruction, function};
    uint32_t value = 0;
    if (instance == NONE || !keys_add(p->arena, &p->deferral_seen, key, 3, &value)) {
        return;
    }
    *VECTOR_ADD(p->arena, &p->deferrals) = (struct deferral){use->frame, use->instruction, function};
    if (!deferred->arguments) {
        return;
    }
    p->called[function] = true;
    const struct facts_function *facts = p->program->functions.items[function].facts;
    uint32_t callee = p->frames->instances.items[instance].first_frame;
    uint32_t parameter = 0;
    for (uint32_t i = 0; i < 32 && parameter < facts->parameter_count; i++) {
        if (!(deferred->arguments >> i & 1)) {
            continue;
        }
        uint32_t target = facts->parameters[parameter++];
        if (i < call->argument_count && call->arguments[i] != FACTS_NONE && target != FACTS_NONE) {
            node_add_edge(p, value_node(p, use->frame, call->arguments[i]), value_node(p, callee, target));
        }
    }
}

void deferred_location(struct points_to *p, const struct use *use, uint32_t location) {
    bool object_role = use->role >= ROLE_DEFERRED_OBJECT;
    uint32_t number = use->role - (object_role ? ROLE_DEFERRED_OBJECT : ROLE_DEFERRED);
    uint32_t object = NONE;
    const struct model_deferred *deferred = find_deferred(p, use, number, &object);
    if (!deferred) {
        return;
    }
    if (!object_role && location_is_pool(p->things, location)) {
        pool_watch_functions(p, use);
        return;
    }
    if (!object_role) {
        const struct thing *thing = &p->things->items.items[p->things->locations.items[location].thing];
        for (uint32_t code = thing->kind == THING_CODE ? thing->object : NONE; code != NONE; code = p->program->objects.items[code].also) {
            if (p->program->objects.items[code].function_index != NONE) {
                deferred_bind(p, use, deferred, p->program->objects.items[code].function_index);
            }
        }
        return;
    }
    int64_t offset = 0;
    uint32_t type = NONE;
    uint32_t record = find_member(p->program, object, deferred, &offset, &type);
    uint64_t key[] = {use->frame, use->instruction, number};
    uint32_t node = keys_get(&p->deferred_nodes, key, 3);
    number_list places = {0};
    location_offset(p->things, location, offset, record, &places);
    for (uint32_t i = 0; i < places.count; i++) {
        memory_read(p, places.items[i], node, NONE, use->frame, use->instruction);
    }
}
