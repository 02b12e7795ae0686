/* Functions and their instructions: every operand that an operation must have is there, and every index is in range. */
#include "facts_format.h"
#include "facts_read.h"

/* What an operation must have, and may not lack: a set of FACTS_FIELD_ bits. */
static unsigned required_fields(enum facts_op op) {
    switch (op) {
    case FACTS_ADDRESS:
        return FACTS_FIELD_RESULT | FACTS_FIELD_OBJECT;
    case FACTS_COPY:
    case FACTS_OFFSET:
    case FACTS_INDEX:
    case FACTS_ARITH:
        return FACTS_FIELD_RESULT | FACTS_FIELD_A;
    case FACTS_LOAD:
    case FACTS_STORE:
    case FACTS_FILL:
        return FACTS_FIELD_A;
    case FACTS_COPYMEM:
        return FACTS_FIELD_A | FACTS_FIELD_B;
    case FACTS_FREE_END:
        return FACTS_FIELD_OBJECT;
    case FACTS_CALL:
    case FACTS_RETURN:
    case FACTS_ASM:
    case FACTS_UNKNOWN:
        return 0;
    }
    return 0;
}

static void read_arguments(struct facts_cursor *cursor, struct facts_instruction *instruction, size_t value_count) {
    size_t count = facts_cursor_count(cursor);
    uint32_t *arguments = facts_cursor_take(cursor, count, sizeof(*arguments));
    int64_t *constants = facts_cursor_take(cursor, count, sizeof(*constants));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        arguments[i] = facts_cursor_optional(cursor, value_count);
        constants[i] = facts_cursor_signed(cursor);
    }
    instruction->arguments = arguments;
    instruction->constants = constants;
    instruction->argument_count = count;
}

static void read_operands(struct facts_cursor *cursor, struct facts_instruction *instruction, const struct facts_unit *unit, size_t value_count) {
    size_t count = facts_cursor_count(cursor);
    struct facts_operand *operands = facts_cursor_take(cursor, count, sizeof(*operands));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        operands[i].constraint = facts_cursor_string(cursor);
        operands[i].value = facts_cursor_optional(cursor, value_count);
        operands[i].type = facts_cursor_optional(cursor, unit->type_count);
        unsigned flags = facts_cursor_byte(cursor);
        operands[i].is_output = flags & 1U;
        operands[i].is_memory = flags & 2U;
        if (operands[i].is_memory && operands[i].value == FACTS_NONE) {
            facts_cursor_fail(cursor, "memory operand without an address");
        }
    }
    instruction->operands = operands;
    instruction->operand_count = count;
}

static void read_member(struct facts_cursor *cursor, struct facts_instruction *instruction, const struct facts_unit *unit) {
    instruction->record = facts_cursor_index(cursor, unit->type_count);
    if (cursor->failure) {
        return;
    }
    const struct facts_type *record = &unit->types[instruction->record];
    if (record->kind != FACTS_RECORD) {
        facts_cursor_fail(cursor, "member of a type that is no record");
        return;
    }
    instruction->member = facts_cursor_optional(cursor, record->member_count);
}

