#ifndef SOLVER_POINTS_TO_INTERNAL_H
#define SOLVER_POINTS_TO_INTERNAL_H
/* The files of the points-to solver: node_graph.c, memory.c, calls.c, call_types.c, finish.c, points_to.c. */
#include "location.h"
#include "asm_effect.h"
#include "points_to.h"

/* node_graph.c: nodes, copy edges, waves. */
uint32_t node_add(struct points_to *p);
uint32_t node_find(const struct points_to *p, uint32_t node);                  /* representative of its cycle */
void node_add_location(struct points_to *p, uint32_t node, uint32_t location); /* NONE is ignored */
/* Adds the locations from index `first` to before `end` of another node. */
void node_add_range(struct points_to *p, uint32_t node, uint32_t from, uint32_t first, uint32_t end);
/* Adds the locations of a set that is no node's of this solution and stays as it is. */
void node_add_set(struct points_to *p, uint32_t node, const struct location_set *source);
void node_add_edge(struct points_to *p, uint32_t from, uint32_t to);
void node_add_use(struct points_to *p, uint32_t node, struct use use);
void node_graph_propagate(struct points_to *p); /* until nothing is left to send */

void node_graph_print(struct points_to *p);   /* counts and numbers the round */
void node_graph_release(struct points_to *p); /* what only solving needs; sets stay */

/* memory.c: cells of things. */
uint32_t memory_cell(struct points_to *p, uint32_t thing, int64_t offset); /* index of memory.cells; NONE = no such place */
void memory_read(struct points_to *p, uint32_t location, uint32_t to, uint32_t pointer, uint32_t frame, uint32_t instruction);
/* type: declared type of what is stored, NONE = unknown */
void memory_write(struct points_to *p, uint32_t location, uint32_t from, uint32_t type);
bool memory_holds_piece(struct points_to *p, uint32_t location, uint64_t size);
void memory_copy(struct points_to *p, uint32_t to, uint32_t from, uint64_t size);
void memory_read_all(struct points_to *p, uint32_t thing, uint32_t to); /* all that the thing holds */
void memory_open(struct points_to *p, uint32_t thing);
void memory_register(struct points_to *p);   /* things that were made since, and casts of untyped heap objects */
bool memory_fill_links(struct points_to *p); /* empty list links in open memory; tells whether any was filled */

/* calls.c: joining calls with what they call. */
void call_start(struct points_to *p, uint32_t frame, uint32_t instruction); /* constraints of a call instruction */
void call_indirect(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t location);
void call_model_callback(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t location);
/* Assembly calls a function with what its operands hold. */
void call_from_assembly(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object);
void call_unknown(struct points_to *p, uint32_t frame, uint32_t instruction); /* the pointer may come from outside */
bool call_finish(struct points_to *p); /* fallbacks for calls without targets; tells whether anything was added */
void call_parameters_from_outside(struct points_to *p, uint32_t function);
struct call_targets *call_entry(struct points_to *p, uint32_t frame, uint32_t instruction);

/* call_types.c: which functions a call can have by their type. */
uint32_t call_function_type(const struct points_to *p, const struct use *use); /* of the functions that a use can have; NONE = of any */
/*
 * May a call of one function type call a function of another? Where calls are typed, only when they are equal; else when the call gives all
 * parameters a value, records those of their own type.
 */
bool call_type_fits(const struct points_to *p, uint32_t wanted, uint32_t type);

/* deferred.c: functions that a modelled call lets run later. */
void deferred_start(struct points_to *p, uint32_t frame, uint32_t instruction, uint32_t object, const struct model *model);
uint32_t deferred_function_type(const struct program *program, uint32_t object, const struct model_deferred *deferred); /* pointer type; NONE */
void deferred_location(struct points_to *p, const struct use *use, uint32_t location);

/* finish.c: what is added when nothing flows any more; each tells whether it added anything. */
void start_entries(struct points_to *p);
bool finish_entries(struct points_to *p);
bool finish_casts(struct points_to *p);
bool finish_mismatches(struct points_to *p);

/* assembly.c: what inline assembly does with the values and the code that its operands lead to. */
void assembly_start(struct points_to *p, uint32_t frame, uint32_t number);
void assembly_location(struct points_to *p, const struct use *use, uint32_t location); /* an address that it reads or writes */
void assembly_called_location(struct points_to *p, const struct use *use, uint32_t location);
void assembly_bind(struct points_to *p, uint32_t frame, const struct facts_instruction *assembly, uint32_t callee,
                   const struct facts_function *facts);
struct placement frame_named_place(const struct points_to *p, uint32_t frame, const char *name); /* as the assembler finds it from a frame's unit */

/* solve.c */
void instance_activate(struct points_to *p, uint32_t instance);

/* points_to.c */
void instruction_start(struct points_to *p, uint32_t frame, uint32_t number);     /* its constraints */
void use_location(struct points_to *p, const struct use *use, uint32_t location); /* shows one location to one use */
void pool_show(struct points_to *p, uint32_t location, uint32_t record);          /* shows a new overlay to the uses that have the pool */
void escape_thing(struct points_to *p, uint32_t thing);                           /* code outside may hold the thing */
/* The values that an instruction loads from a location, wide accesses word by word; location_read: one word, into any node. */
void location_load(struct points_to *p, uint32_t location, uint32_t frame, uint32_t instruction, uint32_t result, uint32_t pointer);
void location_read(struct points_to *p, uint32_t location, uint32_t node, uint32_t pointer, uint32_t frame, uint32_t instruction);
uint32_t base_record(const struct points_to *p, uint32_t frame, const struct facts_instruction *instruction); /* record that an OFFSET starts from */
struct asm_effect frame_asm_effect(const struct points_to *p, uint32_t frame, const struct facts_instruction *instruction);
uint32_t value_node(struct points_to *p, uint32_t frame, uint32_t value);
uint32_t return_node(struct points_to *p, uint32_t frame);
uint32_t value_type(const struct points_to *p, uint32_t frame, uint32_t value); /* program type, NONE */
uint32_t mapped_type(const struct points_to *p, uint32_t frame, uint32_t type); /* unit type -> program type */
uint32_t mapped_object(const struct points_to *p, uint32_t frame, uint32_t object);
const struct facts_instruction *frame_instruction(const struct points_to *p, uint32_t frame, uint32_t instruction);

/* Roles of a value in a use. */
enum {
    ROLE_A,
    ROLE_B,
    ROLE_CALLEE,   /* indirect call */
    ROLE_CALLBACK, /* function that a modelled call calls */
    ROLE_COPY_TO,  /* arguments of a modelled memcpy */
    ROLE_COPY_FROM,
    ROLE_CALLEE_AT, /* memory that holds what assembly calls */
    ROLE_ESCAPE,
    ROLE_POOL,                                             /* goes into the pool */
    ROLE_DEFERRED,                                         /* + n: function of the model's n-th deferral */
    ROLE_DEFERRED_OBJECT = ROLE_DEFERRED + MODEL_DEFERRED, /* + n: record that holds it */
    ROLE_LOADED = ROLE_DEFERRED_OBJECT + MODEL_DEFERRED,   /* what a load found, before its declared type is looked at */
    ROLE_OPERAND,                                          /* + n: pointer that asm goes through */
    ROLE_TARGET = ROLE_OPERAND + 64                        /* + n: memory operand of asm */
};

#endif
