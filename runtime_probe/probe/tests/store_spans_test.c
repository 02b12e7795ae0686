/* Where in the tiny guest's `counters` watchpoints are set, by what may be stored to. An element: name at 0, value at 8, low and high at 12, mode at
 * 16, the union at 24. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../store_spans.h"
#include "fixture.h"

static void spans(const char *const *keys, const char *expected) {
    struct image *image = NULL;
    struct whitelist *whitelist = NULL;
    struct store_spans found = {0};
    char told[256] = "";
    size_t count = 0;
    size_t length = 0;
    while (keys[count]) {
        count++;
    }
    succeed(image_open(GUEST("tiny"), SOURCE_DIRECTORY, NULL, &image));
    const struct variable *counters = image_variable_by_name(image, "counters");
    assert_non_null(counters);
    const struct shape shape = {.root = "counters", .type = counters->type, .size = image->types[counters->type].size};
    const struct plan plan = {.image = image, .shapes = &shape, .shape_count = 1};
    succeed(whitelist_create((char *const *)(uintptr_t)keys, count, &whitelist));
    succeed(store_spans_find(&plan, whitelist, 0, shape.size, &found));
    for (uint32_t i = 0; i < found.count; i++) {
        length += (size_t)snprintf(told + length, sizeof told - length, "%d+%d%s ", (int)found.list[i].offset, (int)found.list[i].length,
                                   found.list[i].leaf ? "" : "*");
    }
    assert_string_equal(told, expected);
    whitelist_destroy(whitelist);
    image_close(image);
}

static void each_element_has_its_own(void **state) {
    (void)state;
    spans((const char *const[]){"counters[].value", NULL}, "8+4 40+4 72+4 104+4 ");
    spans((const char *const[]){"counters[].name[]", NULL}, "0+8* 32+8* 64+8* 96+8* ");
    spans((const char *const[]){"other", NULL}, "");
}

/* Bit-fields share bytes, and so do the members of a union. */
static void what_overlaps_is_one(void **state) {
    (void)state;
    spans((const char *const[]){"counters[].low", "counters[].high", NULL}, "12+1* 44+1* 76+1* 108+1* ");
    spans((const char *const[]){"counters[].word", "counters[].first", "counters[].second", NULL}, "24+8* 56+8* 88+8* 120+8* ");
}

/* There are never many: what lies closest is joined. */
static void many_are_joined(void **state) {
    (void)state;
    spans((const char *const[]){"counters", NULL}, "0+13* 16+4 24+21* 48+4 56+21* 80+4 88+8* 96+8* 104+4 108+1* 112+4 120+8* ");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_element_has_its_own), cmocka_unit_test(what_overlaps_is_one),
                                       cmocka_unit_test(many_are_joined)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
