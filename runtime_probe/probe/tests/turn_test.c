/* When a processor's turn ends. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../turn.h"
#include "../untold.h"

static void many_stops_end_a_turn(void **state) {
    (void)state;
    struct turn turn = {0};
    for (int i = 1; i < TURN_STOPS; i++) {
        assert_false(turn_stopped(&turn, i % 2 == 0));
    }
    assert_true(turn_stopped(&turn, false));
    turn_begin(&turn);
    assert_false(turn_stopped(&turn, false));
}

/* At any number of stops, the last one of a turn included, a processor that then spins is asked for a stop. */
static void a_silent_processor_is_asked_once(void **state) {
    (void)state;
    for (int stops = 0; stops < 2 * TURN_STOPS; stops++) {
        struct turn turn = {0};
        for (int i = 0; i < stops; i++) {
            if (turn_stopped(&turn, false)) {
                turn_begin(&turn);
            }
        }
        assert_true(turn_ask(&turn));
        assert_false(turn_ask(&turn));
        assert_true(turn_stopped(&turn, false));
        turn_begin(&turn);
        assert_true(turn_ask(&turn));
    }
}

static void a_return_is_settled_before_the_turn_ends(void **state) {
    (void)state;
    struct turn turn = {0};
    turn_ask(&turn);
    assert_false(turn_stopped(&turn, true));
    turn_settle(&turn, 0x1000, 0x8000);
    assert_true(turn.settling);
    assert_true(turn_patience(&turn) > TURN_PATIENCE_MS);
    assert_false(turn_stopped(&turn, true)); /* the step returned from another one */
    assert_false(turn.settling);
    turn_settle(&turn, 0x1000, 0x8000);
    assert_true(turn_stopped(&turn, false));
    assert_false(turn.settling);
}

/* It halts in the step: it is asked, and its turn ends. */
static void a_step_that_does_not_end_is_asked(void **state) {
    (void)state;
    struct turn turn = {0};
    assert_false(turn_stopped(&turn, true));
    turn_settle(&turn, 0x1000, 0x8000);
    assert_true(turn_ask(&turn));
    assert_false(turn.settling);
    assert_true(turn_stopped(&turn, false));
}

/* A stub tells of a stop in which nothing was executed: the processor steps again, asked or not, and only then does a turn end that is over. */
static void a_step_without_progress_is_repeated(void **state) {
    (void)state;
    struct turn turn = {0};
    assert_false(turn_unsettled(&turn, 0x1000, 0x8000));
    turn_ask(&turn);
    assert_false(turn_stopped(&turn, true));
    turn_settle(&turn, 0x1000, 0x8000);
    assert_true(turn_unsettled(&turn, 0x1000, 0x8000));
    assert_true(turn.settling);
    assert_true(turn_ask(&turn)); /* a loaded machine: no stop came in time */
    assert_false(turn.settling);
    assert_true(turn_unsettled(&turn, 0x1000, 0x8000));
    assert_true(turn.settling);
    assert_true(turn_ask(&turn));
    assert_false(turn_unsettled(&turn, 0x1003, 0x8000));
    assert_false(turn.settling);
    assert_true(turn_stopped(&turn, false));
}

/* Repeated for ever in place, it has begun. */
static void an_instruction_that_stays_ends_the_steps(void **state) {
    (void)state;
    struct turn turn = {0};
    int steps = 0;
    turn_settle(&turn, 0x1000, 0x8000);
    while (steps <= TURN_SETTLE_STEPS && turn_unsettled(&turn, 0x1000, 0x8000)) {
        steps++;
    }
    assert_true(steps < TURN_SETTLE_STEPS);
    assert_false(turn.settling);
}

/* After a stop that was asked for in the midst of something watched, until the processor itself has told of a stop. */
static void a_watchpoint_may_be_untold(void **state) {
    (void)state;
    struct untold untold = {0};
    untold_note(&untold, 2, false, false); /* it idled */
    assert_false(untold_may_be(&untold, 2));
    untold_note(&untold, 2, false, true);
    assert_true(untold_may_be(&untold, 2));
    assert_false(untold_may_be(&untold, 3));
    untold_note(&untold, 3, true, true);
    untold_note(&untold, 2, false, false); /* asked again before it was stepped */
    assert_true(untold_may_be(&untold, 2));
    untold_note(&untold, 2, true, true);
    assert_false(untold_may_be(&untold, 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(many_stops_end_a_turn),
                                       cmocka_unit_test(a_silent_processor_is_asked_once),
                                       cmocka_unit_test(a_return_is_settled_before_the_turn_ends),
                                       cmocka_unit_test(a_step_that_does_not_end_is_asked),
                                       cmocka_unit_test(a_step_without_progress_is_repeated),
                                       cmocka_unit_test(an_instruction_that_stays_ends_the_steps),
                                       cmocka_unit_test(a_watchpoint_may_be_untold)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
