/* Round trip, refusal of whatever is malformed, and the digest that names equal functions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "../facts_format.h"
#include "../facts_read.h"
#include "sample_unit.h"
#include "spillscope/scope.h"

static char *printed(const struct facts_unit *unit) {
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    assert_non_null(stream);
    facts_print(unit, stream);
    fclose(stream);
    return text;
}

/* Writes a unit and gives the bytes of the file. */
static unsigned char *written(const struct facts_unit *unit, size_t *out_count) {
    char path[] = "/tmp/spillscope-facts-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    assert_null(facts_write(unit, path));
    FILE *stream = fopen(path, "rb");
    assert_non_null(stream);
    unsigned char *bytes = malloc(65536);
    *out_count = fread(bytes, 1, 65536, stream);
    assert_true(*out_count > FACTS_HEADER_SIZE && *out_count < 65536);
    fclose(stream);
    unlink(path);
    return bytes;
}

static void test_round_trip(void **state) {
    (void)state;
    size_t count = 0;
    unsigned char *bytes SCOPE_FREE = written(sample_unit(), &count);
    struct facts_unit *read = NULL;
    assert_null(facts_read(bytes, count, &read));
    char *before SCOPE_FREE = printed(sample_unit());
    char *after SCOPE_FREE = printed(read);
    assert_string_equal(before, after);

    /* What facts_print leaves out. */
    assert_true(read->files[0].digest == 0x1122334455667788 && read->files[1].digest == UINT64_MAX);
    assert_true(read->functions[0].digest == 0xfedcba9876543210);
    assert_int_equal(read->functions[0].varargs, 5);
    assert_true(read->functions[0].instructions[10].constants[2] == INT64_MAX);
    assert_true(read->functions[0].instructions[6].result == FACTS_NONE);
    assert_string_equal(read->functions[0].instructions[0].text, "");
    assert_int_equal(read->functions[0].value_types[5], FACTS_NONE);
    facts_destroy(read);
    facts_destroy(NULL);
}

static void test_print_names_everything(void **state) {
    (void)state;
    char *text SCOPE_FREE = printed(sample_unit());
    static const char *const wanted[] = {
        "record struct task size 16 @/src/a.h:3:8",
        "  +8.3 bits 5 flags: int",
        "code run_alias: fn(struct task*, int, ...)->int defined weak alias of run",
        "static run:counter: int",
        "init table+16 = &table-8",
        "function run(%t#0: struct task*, %n#1: int, ... = %...#5) @/src/a.c:10:5 to 26",
        "  %3 = offset %2 -8 type int member struct task.flags @15:3",
        "  %4 = arith %2 \"&\" -4 constant @16:3",
        "  load %3 size 1 bits 3+5 type int volatile @17:9",
        "  store %3 <- %4 size 8 type struct task* @/src/a.h:90:7",
        "  %4 = call run(%2, -7, 9223372036854775807)",
        "  asm \"lock; inc %0\\n\\t\\\"x\\\"\" out(\"+m\" memory %2: struct task) in(\"r\" %4: void*) in(\"i\" none: int) memory asm-volatile @22:1",
        "  return %2 by-value @24:1",
        "assembly \".globl x\\nx: ret\"",
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        if (!strstr(text, wanted[i])) {
            fail_msg("missing \"%s\" in:\n%s", wanted[i], text);
        }
    }
}

static void expect_refusal(const unsigned char *bytes, size_t count, const char *what) {
    struct facts_unit *unit = (struct facts_unit *)&count;
    struct error *error = facts_read(bytes, count, &unit);
    assert_non_null(error);
    assert_int_equal(error_code_of(error), ERROR_FORMAT);
    if (!strstr(error_message(error), what) || !strstr(error_message(error), "byte")) {
        fail_msg("expected \"%s\" and a byte offset in \"%s\"", what, error_message(error));
    }
    assert_ptr_equal(unit, &count); /* untouched */
    error_destroy(error);
}

