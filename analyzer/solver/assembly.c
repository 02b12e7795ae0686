#include <stddef.h>
#include <string.h>
#include "asm_effect.h"
#include "points_to_internal.h"
#include "pool.h"

struct placement frame_named_place(const struct points_to *p, uint32_t frame, const char *name) {
    const struct unit *unit = &p->program->units[p->program->functions.items[p->frames->items.items[frame].function].unit];
    for (size_t i = 0; i < unit->facts->object_count; i++) {
        const struct facts_object *object = &unit->facts->objects[i];
        bool linkable = object->kind == FACTS_GLOBAL || object->kind == FACTS_STATIC || object->kind == FACTS_CODE;
        if (linkable && strcmp(object->name, name) == 0 && unit->objects[i] != NONE) {
            return program_place(unit, (uint32_t)i);
        }
    }
    return program_place_global(p->program, name);
}

/* Code that assembly calls: by name, by an operand that holds its address, or by memory that does. */
static void start_calls(struct points_to *p, uint32_t frame, uint32_t number, const struct asm_effect *effect) {
    const struct facts_instruction *instruction = frame_instruction(p, frame, number);
    uint32_t named = *effect->called ? frame_named_place(p, frame, effect->called).object : NONE;
    if (named != NONE && p->program->objects.items[named].kind == FACTS_CODE) {
        call_from_assembly(p, frame, number, named);
    }
    for (uint32_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        if (asm_effect_has(effect->callees, i) && effect->callees && operand->value != FACTS_NONE) {
            node_add_use(p, value_node(p, frame, operand->value), (struct use){frame, number, operand->is_memory ? ROLE_CALLEE_AT : ROLE_CALLEE});
        }
    }
}

void assembly_start(struct points_to *p, uint32_t frame, uint32_t number) {
    const struct facts_instruction *instruction = frame_instruction(p, frame, number);
    struct asm_effect effect = frame_asm_effect(p, frame, instruction);
    start_calls(p, frame, number, &effect);
    bool has_input = false;
    uint32_t to = 0;
    uint32_t from = 0;
    if (asm_copies(instruction, &to, &from) && !p->global) {
        node_add_use(p, value_node(p, frame, to), (struct use){frame, number, ROLE_A});
        node_add_use(p, value_node(p, frame, from), (struct use){frame, number, ROLE_B});
    }
    for (uint32_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        if (operand->value == FACTS_NONE) {
            continue;
        }
        has_input |= asm_operand_is_read(operand);
        struct use use = {frame, number, 0};
        if (operand->is_memory || asm_operand_is_address(operand)) {
            use.role = ROLE_TARGET + i;
            node_add_use(p, value_node(p, frame, operand->value), use);
        } else if (asm_operand_is_read(operand)) {
            if (asm_effect_has(effect.loaded, i)) {
                use.role = ROLE_OPERAND + i;
                node_add_use(p, value_node(p, frame, operand->value), use);
            }
            uint32_t tied = asm_tied_output(operand);
            if (effect.strings && tied == FACTS_NONE && asm_operand_steps(instruction, operand)) {
                continue;
            }
            for (uint32_t o = 0; o < instruction->operand_count; o++) {
                const struct facts_operand *output = &instruction->operands[o];
                if (o != i && output->is_output && !output->is_memory && output->value != FACTS_NONE && (tied == FACTS_NONE || tied == o)) {
                    node_add_edge(p, value_node(p, frame, operand->value), value_node(p, frame, output->value));
                }
            }
        }
    }
    for (uint32_t o = 0; o < instruction->operand_count && !has_input; o++) {
        const struct facts_operand *output = &instruction->operands[o];
        uint32_t type = mapped_type(p, frame, output->type);
        if (output->is_output && !output->is_memory && output->value != FACTS_NONE && type != NONE &&
            p->program->types.items[type].kind == FACTS_POINTER) {
            uint32_t thing = thing_from_outside(p->things, type, frame, number, ROLE_OPERAND + o, "asm-output", instruction->text);
            node_add_location(p, value_node(p, frame, output->value), thing_location(p->things, thing, 0));
        }
    }
}

