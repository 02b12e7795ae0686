#include "output_witness.h"
#include "output_internal.h"
#include "points_to_internal.h"

/* ---- words ---- */

static const char *call_reason(const struct output *output, struct arena *arena, const struct reached *caller, uint32_t instruction,
                               uint32_t callee) {
    const struct program *program = output->program;
    const struct facts_instruction *call = frame_instruction(output->points_to, caller->frame, instruction);
    const char *name = program->functions.items[callee].name;
    if (call->object != FACTS_NONE) {
        return arena_format(arena, "calls %s", name);
    }
    const struct call_targets *targets = points_to_targets(output->points_to, caller->frame, instruction);
    uint32_t record = mapped_type(output->points_to, caller->frame, call->record);
    const char *through = "a pointer";
    if (record != NONE && call->member < program->types.items[record].member_count) {
        through = arena_format(arena, "%s.%s", program->types.items[record].name, program->types.items[record].members[call->member].name);
    }
    struct place taken = output->taken_place[callee];
    return arena_format(arena, "calls %s through %s%s, which %s:%u puts there", name, through,
                        targets && targets->layered ? " (by the member's type)" : "", program_file(program, taken.file), taken.line);
}

static const char *store_reason(const struct output *output, struct arena *arena, const struct modified *modified) {
    struct program *program = output->program;
    const char *key = output->states->items.items[modified->state].key;
    if (modified->location == NONE) {
        return arena_format(arena, "may store to %s: what is called is not known", key);
    }
    struct location at = output->points_to->things->locations.items[modified->location];
    const struct thing *thing = &output->points_to->things->items.items[at.thing];
    const char *how = at.offset == OFFSET_ANY ? " at an unknown offset" : "";
    if (thing->kind == THING_ANY) {
        return arena_format(arena, "stores to %s: pointer to any %s from outside%s", key, type_spelling(program, thing->type), how);
    }
    if (thing->kind == THING_UNKNOWN) {
        return arena_format(arena, "stores to %s: pointer from outside (%s %s)", key, thing->cause, thing->detail);
    }
    if (thing->kind == THING_HEAP) {
        struct place place = modify_place(output->points_to, thing->frame, thing->instruction);
        return arena_format(arena, "stores to %s: object allocated at %s:%u%s", key, program_file(program, place.file), place.line, how);
    }
    return arena_format(arena, "stores to %s%s", key, how);
}

/* Words of a witness that many transactions share are written once, as long as the whole program's solution is what is told of. */
static struct word *reason_at(struct output *output, const uint64_t *key, uint32_t count, bool *out_known) {
    bool whole = output->points_to->global == NULL;
    uint32_t index = output->reasons.count;
    *out_known = whole && !keys_add(output->program->arena, &output->reason_of, key, count, &index);
    if (whole) {
        return *out_known ? &output->reasons.items[index] : VECTOR_ADD(output->program->arena, &output->reasons);
    }
    return arena_allocate(output->scratch, sizeof(struct word));
}

static struct word call_reason_at(struct output *output, const struct reached *caller, uint32_t instruction, uint32_t callee) {
    uint64_t key[] = {0, caller->frame, instruction, callee};
    bool known = false;
    struct word *reason = reason_at(output, key, sizeof key / sizeof *key, &known);
    if (!known) {
        *reason = output_word(output, call_reason(output, output->scratch, caller, instruction, callee));
    }
    return *reason;
}

static struct word store_reason_at(struct output *output, const struct modified *modified) {
    uint64_t key[] = {1, modified->state, modified->location};
    bool known = false;
    struct word *reason = reason_at(output, key, sizeof key / sizeof *key, &known);
    if (!known) {
        *reason = output_word(output, store_reason(output, output->scratch, modified));
    }
    return *reason;
}

/* ---- places ---- */

static int64_t place_id(struct output *output, struct witness_tree *tree, uint32_t function, struct place place, struct word why) {
    const struct program *program = output->program;
    struct word name = output_name(output, program->functions.items[function].name);
    struct word file = output_name(output, program_file(program, place.file));
    uint64_t words[] = {name.number, file.number, place.line, why.number};
    uint64_t digest = hash_mix(hash_mix(name.hash, file.hash), hash_mix(place.line, why.hash));
    int64_t id = 0;
    if (shared_rows_add(program->arena, &output->witness_places, words, sizeof words / sizeof *words, digest, &id)) {
        *VECTOR_ADD(output->scratch, &tree->places) = (struct witness_place){id, function, place, output->words.strings.items[why.number]};
    }
    return id;
}