static void read_instruction(struct facts_cursor *cursor, const struct facts_unit *unit, size_t value_count, struct facts_place *place,
                             struct facts_instruction *instruction) {
    unsigned op = facts_cursor_byte(cursor);
    uint32_t fields = facts_cursor_number32(cursor);
    if (op > FACTS_FREE_END) {
        facts_cursor_fail(cursor, "unknown operation");
        return;
    }
    instruction->op = (enum facts_op)op;
    unsigned required = required_fields(instruction->op);
    bool call_without_callee = op == FACTS_CALL && !(fields & (FACTS_FIELD_OBJECT | FACTS_FIELD_A));
    if ((fields & required) != required || call_without_callee) {
        facts_cursor_fail(cursor, "operation lacks an operand");
        return;
    }
    instruction->result = fields & FACTS_FIELD_RESULT ? facts_cursor_index(cursor, value_count) : FACTS_NONE;
    instruction->a = fields & FACTS_FIELD_A ? facts_cursor_index(cursor, value_count) : FACTS_NONE;
    instruction->b = fields & FACTS_FIELD_B ? facts_cursor_index(cursor, value_count) : FACTS_NONE;
    instruction->object = fields & FACTS_FIELD_OBJECT ? facts_cursor_index(cursor, unit->object_count) : FACTS_NONE;
    instruction->offset = fields & FACTS_FIELD_OFFSET ? facts_cursor_signed(cursor) : 0;
    instruction->size = fields & FACTS_FIELD_SIZE ? facts_cursor_number(cursor) : 0;
    if (fields & FACTS_FIELD_BITS) {
        instruction->bit_offset = facts_cursor_number32(cursor);
        instruction->bit_size = facts_cursor_number32(cursor);
    }
    instruction->type = fields & FACTS_FIELD_TYPE ? facts_cursor_index(cursor, unit->type_count) : FACTS_NONE;
    instruction->record = FACTS_NONE;
    instruction->member = FACTS_NONE;
    if (fields & FACTS_FIELD_MEMBER) {
        read_member(cursor, instruction, unit);
    }
    instruction->hint = fields & FACTS_FIELD_HINT ? facts_cursor_index(cursor, unit->type_count) : FACTS_NONE;
    instruction->flags = fields & FACTS_FIELD_FLAGS ? facts_cursor_number32(cursor) : 0;
    instruction->text = fields & FACTS_FIELD_TEXT ? facts_cursor_string(cursor) : "";
    if (fields & FACTS_FIELD_ARGUMENTS) {
        read_arguments(cursor, instruction, value_count);
    }
    if (fields & FACTS_FIELD_OPERANDS) {
        read_operands(cursor, instruction, unit, value_count);
    }
    int64_t line = (int64_t)place->line;
    if (__builtin_add_overflow(line, facts_cursor_signed(cursor), &line) || line < 0 || line > UINT32_MAX) {
        facts_cursor_fail(cursor, "line out of range");
        return;
    }
    place->line = (uint32_t)line;
    place->column = facts_cursor_number32(cursor);
    if (fields & FACTS_FIELD_FILE) {
        place->file = facts_cursor_index(cursor, unit->file_count);
    }
    if (place->line && place->file >= unit->file_count) {
        facts_cursor_fail(cursor, "place in no file");
    }
    instruction->place = *place;
}

static void read_values(struct facts_cursor *cursor, const struct facts_unit *unit, struct facts_function *function) {
    size_t value_count = facts_cursor_count(cursor);
    const char **names = facts_cursor_take(cursor, value_count, sizeof(*names));
    uint32_t *types = facts_cursor_take(cursor, value_count, sizeof(*types));
    for (size_t i = 0; i < value_count && !cursor->failure; i++) {
        names[i] = facts_cursor_string(cursor);
        types[i] = facts_cursor_optional(cursor, unit->type_count);
    }
    function->value_names = names;
    function->value_types = types;
    function->value_count = value_count;
}

static void read_function(struct facts_cursor *cursor, const struct facts_unit *unit, struct facts_function *function) {
    function->object = facts_cursor_index(cursor, unit->object_count);
    if (!cursor->failure && unit->objects[function->object].kind != FACTS_CODE) {
        facts_cursor_fail(cursor, "function without a code object");
    }
    function->digest = facts_cursor_word(cursor);
    function->end_line = facts_cursor_number32(cursor);
    uint64_t varargs = facts_cursor_number(cursor);
    function->place = facts_place_read(cursor, unit);
    read_values(cursor, unit, function);
    if (varargs > function->value_count) {
        facts_cursor_fail(cursor, "index out of range");
        return;
    }
    function->varargs = varargs == 0 ? FACTS_NONE : (uint32_t)(varargs - 1);

    size_t parameter_count = facts_cursor_count(cursor);
    uint32_t *parameters = facts_cursor_take(cursor, parameter_count, sizeof(*parameters));
    for (size_t i = 0; i < parameter_count && !cursor->failure; i++) {
        parameters[i] = facts_cursor_index(cursor, function->value_count);
    }
    function->parameters = parameters;
    function->parameter_count = parameter_count;

    size_t count = facts_cursor_count(cursor);
    struct facts_instruction *instructions = facts_cursor_take(cursor, count, sizeof(*instructions));
    struct facts_place place = function->place;
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        read_instruction(cursor, unit, function->value_count, &place, &instructions[i]);
    }
    function->instructions = instructions;
    function->instruction_count = count;
}

void facts_body_read(struct facts_cursor *cursor, struct facts_unit *unit) {
    size_t count = facts_cursor_count(cursor);
    struct facts_function *functions = facts_cursor_take(cursor, count, sizeof(*functions));
    for (size_t i = 0; i < count && !cursor->failure; i++) {
        read_function(cursor, unit, &functions[i]);
    }
    unit->functions = functions;
    unit->function_count = count;
}