/* What one instruction of a template loads into a register that is no operand, and another one stores. */
static uint32_t scratch_node(struct points_to *p, const struct use *use) {
    uint64_t key[] = {use->frame, use->instruction, ROLE_OPERAND};
    uint32_t node = p->nodes.count;
    if (keys_add(p->arena, &p->deferred_nodes, key, 3, &node)) {
        node_add(p);
    }
    return node;
}

/* An address that the assembly reads or writes: values flow between what lies there and its register operands. */
void assembly_location(struct points_to *p, const struct use *use, uint32_t location) {
    const struct facts_instruction *instruction = frame_instruction(p, use->frame, use->instruction);
    bool declared = use->role >= ROLE_TARGET;
    uint32_t index = use->role - (declared ? ROLE_TARGET : ROLE_OPERAND);
    const struct facts_operand *address = &instruction->operands[index];
    bool read = !declared || asm_operand_is_read(address);
    struct asm_effect effect = frame_asm_effect(p, use->frame, instruction);
    bool written = declared ? address->is_output || asm_effect_has(effect.written, index) : asm_effect_has(effect.through, index);
    if (effect.moves && (effect.through || effect.written) && !p->global) {
        uint32_t scratch = scratch_node(p, use);
        if (read) {
            location_read(p, location, scratch, NONE, use->frame, use->instruction);
        }
        if (written) {
            memory_write(p, location, scratch, NONE);
        }
    }
    for (uint32_t i = 0; i < instruction->operand_count; i++) {
        const struct facts_operand *operand = &instruction->operands[i];
        if (operand->value == FACTS_NONE || operand->is_memory || asm_operand_is_address(operand) || i == index) {
            continue;
        }
        if (read && operand->is_output && !(effect.strings && asm_operand_steps(instruction, operand))) {
            location_load(p, location, use->frame, use->instruction, operand->value, mapped_type(p, use->frame, operand->type));
        }
        if (written && asm_operand_is_read(operand) && !p->global) {
            memory_write(p, location, value_node(p, use->frame, operand->value), NONE);
        }
    }
}

/* What it calls: the location itself, or what lies there. */
void assembly_called_location(struct points_to *p, const struct use *use, uint32_t location) {
    if (use->role == ROLE_CALLEE_AT) {
        uint64_t key[] = {use->frame, use->instruction, ROLE_CALLEE_AT};
        uint32_t node = p->nodes.count;
        if (keys_add(p->arena, &p->deferred_nodes, key, 3, &node)) {
            node_add(p);
            node_add_use(p, node, (struct use){use->frame, use->instruction, ROLE_CALLEE});
        }
        location_read(p, location, node, NONE, use->frame, use->instruction);
        return;
    }
    const struct thing *thing = &p->things->items.items[p->things->locations.items[location].thing];
    if (location_is_pool(p->things, location) && !p->global) {
        pool_watch_functions(p, use);
    } else if (location_is_pool(p->things, location)) {
        const struct call_targets *all = points_to_targets(p->global, use->frame, use->instruction);
        for (uint32_t t = 0; all && t < all->functions.count; t++) {
            call_from_assembly(p, use->frame, use->instruction, p->program->functions.items[all->functions.items[t]].object);
        }
    } else if (thing->kind == THING_CODE) {
        call_from_assembly(p, use->frame, use->instruction, thing->object);
    }
}

/* Assembly passes what its operands hold, in the registers of the calling convention where the constraints say so, and may take the result. */
void assembly_bind(struct points_to *p, uint32_t frame, const struct facts_instruction *assembly, uint32_t callee,
                   const struct facts_function *facts) {
    static const char letters[] = "DSdc"; /* x86-64 */
    for (size_t i = 0; i < assembly->operand_count; i++) {
        const struct facts_operand *operand = &assembly->operands[i];
        if (operand->value == FACTS_NONE || operand->is_memory) {
            continue;
        }
        if (operand->is_output) {
            node_add_edge(p, return_node(p, callee), value_node(p, frame, operand->value));
        }
        const char *named = strpbrk(operand->constraint, letters);
        for (uint32_t parameter = 0; asm_operand_is_read(operand) && parameter < facts->parameter_count; parameter++) {
            bool passed = !named || strchr(letters, *named) - letters == (ptrdiff_t)parameter;
            if (passed && facts->parameters[parameter] != FACTS_NONE) {
                node_add_edge(p, value_node(p, frame, operand->value), value_node(p, callee, facts->parameters[parameter]));
            }
        }
    }
}