static void test_header(void **state) {
    (void)state;
    size_t count = 0;
    unsigned char *bytes SCOPE_FREE = written(sample_unit(), &count);
    expect_refusal(bytes, 0, "not a facts file");
    expect_refusal(bytes, FACTS_HEADER_SIZE - 1, "not a facts file");
    expect_refusal(bytes, count - 1, "digest");
    bytes[count - 1] ^= 1;
    expect_refusal(bytes, count, "digest");
    bytes[count - 1] ^= 1;
    bytes[FACTS_MAGIC_SIZE]++;
    expect_refusal(bytes, count, "version");
    bytes[FACTS_MAGIC_SIZE]--;
    bytes[0] = 'X';
    expect_refusal(bytes, count, "not a facts file");
}

/* Every truncated payload is refused, and one with a byte more. */
static void test_truncation(void **state) {
    (void)state;
    size_t count = 0;
    unsigned char *bytes SCOPE_FREE = written(sample_unit(), &count);
    size_t payload = count - FACTS_HEADER_SIZE;
    for (size_t length = 0; length <= payload + 1; length++) {
        unsigned char *copy SCOPE_FREE = calloc(1, length ? length : 1); /* exactly as long: a sanitizer sees one byte too far */
        memcpy(copy, bytes + FACTS_HEADER_SIZE, length < payload ? length : payload);
        struct facts_unit *unit = NULL;
        struct error *error = facts_read_payload(copy, length, false, &unit);
        assert_true((error == NULL) == (length == payload));
        error_destroy(error);
        facts_destroy(unit);
    }
}

/* Every value of every byte: either refused with a place, or a unit that can be walked without checks. */
static void test_corruption(void **state) {
    (void)state;
    size_t count = 0;
    unsigned char *bytes SCOPE_FREE = written(sample_unit(), &count);
    FILE *nowhere SCOPE_FCLOSE = fopen("/dev/null", "w");
    size_t refused = 0;
    for (size_t at = FACTS_HEADER_SIZE; at < count; at++) {
        unsigned char original = bytes[at];
        for (unsigned value = 0; value < 256; value += 5) {
            bytes[at] = (unsigned char)value;
            struct facts_unit *unit = NULL;
            struct error *error = facts_read_payload(bytes + FACTS_HEADER_SIZE, count - FACTS_HEADER_SIZE, false, &unit);
            if (error) {
                assert_non_null(strstr(error_message(error), "byte"));
                refused++;
            } else {
                facts_print(unit, nowhere);
            }
            error_destroy(error);
            facts_destroy(unit);
        }
        bytes[at] = original;
    }
    assert_true(refused > 1000);
}

/* A unit with one thing wrong. */
static void expect_refused_unit(const struct facts_unit *unit, const char *what) {
    size_t count = 0;
    unsigned char *bytes SCOPE_FREE = written(unit, &count);
    expect_refusal(bytes, count, what);
}

static void test_cycles(void **state) {
    (void)state;
    struct facts_type types[16];
    assert_true(sample_unit()->type_count <= 16);
    memcpy(types, sample_unit()->types, sample_unit()->type_count * sizeof(types[0]));
    struct facts_unit unit = *sample_unit();
    unit.types = types;
    types[4].target = 4; /* an array of itself */
    expect_refused_unit(&unit, "contains itself");
    types[4] = sample_unit()->types[4];
    struct facts_member inside = {"self", 4, 0, 64, false}; /* struct task { struct task self[4]; } */
    types[2].members = &inside;
    types[2].member_count = 1;
    struct facts_unit small = unit;
    small.function_count = 0;
    expect_refused_unit(&small, "contains itself");
    types[2] = sample_unit()->types[2];
    types[3].target = 3; /* a pointer to itself cannot be spelled */
    expect_refused_unit(&unit, "contains itself");
    types[3].target = FACTS_NONE;
    expect_refused_unit(&unit, "target");

    struct facts_object objects[8];
    memcpy(objects, sample_unit()->objects, sample_unit()->object_count * sizeof(objects[0]));
    struct facts_unit other = *sample_unit();
    other.objects = objects;
    objects[1].alias_of = 2;
    expect_refused_unit(&other, "aliases itself");
}

