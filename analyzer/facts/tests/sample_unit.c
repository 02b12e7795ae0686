#include "sample_unit.h"

/* EMPTY sets what an instruction does not use; later designators overrule it on purpose. */
#pragma GCC diagnostic ignored "-Woverride-init"
#define EMPTY                                                                                                                                        \
    .result = FACTS_NONE, .a = FACTS_NONE, .b = FACTS_NONE, .object = FACTS_NONE, .type = FACTS_NONE, .record = FACTS_NONE, .member = FACTS_NONE,    \
    .hint = FACTS_NONE, .text = ""
#define PLACE(l, c) .place = {.file = 1, .line = l, .column = c}

static const struct facts_file files[] = {{"/src/a.h", 0x1122334455667788}, {"/src/a.c", UINT64_MAX}};

enum { VOID_TYPE, INT_TYPE, TASK_TYPE, TASK_POINTER, TABLE_TYPE, FUNCTION_TYPE, VOID_POINTER };

static const struct facts_member task_members[] = {
    {"next", TASK_POINTER, 0, 64, false},
    {"flags", INT_TYPE, 67, 5, true},
    {"", INT_TYPE, 96, 32, false},
};
static const struct facts_member parameters[] = {{"", TASK_POINTER, 0, 64, false}, {"", INT_TYPE, 0, 32, false}};
static const struct facts_type types[] = {
    [VOID_TYPE] = {.kind = FACTS_VOID, .name = "void", .target = FACTS_NONE},
    [INT_TYPE] = {.kind = FACTS_SCALAR, .name = "int", .target = FACTS_NONE, .size = 4},
    [TASK_TYPE] = {.kind = FACTS_RECORD,
                   .name = "struct task",
                   .target = FACTS_NONE,
                   .size = 16,
                   .members = task_members,
                   .member_count = 3,
                   .place = {0, 3, 8}},
    [TASK_POINTER] = {.kind = FACTS_POINTER, .name = "", .target = TASK_TYPE, .size = 8},
    [TABLE_TYPE] = {.kind = FACTS_ARRAY, .name = "", .target = TASK_TYPE, .size = 64, .count = 4},
    [FUNCTION_TYPE] = {.kind = FACTS_FUNCTION, .name = "", .target = INT_TYPE, .is_variadic = true, .members = parameters, .member_count = 2},
    [VOID_POINTER] = {.kind = FACTS_POINTER, .name = "", .target = VOID_TYPE, .size = 8},
};

enum { TABLE, RUN, RUN_ALIAS, LITERAL, COUNTER, LOCAL };

static const struct facts_object objects[] = {
    [TABLE] = {FACTS_GLOBAL, "table", "", TABLE_TYPE, FACTS_DEFINED, FACTS_NONE, 0, ".data", "one\ntwo", {1, 5, 1}},
    [RUN] = {FACTS_CODE, "run", "", FUNCTION_TYPE, FACTS_DEFINED | FACTS_VARIADIC, FACTS_NONE, 0, "", "", {1, 10, 5}},
    [RUN_ALIAS] = {FACTS_CODE, "run_alias", "", FUNCTION_TYPE, FACTS_DEFINED | FACTS_WEAK, RUN, -4, "", "", {1, 30, 5}},
    [LITERAL] = {FACTS_LITERAL, "", "", INT_TYPE, FACTS_CONST, FACTS_NONE, 0, "", "", {0, 0, 0}},
    [COUNTER] = {FACTS_STATIC, "counter", "run", INT_TYPE, FACTS_DEFINED, FACTS_NONE, 0, "", "", {1, 12, 16}},
    [LOCAL] = {FACTS_LOCAL, "copy", "run", TASK_TYPE, FACTS_DEFINED, FACTS_NONE, 0, "", "", {1, 13, 17}},
};

static const struct facts_initialiser initialisers[] = {{TABLE, 0, TABLE, 16}, {TABLE, 16, TABLE, -8}};

static const uint32_t run_parameters[] = {0, 1};
static const char *const value_names[] = {"t", "n", "", "", "", "..."};
static const uint32_t value_types[] = {TASK_POINTER, INT_TYPE, TASK_POINTER, TASK_POINTER, VOID_POINTER, FACTS_NONE};
static const uint32_t arguments[] = {2, FACTS_NONE, FACTS_NONE};
static const int64_t constants[] = {INT64_MIN, -7, INT64_MAX};
static const struct facts_operand operands[] = {
    {"+m", 2, TASK_TYPE, true, true}, {"r", 4, VOID_POINTER, false, false}, {"i", FACTS_NONE, INT_TYPE, false, false}};

