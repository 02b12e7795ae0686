#include "test_solver.h"
#include "asm_effect.h"

static enum asm_reach reach_of(const char *text) {
    struct facts_instruction instruction = {.op = FACTS_ASM, .text = text};
    return asm_reach(&instruction);
}

void test_asm_reach(void **state) {
    (void)state;
    assert_int_equal(reach_of(""), ASM_OPERANDS);
    assert_int_equal(reach_of("cli"), ASM_OPERANDS);
    assert_int_equal(reach_of("lock; incl %0"), ASM_OPERANDS);
    assert_int_equal(reach_of("1:\tmovl %1, %0\n.pushsection .ex\n.long 1b\n.popsection"), ASM_OPERANDS);
    assert_int_equal(reach_of("invlpg (%0)"), ASM_OPERANDS);
    assert_int_equal(reach_of("movl (%1), %0"), ASM_OPERANDS);
    assert_int_equal(reach_of("movl $1, (%0)"), ASM_REGISTERS);
    assert_int_equal(reach_of("movl %1, 8(%0,%2,4)"), ASM_REGISTERS);
    assert_int_equal(reach_of("rep stosb"), ASM_REGISTERS);
    assert_int_equal(reach_of("cld; rep; movsb"), ASM_REGISTERS);
    assert_int_equal(reach_of("call memset"), ASM_CALLS);
    assert_int_equal(reach_of("syscall"), ASM_CALLS);
}

void test_asm_operands(void **state) {
    (void)state;
    const struct facts_operand operands[] = {{.constraint = "+D", .value = 3, .is_output = true},
                                             {.constraint = "+S", .value = 4, .is_output = true},
                                             {.constraint = "0", .value = 5},
                                             {.constraint = "p", .value = 6}};
    struct facts_instruction copy = {.op = FACTS_ASM, .text = "rep movsb", .operands = operands, .operand_count = 2};
    uint32_t to = 0;
    uint32_t from = 0;
    assert_true(asm_copies(&copy, &to, &from));
    assert_int_equal(to, 3);
    assert_int_equal(from, 4);
    assert_true(asm_may_write_through(&copy, &operands[0]));
    assert_false(asm_may_write_through(&copy, &operands[1])); /* rsi is only read from */
    assert_true(asm_operand_is_read(&operands[0]));
    assert_int_equal(asm_tied_output(&operands[2]), 0);
    assert_int_equal(asm_tied_output(&operands[0]), FACTS_NONE);
    assert_true(asm_operand_is_address(&operands[3]));
    assert_false(asm_operand_is_address(&operands[2]));
}
