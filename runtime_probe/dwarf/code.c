#include "spillscope/code.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "die.h"
#include "image_index.h"
#include "spillscope/x86_code.h"

enum { FUNCTION_BYTES_MAX = 1 << 20 };

struct code_step {
    uint64_t address;
    struct x86_instruction instruction;
    bool reached;
    bool stack_known;
    bool frame_known;
    int64_t stack; /* both relative to the place of the return address, when control stands here */
    int64_t frame;
};

struct code {
    struct vector steps; /* struct code_step, sorted by address */
    uint64_t entry;
};

static struct code_step *step_at(const struct code *code, size_t index) {
    return VECTOR_AT(&code->steps, struct code_step, index);
}

/* Index of the step that begins at the address; SIZE_MAX = none. */
static size_t step_find(const struct code *code, uint64_t address) {
    size_t low = 0;
    size_t high = code->steps.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (step_at(code, middle)->address < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < code->steps.count && step_at(code, low)->address == address ? low : SIZE_MAX;
}

static bool ranges_hold(const struct address_range *ranges, uint32_t count, uint64_t address) {
    for (uint32_t i = 0; i < count; i++) {
        if (address >= ranges[i].low && address < ranges[i].high) {
            return true;
        }
    }
    return false;
}

static struct error *code_read(const struct image *image, const struct address_range *range, struct code *code) {
    uint64_t size = range->high - range->low;
    uint8_t *bytes SCOPE_FREE = size <= FUNCTION_BYTES_MAX ? malloc(size + 1) : NULL;
    if (size <= FUNCTION_BYTES_MAX && !bytes) {
        return error_out_of_memory();
    }
    if (!bytes || !image_bytes(image, range->low, bytes, size)) {
        return NULL;
    }
    struct x86_instruction instruction;
    for (uint64_t at = 0; at < size && x86_decode(bytes + at, size - at, range->low + at, image->machine == EM_X86_64, &instruction);
         at += instruction.length) {
        *(struct code_step *)vector_push(&code->steps) = (struct code_step){.address = range->low + at, .instruction = instruction};
    }
    return NULL;
}

/* Both pointers as they are after the instruction. */
static struct code_step step_after(const struct code_step *step) {
    struct code_step after = *step;
    const struct x86_instruction *instruction = &step->instruction;
    switch (instruction->stack) {
    case X86_FRAME_UNKNOWN_MOVES:
        after.frame_known = false;
        after.stack += instruction->change;
        break;
    case X86_STACK_MOVES:
        after.stack += instruction->change;
        break;
    case X86_STACK_FROM_FRAME:
        after.stack_known = step->frame_known;
        after.stack = step->frame + instruction->change;
        break;
    case X86_STACK_UNKNOWN:
        after.stack_known = false;
        break;
    case X86_FRAME_FROM_STACK:
        after.frame_known = step->stack_known;
        after.frame = step->stack;
        break;
    }
    return after;
}

/* Control comes to the address with these pointers. What is known only shrinks, so that following ways ends. */
static void code_reach(struct code *code, uint64_t address, const struct code_step *with, struct vector *work) {
    size_t index = step_find(code, address);
    if (index == SIZE_MAX) {
        return;
    }
    struct code_step *step = step_at(code, index);
    bool stack_known = with->stack_known && (!step->reached || (step->stack_known && step->stack == with->stack));
    bool frame_known = with->frame_known && (!step->reached || (step->frame_known && step->frame == with->frame));
    if (step->reached && step->stack_known == stack_known && step->frame_known == frame_known) {
        return;
    }
    step->reached = true;
    step->stack_known = stack_known;
    step->frame_known = frame_known;
    step->stack = with->stack;
    step->frame = with->frame;
    *(uint64_t *)vector_push(work) = index;
}

static void code_follow(struct code *code, uint64_t from, const struct code_step *start) {
    struct vector work = VECTOR_OF(uint64_t);
    code_reach(code, from, start, &work);
    while (work.count > 0 && !work.failed) {
        const struct code_step step = *step_at(code, *VECTOR_AT(&work, uint64_t, --work.count));
        struct code_step after = step_after(&step);
        enum x86_flow flow = step.instruction.flow;
        if (flow == X86_NEXT || flow == X86_BRANCH || flow == X86_CALL) {
            code_reach(code, step.address + step.instruction.length, &after, &work);
        }
        if (flow == X86_JUMP || flow == X86_BRANCH) {
            code_reach(code, step.instruction.target, &after, &work);
        }
    }
    code->steps.failed |= work.failed;
    vector_deinit(&work);
}

/*
 * Where a register or a table says where to go on, it is within the function at the same depth (a switch), or leaves it. What no other way leads to
 * is taken for what such jumps lead to, as long as they agree on the depth.
 */
static void code_follow_tables(struct code *code) {
    const struct code_step *jump = NULL;
    for (size_t i = 0; i < code->steps.count; i++) {
        const struct code_step *step = step_at(code, i);
        bool counts = step->reached && step->instruction.flow == X86_JUMP_ANYWHERE;
        if (counts && (!step->stack_known || (jump && jump->stack != step->stack))) {
            return;
        }
        jump = counts ? step : jump;
    }
    if (!jump) {
        return;
    }
    struct code_step start = *jump;
    for (size_t i = 0; i < code->steps.count; i++) {
        if (!step_at(code, i)->reached) {
            code_follow(code, step_at(code, i)->address, &start);
        }
    }
}

static int step_compare(const void *one, const void *other) {
    const struct code_step *a = one;
    const struct code_step *b = other;
    return (a->address > b->address) - (a->address < b->address);
}

struct error *code_create(const struct image *image, const struct function *function, struct code **out_code) {
    *out_code = NULL;
    if (image->machine != EM_X86_64 && image->machine != EM_386) {
        return NULL;
    }
    struct code *code = calloc(1, sizeof *code);
    if (!code) {
        return error_out_of_memory();
    }
    *code = (struct code){.steps = VECTOR_OF(struct code_step), .entry = function->entry};
    struct error *error = NULL;
    for (uint32_t i = 0; !error && i < function->range_count; i++) {
        error = code_read(image, &function->ranges[i], code);
    }
    vector_sort(&code->steps, step_compare);
    if (!error) {
        struct code_step start = {.stack_known = true};
        code_follow(code, function->entry, &start);
        code_follow_tables(code);
    }
    error = !error && code->steps.failed ? error_out_of_memory() : error;
    if (error || code->steps.count == 0) {
        code_destroy(code);
        return error;
    }
    *out_code = code;
    return NULL;
}

void code_destroy(struct code *code) {
    if (code) {
        vector_deinit(&code->steps);
        free(code);
    }
}

bool code_depth(const struct code *code, uint64_t address, int64_t *out_depth) {
    size_t index = step_find(code, address);
    if (index == SIZE_MAX || !step_at(code, index)->reached || !step_at(code, index)->stack_known) {
        return false;
    }
    *out_depth = step_at(code, index)->stack;
    return true;
}

void code_places(const struct code *code, struct vector *out_places) {
    for (size_t i = 0; i < code->steps.count; i++) {
        const struct code_step *step = step_at(code, i);
        if (step->reached && step->stack_known) {
            *(struct code_place *)vector_push(out_places) = (struct code_place){step->address, step->stack};
        }
    }
}

/* ------------------------------------------------------------------------------------------------ inlined instances */

enum { GAP_MAX = 16 };

struct boundary {
    const struct code *code;
    bool *inside; /* of each step: it belongs to the instance */
    uint64_t entry;
    bool known;
};

static bool flow_goes_on(enum x86_flow flow) {
    return flow == X86_NEXT || flow == X86_BRANCH || flow == X86_CALL;
}

/* The steps that may come next, SIZE_MAX = none in this function. */
static void step_successors(const struct code *code, const struct code_step *step, size_t out_next[2]) {
    enum x86_flow flow = step->instruction.flow;
    out_next[0] = step->reached && flow_goes_on(flow) ? step_find(code, step->address + step->instruction.length) : SIZE_MAX;
    out_next[1] = step->reached && (flow == X86_JUMP || flow == X86_BRANCH) ? step_find(code, step->instruction.target) : SIZE_MAX;
}

/* Does control come to one of the steps [first, end) from outside of the instance and of them? */
static bool gap_is_shared(const struct boundary *boundary, size_t first, size_t end) {
    for (size_t i = 0; i < boundary->code->steps.count; i++) {
        size_t next[2];
        step_successors(boundary->code, step_at(boundary->code, i), next);
        bool leads = (next[0] >= first && next[0] < end) || (next[1] >= first && next[1] < end);
        if (leads && !boundary->inside[i] && (i < first || i >= end)) {
            return true;
        }
    }
    return false;
}

/* Control leaves to this step. Where it comes straight back, what lies between was only scheduled there. */
static void boundary_bridge(const struct boundary *boundary, size_t from) {
    const struct code *code = boundary->code;
    size_t end = from;
    while (end < code->steps.count && end - from < GAP_MAX && !boundary->inside[end] && step_at(code, end)->instruction.flow == X86_NEXT &&
           step_find(code, step_at(code, end)->address + step_at(code, end)->instruction.length) == end + 1) {
        end++;
    }
    bool back = end > from && end < code->steps.count && boundary->inside[end] && step_at(code, end)->address != boundary->entry;
    if (back && !gap_is_shared(boundary, from, end)) {
        memset(boundary->inside + from, true, (end - from) * sizeof *boundary->inside);
    }
}

static void boundary_add(struct boundary *boundary, size_t index, struct vector *places) {
    const struct code_step *step = step_at(boundary->code, index);
    for (size_t i = 0; i < places->count; i++) {
        if (VECTOR_AT(places, struct code_place, i)->address == step->address) {
            return;
        }
    }
    struct code_place place = {step->address, step->stack};
    boundary->known = boundary->known && step->stack_known;
    vector_append(places, &place, 1);
}

static int place_compare(const void *one, const void *other) {
    const struct code_place *a = one;
    const struct code_place *b = other;
    return (a->address > b->address) - (a->address < b->address);
}

bool code_boundary(const struct code *code, const struct address_range *ranges, uint32_t range_count, uint64_t entry, struct vector *out_entries,
                   struct vector *out_exits) {
    struct boundary boundary = {.code = code, .entry = entry, .known = true, .inside = calloc(code->steps.count + 1, sizeof *boundary.inside)};
    if (!boundary.inside) {
        out_exits->failed = true;
        return false;
    }
    for (size_t i = 0; i < code->steps.count; i++) {
        boundary.inside[i] = ranges_hold(ranges, range_count, step_at(code, i)->address);
    }
    for (size_t i = 0; i < code->steps.count; i++) {
        size_t next[2];
        step_successors(code, step_at(code, i), next);
        for (int n = 0; n < 2; n++) {
            if (boundary.inside[i] && next[n] != SIZE_MAX && !boundary.inside[next[n]]) {
                boundary_bridge(&boundary, next[n]);
            }
        }
    }
    for (size_t i = 0; i < code->steps.count; i++) {
        const struct code_step *step = step_at(code, i);
        size_t next[2];
        step_successors(code, step, next);
        for (int n = 0; n < 2; n++) {
            if (next[n] != SIZE_MAX && boundary.inside[i] != boundary.inside[next[n]]) {
                boundary_add(&boundary, next[n], boundary.inside[i] ? out_exits : out_entries);
            }
        }
        if (boundary.inside[i] && step->address == code->entry) {
            boundary_add(&boundary, i, out_entries);
        }
        boundary.known = boundary.known && !(boundary.inside[i] && step->reached && step->instruction.flow == X86_JUMP_ANYWHERE);
    }
    free(boundary.inside);
    vector_sort(out_entries, place_compare);
    vector_sort(out_exits, place_compare);
    return boundary.known && out_entries->count > 0;
}

/* ------------------------------------------------------------------------------------------------ lines */

void image_line_starts(const struct image *image, const char *file, uint32_t line, struct vector *out_addresses) {
    const struct image_private *private = image_private(image);
    bool inside = false;
    for (size_t i = 0; i < private->line_count; i++) {
        const struct line_row *row = &private->lines[i];
        bool here = row->file != LINE_END && row->line == line && strcmp(private->strings + row->file, file) == 0;
        if (here && !inside) {
            *(uint64_t *)vector_push(out_addresses) = row->address;
        }
        inside = here || (inside && row->file != LINE_END && !row->line); /* line 0 belongs to what is before it */
    }
}
