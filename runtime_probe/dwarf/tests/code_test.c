/* Instructions of x86: lengths, where control goes, what becomes of the stack; and the frames and boundaries that follow from them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "spillscope/code.h"
#include "spillscope/x86_code.h"

enum { ADDRESS = 0x1000 };

struct sample {
    const char *bytes;
    uint8_t length; /* of the instruction; the rest of the bytes is another one's */
    enum x86_flow flow;
    uint64_t target;
    enum x86_stack stack;
    int32_t change;
};

static void check(const struct sample *sample, bool wide) {
    struct x86_instruction instruction;
    memset(&instruction, 0xff, sizeof instruction);
    assert_true(x86_decode((const uint8_t *)sample->bytes, 15, ADDRESS, wide, &instruction));
    assert_int_equal(instruction.length, sample->length);
    assert_int_equal(instruction.flow, sample->flow);
    assert_int_equal(instruction.target, sample->target);
    assert_int_equal(instruction.stack, sample->stack);
    assert_int_equal(instruction.change, sample->change);
}

static void wide_instructions(void **state) {
    static const struct sample samples[] = {
        {"\x55\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, X86_NEXT, 0, X86_STACK_MOVES, -8},                          /* push %rbp */
        {"\x41\x5d\0\0\0\0\0\0\0\0\0\0\0\0\0", 2, X86_NEXT, 0, X86_STACK_MOVES, 8},                         /* pop %r13 */
        {"\x5d\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, X86_NEXT, 0, X86_FRAME_UNKNOWN_MOVES, 8},                   /* pop %rbp */
        {"\x48\x89\xe5\0\0\0\0\0\0\0\0\0\0\0\0", 3, X86_NEXT, 0, X86_FRAME_FROM_STACK, 0},                  /* mov %rsp,%rbp */
        {"\x48\x83\xec\x28\0\0\0\0\0\0\0\0\0\0\0", 4, X86_NEXT, 0, X86_STACK_MOVES, -0x28},                 /* sub $0x28,%rsp */
        {"\x48\x81\xc4\x00\x01\0\0\0\0\0\0\0\0\0\0", 7, X86_NEXT, 0, X86_STACK_MOVES, 0x100},               /* add $0x100,%rsp */
        {"\x48\x83\xe4\xf0\0\0\0\0\0\0\0\0\0\0\0", 4, X86_NEXT, 0, X86_STACK_UNKNOWN, 0},                   /* and $-16,%rsp */
        {"\x48\x8d\x65\xd8\0\0\0\0\0\0\0\0\0\0\0", 4, X86_NEXT, 0, X86_STACK_FROM_FRAME, -0x28},            /* lea -0x28(%rbp),%rsp */
        {"\x48\x8d\x64\x24\x08\0\0\0\0\0\0\0\0\0\0", 5, X86_NEXT, 0, X86_STACK_MOVES, 8},                   /* lea 8(%rsp),%rsp */
        {"\xc9\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, X86_NEXT, 0, X86_STACK_FROM_FRAME, 8},                      /* leave */
        {"\x49\x83\xc4\x01\0\0\0\0\0\0\0\0\0\0\0", 4, X86_NEXT, 0, X86_STACK_MOVES, 0},                     /* add $1,%r12 */
        {"\xeb\xfe\0\0\0\0\0\0\0\0\0\0\0\0\0", 2, X86_JUMP, ADDRESS, X86_STACK_MOVES, 0},                   /* jmp . */
        {"\x0f\x84\x5e\x03\0\0\0\0\0\0\0\0\0\0\0", 6, X86_BRANCH, ADDRESS + 6 + 0x35e, X86_STACK_MOVES, 0}, /* je */
        {"\xe8\xd4\xff\xff\xff\0\0\0\0\0\0\0\0\0\0", 5, X86_CALL, ADDRESS + 5 - 0x2c, X86_STACK_MOVES, 0},  /* call */
        {"\xff\xe0\0\0\0\0\0\0\0\0\0\0\0\0\0", 2, X86_JUMP_ANYWHERE, 0, X86_STACK_MOVES, 0},                /* jmp *%rax */
        {"\xff\x70\x08\0\0\0\0\0\0\0\0\0\0\0\0", 3, X86_NEXT, 0, X86_STACK_MOVES, -8},                      /* push 8(%rax) */
        {"\xc3\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, X86_RETURN, 0, X86_STACK_MOVES, 0},                         /* ret */
        {"\x0f\x0b\0\0\0\0\0\0\0\0\0\0\0\0\0", 2, X86_STOP, 0, X86_STACK_MOVES, 0},                         /* ud2 */
        {"\x48\xb8\1\2\3\4\5\6\7\x08\0\0\0\0\0", 10, X86_NEXT, 0, X86_STACK_MOVES, 0},                      /* movabs */
        {"\xf6\x05\1\2\3\4\1\0\0\0\0\0\0\0\0", 7, X86_NEXT, 0, X86_STACK_MOVES, 0},                         /* testb $1,x(%rip) */
        {"\xf7\xd8\0\0\0\0\0\0\0\0\0\0\0\0\0", 2, X86_NEXT, 0, X86_STACK_MOVES, 0},                         /* neg %eax */
        {"\x66\xc7\x00\x34\x12\0\0\0\0\0\0\0\0\0\0", 5, X86_NEXT, 0, X86_STACK_MOVES, 0},                   /* movw $0x1234,(%rax) */
        {"\xf3\x0f\x1e\xfa\0\0\0\0\0\0\0\0\0\0\0", 4, X86_NEXT, 0, X86_STACK_MOVES, 0},                     /* endbr64 */
        {"\xc5\xf9\x6f\x04\x25\1\2\3\4\0\0\0\0\0\0", 9, X86_NEXT, 0, X86_STACK_MOVES, 0},                   /* vmovdqa */
        {"\x65\x48\x8b\x04\x25\1\2\3\4\0\0\0\0\0\0", 9, X86_NEXT, 0, X86_STACK_MOVES, 0},                   /* mov %gs:x,%rax */
    };
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        check(&samples[i], true);
    }
}

static void narrow_instructions(void **state) {
    static const struct sample samples[] = {
        {"\x40\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, X86_NEXT, 0, X86_STACK_MOVES, 0},       /* inc %eax, no prefix here */
        {"\x55\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, X86_NEXT, 0, X86_STACK_MOVES, -4},      /* push %ebp */
        {"\x1e\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 1, X86_NEXT, 0, X86_STACK_UNKNOWN, 0},     /* push %ds */
        {"\x83\xec\x0c\0\0\0\0\0\0\0\0\0\0\0\0", 3, X86_NEXT, 0, X86_STACK_MOVES, -12}, /* sub $12,%esp */
        {"\xb8\1\2\3\4\0\0\0\0\0\0\0\0\0\0", 5, X86_NEXT, 0, X86_STACK_MOVES, 0},       /* mov $x,%eax */
        {"\xa1\1\2\3\4\0\0\0\0\0\0\0\0\0\0", 5, X86_NEXT, 0, X86_STACK_MOVES, 0},       /* mov x,%eax */
        {"\xe9\xf6\xff\xff\xff\0\0\0\0\0\0\0\0\0\0", 5, X86_JUMP, ADDRESS - 5, X86_STACK_MOVES, 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        check(&samples[i], false);
    }
}

static void what_is_no_whole_instruction_is_refused(void **state) {
    struct x86_instruction instruction;
    (void)state;
    assert_false(x86_decode((const uint8_t *)"\x48\xb8\1\2", 4, ADDRESS, true, &instruction)); /* cut */
    assert_false(x86_decode((const uint8_t *)"", 0, ADDRESS, true, &instruction));
    assert_false(x86_decode((const uint8_t *)"\x06", 1, ADDRESS, true, &instruction)); /* push %es: not in 64-bit mode */
    assert_false(x86_decode((const uint8_t *)"\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x66\x90", 16, ADDRESS, true, &instruction));
    for (unsigned first = 0; first < 256; first++) { /* no byte makes it read beyond its end */
        for (size_t count = 1; count < 15; count++) {
            const uint8_t bytes[15] = {(uint8_t)first, 0xff, 0x84, 0x24, 0xff, 0x84, 0x24};
            bool known = x86_decode(bytes, count, ADDRESS, count % 2, &instruction);
            assert_true(!known || instruction.length <= count);
        }
    }
}

/* In a program that gcc makes: every return stands where the return address is, and every line has a place. */
static void frames_of_a_whole_program(void **state) {
    struct image *image = *state;
    size_t functions = 0;
    for (uint32_t i = 0; i < image->function_count; i++) {
        struct code *code __attribute__((cleanup(scope_code))) = NULL;
        struct vector places = VECTOR_OF(struct code_place);
        uint8_t byte = 0;
        assert_null(code_create(image, &image->functions[i], &code));
        if (!code) {
            continue;
        }
        functions++;
        code_places(code, &places);
        for (size_t p = 0; p < places.count; p++) {
            const struct code_place *place = VECTOR_AT(&places, struct code_place, p);
            assert_true(place->depth <= 0);
            assert_true(image_bytes(image, place->address, &byte, 1));
            assert_true(byte != 0xc3 || place->depth == 0);
        }
        int64_t depth = 1;
        assert_true(code_depth(code, image->functions[i].entry, &depth));
        assert_int_equal(depth, 0);
        vector_deinit(&places);
    }
    assert_true(functions >= 2);
    struct vector addresses = VECTOR_OF(uint64_t);
    image_line_starts(image, image->functions[0].file, 100000, &addresses);
    assert_int_equal(addresses.count, 0);
    vector_deinit(&addresses);
}

static int sample_open(void **state) {
    struct image *image = NULL;
    struct error *error = image_open(SAMPLE, NULL, "", &image);
    *state = image;
    return error ? -1 : 0;
}

static int sample_close(void **state) {
    image_close(*state);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(wide_instructions), cmocka_unit_test(narrow_instructions),
                                       cmocka_unit_test(what_is_no_whole_instruction_is_refused),
                                       cmocka_unit_test_setup_teardown(frames_of_a_whole_program, sample_open, sample_close)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
