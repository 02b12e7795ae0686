/* Calls that are open, ended by the place and the stack pointer that they return to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../open_calls.h"

enum { PLACE = 0x1000, STACK = 0x8000 };

static void a_call_ends_once_at_its_place_and_stack(void **state) {
    (void)state;
    struct open_calls calls = {0};
    struct open_call ended;
    assert_false(open_calls_may_return(&calls, PLACE));
    assert_true(open_calls_add(&calls, &(struct open_call){PLACE, STACK, 0}));
    assert_true(open_calls_may_return(&calls, PLACE));
    assert_false(open_calls_end(&calls, PLACE, STACK - 64, &ended)); /* the same code in another frame */
    assert_false(open_calls_end(&calls, PLACE + 4, STACK, &ended));
    assert_true(open_calls_end(&calls, PLACE, STACK, &ended));
    assert_false(open_calls_end(&calls, PLACE, STACK, &ended));
    assert_false(open_calls_may_return(&calls, PLACE));
    free(calls.list);
}

static void one_return_ends_a_tail_call_and_its_caller(void **state) {
    (void)state;
    struct open_calls calls = {0};
    struct open_call ended;
    assert_true(open_calls_add(&calls, &(struct open_call){PLACE, STACK, 0x5000}));
    assert_true(open_calls_add(&calls, &(struct open_call){PLACE, STACK, 0}));
    assert_int_equal(calls.count, 1);
    assert_true(open_calls_end(&calls, PLACE, STACK, &ended));
    assert_int_equal(ended.array, 0x5000); /* of the caller, whose array is the one that is full now */
    assert_int_equal(calls.count, 0);
    free(calls.list);
}

static void recursion_and_many_tasks_are_kept_apart(void **state) {
    (void)state;
    enum { MANY = 1000 };
    struct open_calls calls = {0};
    struct open_call ended;
    for (uint64_t i = 0; i < MANY; i++) {
        assert_true(open_calls_add(&calls, &(struct open_call){PLACE, STACK + 64 * i, 0}));
    }
    for (uint64_t i = 0; i < MANY; i += 2) { /* in any order */
        assert_true(open_calls_end(&calls, PLACE, STACK + 64 * i, &ended));
    }
    assert_true(open_calls_may_return(&calls, PLACE));
    for (uint64_t i = 0; i < MANY; i++) {
        assert_int_equal(open_calls_end(&calls, PLACE, STACK + 64 * i, &ended), i % 2);
    }
    assert_false(open_calls_may_return(&calls, PLACE));
    free(calls.list);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_ends_once_at_its_place_and_stack),
        cmocka_unit_test(one_return_ends_a_tail_call_and_its_caller),
        cmocka_unit_test(recursion_and_many_tasks_are_kept_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
