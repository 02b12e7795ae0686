/* Who queued what: by argument, by age, registered once and run often, queued anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "spillscope/causes.h"

enum { WORK = 0x1000, TIMER = 0x2000 };

static void note(struct causes *causes, uint64_t function, uint64_t argument, int64_t by) {
    const uint64_t arguments[CAUSE_ARGUMENTS] = {7, argument};
    causes_note(causes, function, arguments, by);
}

static void the_argument_decides(void **state) {
    struct causes causes;
    (void)state;
    causes_init(&causes);
    note(&causes, WORK, 0xa0, 1);
    note(&causes, WORK, 0xb0, 2);
    note(&causes, TIMER, 0xb0, 3);
    assert_int_equal(causes_take(&causes, WORK, 0xb0), 2);
    assert_int_equal(causes_take(&causes, WORK, 0xa0), 1);
    assert_int_equal(causes_take(&causes, WORK, 0xb0), 2); /* runs again without being queued */
    assert_int_equal(causes_take(&causes, TIMER, 0xb0), 3);
    assert_int_equal(causes_take(&causes, 0x3000, 0xb0), 0);
    causes_deinit(&causes);
}

static void else_what_waited_longest(void **state) {
    struct causes causes;
    (void)state;
    causes_init(&causes);
    note(&causes, WORK, 1, 1);
    note(&causes, WORK, 2, 2);
    assert_int_equal(causes_take(&causes, WORK, 0), 1);
    note(&causes, WORK, 3, 3);
    assert_int_equal(causes_take(&causes, WORK, 0x99), 2);
    assert_int_equal(causes_take(&causes, WORK, 0x99), 3);
    assert_int_equal(causes_take(&causes, WORK, 0x99), 3); /* none waits: what ran last */
    causes_deinit(&causes);
}

static void queued_anew_it_is_the_newer_ones(void **state) {
    struct causes causes;
    (void)state;
    causes_init(&causes);
    note(&causes, TIMER, 0xa0, 1);
    note(&causes, TIMER, 0xa0, 0); /* armed again, by nobody that is observed */
    assert_int_equal(causes_take(&causes, TIMER, 0xa0), 0);
    note(&causes, TIMER, 0xa0, 4);
    assert_int_equal(causes_take(&causes, TIMER, 0xa0), 4);
    for (uint64_t i = 0; i < 10000; i++) { /* never run: memory has an end */
        note(&causes, WORK, i, 5);
    }
    assert_true(causes.queued.count <= 1 << 12);
    assert_int_equal(causes_take(&causes, WORK, 9999), 5);
    assert_null(causes_failed(&causes));
    causes_deinit(&causes);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_argument_decides), cmocka_unit_test(else_what_waited_longest),
                                       cmocka_unit_test(queued_anew_it_is_the_newer_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