static const struct facts_instruction instructions[] = {
    {EMPTY, .op = FACTS_ADDRESS, .result = 2, .object = TABLE, .offset = 16, PLACE(14, 3)},
    {EMPTY, .op = FACTS_COPY, .result = 3, .a = 0, .type = TASK_POINTER, PLACE(14, 9)},
    {EMPTY, .op = FACTS_OFFSET, .result = 3, .a = 2, .offset = -8, .type = INT_TYPE, .record = TASK_TYPE, .member = 1, PLACE(15, 3)},
    {EMPTY, .op = FACTS_INDEX, .result = 3, .a = 2, .offset = 16, .size = 64, PLACE(15, 3)},
    {EMPTY, .op = FACTS_ARITH, .result = 4, .a = 2, .text = "&", .offset = -4, .flags = FACTS_CONSTANT, PLACE(16, 3)},
    {EMPTY, .op = FACTS_LOAD, .result = 4, .a = 3, .size = 8, .type = TASK_POINTER, .record = TASK_TYPE, .member = 0, PLACE(17, 3)},
    {EMPTY, .op = FACTS_LOAD, .a = 3, .size = 1, .bit_offset = 3, .bit_size = 5, .type = INT_TYPE, .flags = FACTS_VOLATILE, PLACE(17, 9)},
    {EMPTY, .op = FACTS_STORE, .a = 3, .b = 4, .size = 8, .type = TASK_POINTER, .place = {0, 90, 7}},
    {EMPTY, .op = FACTS_COPYMEM, .a = 2, .b = 0, .size = 16, .type = TASK_TYPE, PLACE(2, 1)},
    {EMPTY, .op = FACTS_FILL, .a = 2, .size = 0, PLACE(20, 1)},
    {EMPTY, .op = FACTS_CALL, .result = 4, .object = RUN, .type = FUNCTION_TYPE, .hint = TASK_TYPE, .arguments = arguments, .constants = constants,
     .argument_count = 3, PLACE(21, 1)},
    {EMPTY, .op = FACTS_CALL, .a = 4, .record = TASK_TYPE, .member = FACTS_NONE, PLACE(21, 9)},
    {EMPTY, .op = FACTS_ASM, .text = "lock; inc %0\n\t\"x\"", .flags = FACTS_ASM_MEMORY | FACTS_ASM_VOLATILE, .operands = operands,
     .operand_count = 3, PLACE(22, 1)},
    {EMPTY, .op = FACTS_UNKNOWN, .result = 4, .text = "int-to-pointer", PLACE(23, 1)},
    {EMPTY, .op = FACTS_FREE_END, .object = LOCAL},
    {EMPTY, .op = FACTS_RETURN, .a = 2, .flags = FACTS_BY_VALUE, PLACE(24, 1)},
    {EMPTY, .op = FACTS_RETURN, PLACE(25, 1)},
};

static const struct facts_function functions[] = {{
    .object = RUN,
    .digest = 0xfedcba9876543210,
    .parameters = run_parameters,
    .parameter_count = 2,
    .value_names = value_names,
    .value_types = value_types,
    .value_count = 6,
    .varargs = 5,
    .instructions = instructions,
    .instruction_count = sizeof(instructions) / sizeof(instructions[0]),
    .place = {1, 10, 5},
    .end_line = 26,
}};

static const char *const assembly[] = {".globl x\nx: ret", ""};

static const struct facts_unit unit = {
    .main_file = "/src/a.c",
    .target = "x86_64-pc-linux-gnu",
    .pointer_size = 8,
    .files = files,
    .file_count = 2,
    .types = types,
    .type_count = sizeof(types) / sizeof(types[0]),
    .objects = objects,
    .object_count = sizeof(objects) / sizeof(objects[0]),
    .initialisers = initialisers,
    .initialiser_count = 2,
    .functions = functions,
    .function_count = 1,
    .assembly = assembly,
    .assembly_count = 2,
};

const struct facts_unit *sample_unit(void) {
    return &unit;
}
