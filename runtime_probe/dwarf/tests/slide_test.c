/* Where does a kernel run? Told by text alone; and an image that is moved there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "spillscope/image.h"
#include "spillscope/slide.h"

enum { TEXT = 8 << 20, STEP = 2 << 20, BLOCK = 16 };
static const uint64_t LOW = 0xffffffff81000000U;

/* Text in which no block is like another one. */
static unsigned char *text_make(void) {
    unsigned char *text = malloc(TEXT);
    uint64_t state = 88172645463325252U;
    assert_non_null(text);
    for (size_t i = 0; i < TEXT; i += sizeof state) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        memcpy(text + i, &state, sizeof state);
    }
    return text;
}

/* Blocks that run as they were linked, from `first` on; the number seen before the answer. */
static int see_blocks(struct slide_search *search, const unsigned char *text, uint64_t slide, size_t first, int most) {
    int seen = 0;
    while (seen < most && !search->known) {
        size_t offset = first + (size_t)seen * 640;
        slide_search_see(search, LOW + offset + slide, text + offset, BLOCK);
        seen++;
    }
    return seen;
}

static void test_finds_it(void **state) {
    unsigned char *text = text_make();
    const uint64_t slides[] = {0, STEP, 37ULL * STEP, 0 - (uint64_t)3 * STEP};
    (void)state;
    for (size_t i = 0; i < sizeof slides / sizeof *slides; i++) {
        struct slide_search search;
        slide_search_init(&search, text, LOW, TEXT, STEP);
        assert_int_equal(see_blocks(&search, text, slides[i], 4096, 100), SLIDE_VOTES);
        assert_true(search.known);
        assert_int_equal(search.slide, slides[i]);
    }
    free(text);
}

static void test_is_not_misled(void **state) {
    unsigned char *text = text_make();
    struct slide_search search;
    unsigned char patched[BLOCK];
    (void)state;
    memcpy(text + 5 * STEP / 4, text + STEP / 4, BLOCK); /* the same code twice, a step apart: it says nothing */
    slide_search_init(&search, text, LOW, TEXT, STEP);
    for (int i = 0; i < 100; i++) {
        memcpy(patched, text + 64 * i, BLOCK);
        patched[3] ^= 0x40;
        slide_search_see(&search, LOW + STEP + 64 * (uint64_t)i, patched, BLOCK);
        slide_search_see(&search, LOW + STEP / 4, text + STEP / 4, BLOCK);
        slide_search_see(&search, 0x1000000 + 640 * (uint64_t)i, text + 640 * i, BLOCK); /* physical addresses, before paging */
        slide_search_see(&search, LOW + 640 * (uint64_t)i, text + 640 * i, SLIDE_BYTES_MIN - 1);
    }
    assert_false(search.known);
    for (int i = 0; i < 100; i++) { /* one block in circles is one witness */
        slide_search_see(&search, LOW + 2 * STEP + 4096, text + 4096, BLOCK);
    }
    assert_false(search.known);
    see_blocks(&search, text, 2 * STEP, 8192, 100);
    assert_true(search.known);
    assert_int_equal(search.slide, 2 * STEP);
    free(text);
}

static void test_kernel_that_stays(void **state) {
    struct slide_search search;
    (void)state;
    slide_search_init(&search, NULL, 0, 0, 0);
    assert_true(search.known);
    assert_int_equal(search.slide, 0);
}

static void test_image_moves(void **state) {
    char command[1024];
    struct image *image __attribute__((cleanup(scope_image))) = NULL;
    (void)state;
    snprintf(command, sizeof command,
             "%s -O1 -g -fno-pic -static -nostdlib -ffreestanding -Wl,--build-id=none -o %s/slide.elf %s/sample.c %s/sample_more.c", SAMPLE_GCC,
             SAMPLE_OUTPUT, SAMPLE_FOLDER, SAMPLE_FOLDER);
    assert_int_equal(system(command), 0);
    struct error *error = image_open(SAMPLE_OUTPUT "/slide.elf", NULL, "", &image);
    if (error) {
        fail_msg("%s", error_message(error));
    }
    assert_true(image->variable_count > 0 && image->function_count > 0);
    const struct variable *variable = &image->variables[image->variable_count - 1];
    const struct function *function = NULL;
    for (uint32_t i = 0; i < image->function_count && !function; i++) {
        function = image->functions[i].entry ? &image->functions[i] : NULL;
    }
    assert_non_null(function);
    uint64_t entry = function->entry;
    uint64_t place = variable->address;
    const char *file = NULL;
    const char *moved_file = NULL;
    const char *name = NULL;
    uint32_t line = 0;
    uint32_t moved_line = 0;
    unsigned char bytes[4];
    unsigned char moved_bytes[4];
    assert_true(image_line_at(image, entry, &file, &line, &name));
    assert_true(image_bytes(image, entry, bytes, sizeof bytes));
    image_slide_to(image, STEP);
    assert_int_equal(function->entry, entry + STEP);
    assert_int_equal(variable->address, place + STEP);
    assert_ptr_equal(image_function_at(image, entry + STEP), function);
    assert_null(image_function_at(image, entry));
    assert_ptr_equal(image_variable_at(image, place + STEP), variable);
    assert_true(image_line_at(image, entry + STEP, &moved_file, &moved_line, &name));
    assert_int_equal(moved_line, line);
    assert_string_equal(moved_file, file);
    assert_true(image_bytes(image, entry + STEP, moved_bytes, sizeof moved_bytes));
    assert_memory_equal(bytes, moved_bytes, sizeof bytes);
    image_slide_to(image, 0);
    assert_int_equal(function->entry, entry);
    assert_ptr_equal(image_function_at(image, entry), function);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_finds_it),
        cmocka_unit_test(test_is_not_misled),
        cmocka_unit_test(test_kernel_that_stays),
        cmocka_unit_test(test_image_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
