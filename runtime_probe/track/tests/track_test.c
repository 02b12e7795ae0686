/* Frames by stack: nesting, recursion, interleaving, interrupts, tasks that end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spillscope/track.h"

/* Names of abandoned frames, in the order told. */
static void note(void *context, struct track_stack *stack, const struct track_frame *frame) {
    (void)stack;
    strcat(context, frame->payload);
}

static struct track_stack *stack_new(struct track *track, uint64_t low, const char *name) {
    struct track_stack *stack = NULL;
    assert_null(track_stack_add(track, low, low + 0x4000, name, true, &stack));
    return stack;
}

static void enter(struct track_stack *stack, enum track_kind kind, uint64_t slot, char *payload, char *log) {
    struct track_frame frame = {.kind = kind, .slot = slot, .return_pc = 0x1000, .return_sp = slot + 8, .payload = payload};
    assert_null(track_enter(stack, &frame, note, log));
}

static void nested_and_recursive(void **state) {
    (void)state;
    struct track track = {0};
    char log[32] = "";
    struct track_stack *stack = stack_new(&track, 0x10000, "one");
    assert_null(track_parent(stack));
    enter(stack, TRACK_TRANSACTION, 0x13f00, "a", log);
    enter(stack, TRACK_TRANSACTION, 0x13e00, "a", log); /* recursion: deeper slot */
    assert_string_equal(track_parent(stack)->payload, "a");
    struct track_stack *found = NULL;
    size_t index = 9;
    assert_true(track_returned(&track, 0x1000, 0x13f08, &found, &index));
    assert_ptr_equal(found, stack);
    assert_int_equal(index, 0);
    assert_false(track_returned(&track, 0x1000, 0x13e00, &found, &index)); /* at that place, but not out of the call */
    assert_false(track_returned(&track, 0x1004, 0x13f08, &found, &index));
    track_leave(stack, 1, note, log);
    track_leave(stack, 0, note, log);
    assert_int_equal(stack->count, 0);
    assert_string_equal(log, "");
    track_deinit(&track);
}

static void interleaved_tasks(void **state) {
    (void)state;
    struct track track = {0};
    char log[32] = "";
    struct track_stack *two = stack_new(&track, 0x20000, "two");
    struct track_stack *one = stack_new(&track, 0x10000, "one");
    enter(one, TRACK_TRANSACTION, 0x13f00, "a", log);
    enter(two, TRACK_TRANSACTION, 0x23f00, "b", log);
    struct track_stack *found = NULL;
    size_t index = 0;
    assert_true(track_returned(&track, 0x1000, 0x13f08, &found, &index));
    track_leave(found, index, note, log);
    assert_int_equal(one->count, 0);
    assert_int_equal(two->count, 1);
    assert_ptr_equal(track_stack_at(&track, 0x24000), two); /* an empty stack's pointer */
    assert_ptr_equal(track_stack_at(&track, 0x10000), one);
    assert_null(track_stack_at(&track, 0x18000));
    track_deinit(&track);
}

static void ended_without_return(void **state) {
    (void)state;
    struct track track = {0};
    char log[32] = "";
    struct track_stack *stack = stack_new(&track, 0x10000, "one");
    enter(stack, TRACK_TRANSACTION, 0x13f00, "a", log);
    enter(stack, TRACK_TRANSACTION, 0x13e00, "b", log);
    enter(stack, TRACK_TRANSACTION, 0x13f00, "c", log); /* a new task on the old stack */
    assert_string_equal(log, "ba");
    assert_int_equal(stack->count, 1);
    enter(stack, TRACK_TRANSACTION, 0x13e00, "d", log);
    track_leave(stack, 0, note, log); /* an outer return past an inner frame */
    assert_string_equal(log, "bad");
    enter(stack, TRACK_TRANSACTION, 0x13f00, "e", log);
    enter(stack, TRACK_TRANSACTION, 0x13e00, "f", log);
    track_abandon(stack, note, log);
    assert_string_equal(log, "badfe");
    track_deinit(&track);
}

static void interrupts_hide_what_they_interrupt(void **state) {
    (void)state;
    struct track track = {0};
    char log[32] = "";
    struct track_stack *stack = stack_new(&track, 0x10000, "one");
    enter(stack, TRACK_TRANSACTION, 0x13f00, "a", log);
    assert_int_equal(track_running(stack), 0);
    enter(stack, TRACK_INTERRUPT, 0x13e00, "irq", log);
    assert_null(track_parent(stack));
    assert_int_equal(track_running(stack), 2);
    enter(stack, TRACK_TRANSACTION, 0x13d00, "timer", log);
    assert_string_equal(track_parent(stack)->payload, "timer");
    assert_int_equal(track_running(stack), 2);
    track_leave(stack, 2, note, log);
    track_leave(stack, 1, note, log);
    assert_string_equal(track_parent(stack)->payload, "a");
    track_deinit(&track);
}

