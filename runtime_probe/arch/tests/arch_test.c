/* The descriptions hang together, and page tables are walked as the hardware does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <elf.h>
#include <string.h>
#include <cmocka.h>
#include "spillscope/arch.h"

static const struct {
    const char *name;
    uint16_t machine;
    uint32_t pointer_size;
} KNOWN[] = {{"x86_64", EM_X86_64, 8}, {"i386", EM_386, 4}, {"riscv64", EM_RISCV, 8}, {"aarch64", EM_AARCH64, 8}};

static void each_is_found_and_whole(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        const struct arch *arch = arch_by_machine(KNOWN[i].machine, KNOWN[i].pointer_size);
        assert_non_null(arch);
        assert_string_equal(arch->name, KNOWN[i].name);
        assert_non_null(strstr(arch_names(), arch->name));
        assert_ptr_equal(arch_registers_of(arch, KNOWN[i].name), &arch->registers[0]);
        for (uint32_t r = 0; r < arch->registers_count; r++) {
            const struct arch_registers *registers = &arch->registers[r];
            assert_true(registers->pc.name && registers->sp.name && registers->result.name && registers->frame.name);
            /* A number where there is a name, and none where there is not. */
            const struct arch_register *optional[] = {&registers->link, &registers->page_root, &registers->control, &registers->control_more};
            for (size_t o = 0; o < sizeof optional / sizeof *optional; o++) {
                assert_int_equal(optional[o]->name != NULL, optional[o]->number >= 0);
            }
            /* The ways to learn a call's arguments, and whether addresses are translated, are two each. */
            assert_int_equal(arch->arguments_on_stack, registers->arguments[0].name == NULL);
            assert_int_equal(registers->page_root.name == NULL, registers->translation[0] != NULL);
        }
    }
}

static void others_are_not(void **state) {
    (void)state;
    assert_null(arch_by_machine(EM_SPARC, 4));
    assert_null(arch_by_machine(EM_RISCV, 4)); /* the 32-bit one */
    assert_null(arch_registers_of(arch_by_machine(EM_AARCH64, 8), "x86_64"));
}

static void a_32_bit_kernel_runs_on_both(void **state) {
    (void)state;
    const struct arch *arch = arch_by_machine(EM_386, 4);
    assert_string_equal(arch_registers_of(arch, "i386")->sp.name, "esp");
    assert_string_equal(arch_registers_of(arch, "x86_64")->sp.name, "rsp");
}

static void paging_follows_control_registers(void **state) {
    (void)state;
    static const uint64_t ON = 1ULL << 31;
    static const uint64_t PAE = 1ULL << 5;
    static const uint64_t FIVE = 1ULL << 12;
    uint32_t levels = 0;
    const struct arch *wide = arch_by_machine(EM_X86_64, 8);
    const struct arch *narrow = arch_by_machine(EM_386, 4);
    assert_int_equal(arch_paging(wide, 0, PAE, &levels), ARCH_PAGING_OFF);
    assert_int_equal(arch_paging(wide, ON, PAE, &levels), ARCH_PAGING_LEVELS);
    assert_int_equal(levels, 4);
    assert_int_equal(arch_paging(wide, ON, PAE | FIVE, &levels), ARCH_PAGING_LEVELS);
    assert_int_equal(levels, 5);
    assert_int_equal(arch_paging(narrow, ON, 0, &levels), ARCH_PAGING_32);
    assert_int_equal(levels, 2);
    assert_int_equal(arch_paging(narrow, ON, PAE, &levels), ARCH_PAGING_PAE);
    assert_int_equal(levels, 3);
    assert_int_equal(arch_paging(arch_by_machine(EM_RISCV, 8), 0, 0, &levels), ARCH_PAGING_UNKNOWN);
}

/* The levels of a walk share out the address without gap or overlap, down to the page. */
static void levels_cover_the_address(void **state) {
    (void)state;
    static const struct {
        enum arch_paging paging;
        uint32_t levels;
        uint32_t top; /* bits of a virtual address */
    } WALKS[] = {{ARCH_PAGING_LEVELS, 4, 48}, {ARCH_PAGING_LEVELS, 5, 57}, {ARCH_PAGING_32, 2, 32}, {ARCH_PAGING_PAE, 3, 32}};
    for (size_t i = 0; i < sizeof WALKS / sizeof *WALKS; i++) {
        uint32_t expected = 12;
        struct arch_page_level level;
        for (uint32_t l = 1; l <= WALKS[i].levels; l++) {
            assert_true(arch_page_level(WALKS[i].paging, l, &level));
            assert_int_equal(level.shift, expected);
            assert_true(level.bits > 0 && level.entry_bytes * (1U << level.bits) <= 4096);
            expected += level.bits;
            assert_true(l > 1 || !level.large);
        }
        assert_int_equal(expected, WALKS[i].top);
        assert_false(arch_page_level(WALKS[i].paging, WALKS[i].paging == ARCH_PAGING_LEVELS ? 6 : WALKS[i].levels + 1, &level));
        assert_false(arch_page_level(WALKS[i].paging, 0, &level));
    }
}

static void unused_bits_repeat_the_highest(void **state) {
    (void)state;
    assert_true(arch_is_canonical(ARCH_PAGING_LEVELS, 4, 0x00007fffffffffff));
    assert_true(arch_is_canonical(ARCH_PAGING_LEVELS, 4, 0xffff800000000000));
    assert_false(arch_is_canonical(ARCH_PAGING_LEVELS, 4, 0x0000800000000000));
    assert_false(arch_is_canonical(ARCH_PAGING_LEVELS, 4, 0x000f800000000000));
    assert_false(arch_is_canonical(ARCH_PAGING_LEVELS, 4, 0xffff7fffffffffff));
    assert_true(arch_is_canonical(ARCH_PAGING_LEVELS, 5, 0x0000800000000000));
    assert_false(arch_is_canonical(ARCH_PAGING_LEVELS, 5, 0x0f00000000000000));
    assert_true(arch_is_canonical(ARCH_PAGING_OFF, 0, 0x000f800000000000));
    assert_true(arch_is_canonical(ARCH_PAGING_UNKNOWN, 0, 0x000f800000000000));
}

static void only_a_push_or_pop_passes(void **state) {
    (void)state;
    const struct arch *arch = arch_by_machine(EM_X86_64, 8);
    assert_true(arch_entry_pushes(arch, (const uint8_t[]){0x55, 0x48}, 2));
    assert_true(arch_entry_pushes(arch, (const uint8_t[]){0x41, 0x57}, 2));
    assert_false(arch_entry_pushes(arch, (const uint8_t[]){0x48, 0x55}, 2));
    assert_true(arch_entry_pops(arch, (const uint8_t[]){0x5d, 0xc3}, 2));
    assert_false(arch_entry_pops(arch, (const uint8_t[]){0xc3, 0x5d}, 2));
    /* The same bytes mean something else, or an interrupt's frame would hit the slot, elsewhere. */
    assert_false(arch_entry_pushes(arch_by_machine(EM_386, 4), (const uint8_t[]){0x55, 0x89}, 2));
    assert_false(arch_entry_pushes(arch_by_machine(EM_RISCV, 8), (const uint8_t[]){0x55, 0x48}, 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_is_found_and_whole),      cmocka_unit_test(others_are_not),
                                       cmocka_unit_test(a_32_bit_kernel_runs_on_both), cmocka_unit_test(paging_follows_control_registers),
                                       cmocka_unit_test(levels_cover_the_address),     cmocka_unit_test(unused_bits_repeat_the_highest),
                                       cmocka_unit_test(only_a_push_or_pop_passes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