/* ---- the tree ---- */

void witness_tree_init(struct output *output, const struct modification *modification, struct witness_tree *out_tree) {
    uint32_t *numbers = arena_allocate(output->scratch, (modification->reached.count + 1) * sizeof *numbers);
    *out_tree = (struct witness_tree){.modification = modification, .numbers = numbers};
}

/* The call that reaches a frame; the one before it is in the tree already. */
static void add_call(struct output *output, struct witness_tree *tree, uint32_t reached) {
    const struct frames *frames = output->points_to->frames;
    const struct reached *at = &tree->modification->reached.items[reached];
    uint32_t function = frames->items.items[at->frame].function;
    struct witness_call call = {0};
    if (at->by == NONE) {
        call.place = place_id(output, tree, function, output->program->functions.items[function].place, output_word(output, "entry"));
    } else {
        const struct reached *caller = &tree->modification->reached.items[at->by];
        call.parent = tree->numbers[at->by];
        call.step = tree->calls.items[call.parent - 1].step + 1;
        call.place =
            place_id(output, tree, frames->items.items[caller->frame].function, modify_place(output->points_to, caller->frame, at->instruction),
                     call_reason_at(output, caller, at->instruction, function));
    }
    *VECTOR_ADD(output->scratch, &tree->calls) = call;
    tree->numbers[reached] = tree->calls.count;
}

struct witness witness_tree_add(struct output *output, struct witness_tree *tree, const struct modified *modified) {
    const struct modification *modification = tree->modification;
    /* A caller was reached before whom it calls. Its way is short, but for what only some of its frames have in the tree. */
    number_list missing = {0};
    for (uint32_t at = modified->reached; at != NONE && !tree->numbers[at]; at = modification->reached.items[at].by) {
        *VECTOR_ADD(output->scratch, &missing) = at;
    }
    while (missing.count) {
        add_call(output, tree, missing.items[--missing.count]);
    }
    uint32_t frame = modification->reached.items[modified->reached].frame;
    return (struct witness){tree->numbers[modified->reached],
                            place_id(output, tree, output->points_to->frames->items.items[frame].function,
                                     modify_place(output->points_to, frame, modified->instruction), store_reason_at(output, modified))};
}

/* ---- rows ---- */

static struct error *insert_places(struct output *output, const struct witness_tree *tree) {
    const struct program *program = output->program;
    PREPARE(output, insert, "INSERT INTO witness_place (id, function, file, line, why) VALUES (?1, ?2, ?3, ?4, ?5)");
    for (uint32_t i = 0; i < tree->places.count; i++) {
        const struct witness_place *place = &tree->places.items[i];
        query_bind_int(insert, 1, place->id);
        query_bind_borrowed(insert, 2, program->functions.items[place->function].name);
        query_bind_borrowed(insert, 3, program_file(program, place->place.file));
        query_bind_int(insert, 4, place->place.line);
        query_bind_borrowed(insert, 5, place->why);
        TRY(query_run(insert));
    }
    return NULL;
}

struct error *witness_tree_write(struct output *output, int64_t transaction, const struct witness_tree *tree) {
    TRY(insert_places(output, tree));
    uint64_t hash = (uint64_t)transaction;
    for (uint32_t i = 0; i < tree->calls.count; i++) {
        hash = hash_mix(hash_mix(hash, tree->calls.items[i].parent), (uint64_t)tree->calls.items[i].place);
    }
    int64_t first = 0;
    bool stay = false;
    TRY(kept_claim(output->kept, output->store, KEPT_CALLS, hash, tree->calls.count, &first, &stay));
    PREPARE(output, insert, "INSERT INTO witness_call (txn_id, number, parent, step, place_id) VALUES (?1, ?2, ?3, ?4, ?5)");
    for (uint32_t i = 0; !stay && i < tree->calls.count; i++) {
        const struct witness_call *call = &tree->calls.items[i];
        query_bind_int(insert, 1, transaction);
        query_bind_int(insert, 2, i + 1);
        if (call->parent) {
            query_bind_int(insert, 3, call->parent);
        } else {
            query_bind_null(insert, 3);
        }
        query_bind_int(insert, 4, call->step);
        query_bind_int(insert, 5, call->place);
        TRY(query_run(insert));
    }
    return NULL;
}