static struct track_frame within(uint64_t slot, uint64_t return_pc, const char *origin, char *payload) {
    return (struct track_frame){
        .kind = TRACK_TRANSACTION, .slot = slot, .return_pc = return_pc, .return_sp = slot + 8, .origin = origin, .payload = payload};
}

static void several_begin_in_one_call(void **state) {
    (void)state;
    struct track track = {0};
    char log[32] = "";
    struct track_stack *stack = stack_new(&track, 0x10000, "one");
    const struct code_place exits[] = {{0x2000, -0x20}, {0x2100, TRACK_ANY_DEPTH}};
    struct track_frame call = within(0x13f00, 0x1000, "f", "f");
    struct track_frame place = within(0x13f00, 0x1000, "inlined", "i");
    struct track_frame tail = within(0x13f00, 0x1000, "g", "g");
    size_t index = 9;
    place.exits = exits;
    place.exit_count = 1;
    assert_null(track_enter(stack, &call, note, log));
    assert_null(track_enter(stack, &place, note, log));
    assert_string_equal(log, ""); /* the call around it goes on */
    assert_ptr_equal(track_standing(stack, 0x13f00, place.origin), &stack->frames[1]);
    assert_null(track_standing(stack, 0x13f00, tail.origin));
    assert_null(track_standing(stack, 0x13e00, place.origin));
    assert_false(track_left(stack, 0x2000, 0x13ee8, &index)); /* the same code in another frame */
    assert_false(track_left(stack, 0x2004, 0x13ee0, &index));
    assert_false(track_left(stack, 0x2100, 0x13000, &index)); /* not an exit of it */
    assert_true(track_left(stack, 0x2000, 0x13ee0, &index));
    assert_int_equal(index, 1);
    place.exit_count = 2;
    stack->frames[1] = place;
    assert_true(track_left(stack, 0x2100, 0x13000, &index));
    track_leave(stack, 1, note, log);
    assert_null(track_enter(stack, &tail, note, log)); /* f ends in a jump to g: one return ends both */
    assert_string_equal(log, "");
    struct track_stack *found = NULL;
    assert_true(track_returned(&track, 0x1000, 0x13f08, &found, &index));
    assert_int_equal(index, 1);
    track_leave(stack, 1, note, log);
    assert_true(track_returned(&track, 0x1000, 0x13f08, &found, &index));
    track_leave(stack, 0, note, log);
    assert_null(track_enter(stack, &call, note, log));
    tail.return_pc = 0x1800; /* another call: f was jumped out of */
    assert_null(track_enter(stack, &tail, note, log));
    assert_string_equal(log, "f");
    assert_ptr_equal(track_innermost(stack, 0x13ef0), &stack->frames[0]);
    assert_null(track_innermost(stack, 0x13f08)); /* it has returned unseen */
    assert_null(track_innermost(NULL, 0x13f08));
    track_deinit(&track);
}

static void stacks_replace_ended_ones(void **state) {
    (void)state;
    struct track track = {0};
    char log[32] = "";
    struct track_stack *old = stack_new(&track, 0x10000, "old");
    struct track_stack *stack = NULL;
    assert_null(track_stack_add(&track, 0x12000, 0x16000, "new", true, &stack));
    assert_string_equal(stack->name, "new");
    assert_int_equal(track.count, 1);
    enter(stack, TRACK_TRANSACTION, 0x15f00, "a", log);
    assert_null(track_stack_add(&track, 0x10000, 0x14000, "late", true, &old));
    assert_ptr_equal(old, stack); /* one with an open transaction stays */
    track_deinit(&track);
}

/* A task that goes on elsewhere while nobody looks leaves no CPU behind that still seems to run it. */
static void a_stack_runs_on_one_cpu(void **state) {
    (void)state;
    struct track track = {0};
    struct track_stack *one = stack_new(&track, 0x10000, "one");
    struct track_stack *two = stack_new(&track, 0x20000, "two");
    assert_null(track_run(&track, 0, one));
    assert_ptr_equal(track_run(&track, 0, one), one);
    assert_null(track_run(&track, 3, one));
    assert_null(track.running[0]);
    assert_ptr_equal(track.running[3], one);
    assert_null(track_run(&track, 0, two));
    assert_ptr_equal(track_run(&track, 3, two), one);
    assert_null(track.running[0]);
    track_deinit(&track);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stack_runs_on_one_cpu),
        cmocka_unit_test(nested_and_recursive),
        cmocka_unit_test(interleaved_tasks),
        cmocka_unit_test(ended_without_return),
        cmocka_unit_test(interrupts_hide_what_they_interrupt),
        cmocka_unit_test(stacks_replace_ended_ones),
        cmocka_unit_test(several_begin_in_one_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