static void test_deep_types(void **state) {
    (void)state;
    enum { DEPTH = 4000 };
    struct facts_type *types SCOPE_FREE = calloc(DEPTH, sizeof(*types));
    types[0] = sample_unit()->types[1];
    for (uint32_t i = 1; i < DEPTH; i++) {
        types[i] = (struct facts_type){.kind = FACTS_ARRAY, .name = "", .target = i - 1, .count = 1, .size = 4};
    }
    struct facts_unit unit = {.main_file = "/x.c", .target = "t", .pointer_size = 8, .types = types, .type_count = DEPTH};
    expect_refused_unit(&unit, "too deeply");
    unit.type_count = 200;
    size_t count = 0;
    unsigned char *bytes SCOPE_FREE = written(&unit, &count);
    struct facts_unit *read = NULL;
    assert_null(facts_read(bytes, count, &read));
    facts_destroy(read);
}

static void test_lacking_operands(void **state) {
    (void)state;
    struct facts_instruction one = sample_unit()->functions[0].instructions[5]; /* a load */
    struct facts_function function = sample_unit()->functions[0];
    struct facts_unit unit = *sample_unit();
    function.instructions = &one;
    function.instruction_count = 1;
    unit.functions = &function;
    one.a = FACTS_NONE;
    expect_refused_unit(&unit, "lacks an operand");
    one.a = 6;
    expect_refused_unit(&unit, "index out of range");
    one.a = 3;
    one.member = 3;
    expect_refused_unit(&unit, "index out of range");
    one.record = 1;
    expect_refused_unit(&unit, "no record");
    one = sample_unit()->functions[0].instructions[10];
    one.object = FACTS_NONE;
    expect_refused_unit(&unit, "lacks an operand");
    function.object = 0;
    expect_refused_unit(&unit, "without a code object");
}

static void test_sources(void **state) {
    (void)state;
    size_t count = 0;
    unsigned char *bytes SCOPE_FREE = written(sample_unit(), &count);
    struct facts_unit *unit = NULL;
    assert_null(facts_read_sources(bytes, count, &unit));
    assert_string_equal(unit->main_file, "/src/a.c");
    assert_int_equal(unit->file_count, 2);
    assert_string_equal(unit->files[1].path, "/src/a.c");
    assert_int_equal(unit->type_count, 0);
    facts_destroy(unit);
}

/* Equal bodies have equal digests whatever the indices; a changed offset, place or layout changes it. */
static void test_function_digest(void **state) {
    (void)state;
    struct facts_unit unit = *sample_unit();
    uint64_t digest = facts_function_digest(&unit, &unit.functions[0]);
    assert_true(digest == facts_function_digest(sample_unit(), &sample_unit()->functions[0]));

    struct facts_instruction instructions[32];
    struct facts_function function = unit.functions[0];
    assert_true(function.instruction_count <= 32);
    memcpy(instructions, function.instructions, function.instruction_count * sizeof(instructions[0]));
    function.instructions = instructions;
    assert_true(digest == facts_function_digest(&unit, &function));
    instructions[0].offset++;
    assert_true(digest != facts_function_digest(&unit, &function));
    instructions[0].offset--;
    instructions[0].place.line++;
    assert_true(digest != facts_function_digest(&unit, &function));
    instructions[0].place.line--;

    struct facts_type types[16];
    memcpy(types, unit.types, unit.type_count * sizeof(types[0]));
    unit.types = types;
    assert_true(digest == facts_function_digest(&unit, &function));
    types[2].size = 24; /* struct task, copied as a whole */
    assert_true(digest != facts_function_digest(&unit, &function));
}

static void test_missing_file(void **state) {
    (void)state;
    struct facts_unit *unit = NULL;
    struct error *error = facts_read_file("/nonexistent/a.facts", &unit);
    assert_int_equal(error_code_of(error), ERROR_IO);
    assert_non_null(strstr(error_message(error), "/nonexistent/a.facts"));
    error_destroy(error);
    error = facts_write(sample_unit(), "/nonexistent/a.facts");
    assert_int_equal(error_code_of(error), ERROR_IO);
    error_destroy(error);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),   cmocka_unit_test(test_print_names_everything),
        cmocka_unit_test(test_header),       cmocka_unit_test(test_truncation),
        cmocka_unit_test(test_corruption),   cmocka_unit_test(test_cycles),
        cmocka_unit_test(test_deep_types),   cmocka_unit_test(test_lacking_operands),
        cmocka_unit_test(test_sources),      cmocka_unit_test(test_function_digest),
        cmocka_unit_test(test_missing_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
