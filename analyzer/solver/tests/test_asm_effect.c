#include "test_solver.h"
#include "asm_effect.h"

static struct asm_effect effect_of(const char *text, enum asm_machine machine) {
    static const struct facts_operand operands[] = {{.constraint = "r", .value = 0},
                                                    {.constraint = "r", .value = 1},
                                                    {.constraint = "m", .value = 2, .is_memory = true},
                                                    {.constraint = "r", .value = 3}};
    struct facts_instruction instruction = {.op = FACTS_ASM, .text = text, .operands = operands, .operand_count = 4, .flags = FACTS_ASM_MEMORY};
    return asm_effect_of(&instruction, machine);
}

/* Stores of register operands, by their bits; memory operand 2. */
static void check_effect(enum asm_machine machine, const char *text, uint64_t through, bool writes_memory_operand) {
    struct asm_effect effect = effect_of(text, machine);
    if ((effect.through & 15) != through || (effect.written >> 2 & 1) != writes_memory_operand || effect.calls) {
        fail_msg("%s: through %llx, written %llx", text, (unsigned long long)effect.through, (unsigned long long)effect.written);
    }
}

void test_asm_x86(void **state) {
    (void)state;
    const char *const nothing[] = {"",
                                   "cli",
                                   "1:\tmovl %1, %0\n.pushsection .ex\n.long 1b\n.popsection",
                                   "invlpg (%0)",
                                   "movl (%1), %0",
                                   "clflush (%0)",
                                   "cmpl %0, %2",
                                   "divl %2",
                                   "lidt %2",
                                   "movsbl %1, %0",
                                   "# movl %0, (%1)"};
    for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        check_effect(ASM_X86, nothing[i], 0, false);
    }
    check_effect(ASM_X86, "movl $1, (%0)", 1, false);
    check_effect(ASM_X86, "movl %1, 8(%0,%3,4)", 9, false);
    check_effect(ASM_X86, "lock; cmpxchgq %1,(%0)", 1, false);
    check_effect(ASM_X86, "xchgl (%0), %1", 1, false);
    check_effect(ASM_X86, ".balign 4\n671:\n\tlock; btsq %1,%2", 0, true);
    check_effect(ASM_X86, "incl %%gs:%2", 0, true);
    check_effect(ASM_X86, "rep stosb", 15, false); /* no operand is said to be rdi */
    check_effect(ASM_X86, "fxsave (%0)", 1, false);
    check_effect(ASM_X86, "movq %%rsp, (%%r10)", 15, false);
    check_effect(ASM_X86, "movq %1, -8(%%rsp)", 0, false);
    assert_true(effect_of("call memset", ASM_X86).calls);
    assert_true(effect_of("syscall", ASM_X86).calls);
    assert_false(effect_of("int3", ASM_X86).calls);
}

void test_asm_load_store_machines(void **state) {
    (void)state;
    check_effect(ASM_AARCH64, "ldr %w0, [%1]\n dmb ish\n mrs %0, sp_el0", 0, false);
    check_effect(ASM_AARCH64, "str %0, [%1, #8]!", 2, false);
    check_effect(ASM_AARCH64, "1: ldxr %w0, %2\n add %w0, %w0, %w3\n stlxr %w1, %w0, %2\n cbnz %w1, 1b", 0, true);
    check_effect(ASM_AARCH64, "casal %w0, %w1, [%3]", 8, false);
    check_effect(ASM_AARCH64, "ldaddal %w0, %w1, %2", 0, true);
    check_effect(ASM_AARCH64, "dc zva, %0", 1, false);
    check_effect(ASM_AARCH64, "dc cvau, %0", 0, false);
    assert_true(effect_of("smc #0", ASM_AARCH64).calls);
    check_effect(ASM_RISCV, "ld %0, 0(%1)\nfence rw, rw\ncsrw satp, %3", 0, false);
    check_effect(ASM_RISCV, "sd %0, 8(%1)", 2, false);
    check_effect(ASM_RISCV, "0: lr.d %0, (%1)\n sc.d.rl %3, %0, (%1)\n bnez %3, 0b", 2, false);
    check_effect(ASM_RISCV, "amoadd.w zero, %1, %2", 0, true);
    check_effect(ASM_RISCV, "cbo.zero (%0)", 1, false);
    assert_true(effect_of("ecall", ASM_RISCV).calls);
    check_effect(ASM_OTHER, "stw %0, 0(%1)", 2, false);
    assert_int_equal(asm_machine_of("riscv64-unknown-linux-gnu"), ASM_RISCV);
    assert_int_equal(asm_machine_of("i386-pc-linux-gnu"), ASM_X86);
    assert_int_equal(asm_machine_of("powerpc64le-linux-gnu"), ASM_OTHER);
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
    assert_int_equal(asm_effect_of(&copy, ASM_X86).through, 1); /* rsi is only read from */
    const struct facts_operand tied[] = {{.constraint = "=&D", .value = 7, .is_output = true}, {.constraint = "0", .value = 8}};
    struct facts_instruction fill = {.op = FACTS_ASM, .text = "cld; rep stosb", .operands = tied, .operand_count = 2};
    assert_int_equal(asm_effect_of(&fill, ASM_X86).through, 3); /* the address comes in by the tied input */
    assert_true(asm_operand_is_read(&operands[0]));
    assert_int_equal(asm_tied_output(&operands[2]), 0);
    assert_int_equal(asm_tied_output(&operands[0]), FACTS_NONE);
    assert_true(asm_operand_is_address(&operands[3]));
    assert_false(asm_operand_is_address(&operands[2]));
}
