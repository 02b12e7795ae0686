/* Blocks are told once for each place that they are reached from, and again behind a boundary. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "../block_trail.h"

static void a_block_keeps_its_place(void **state) {
    (void)state;
    struct block_table *table = calloc(1, sizeof *table);
    assert_non_null(table);
    const struct block *block = block_table_get(table, 0x1000, 0x1010, 20);
    const struct block *shorter = block_table_get(table, 0x1000, 0x1008, 12); /* of the same beginning */
    assert_ptr_not_equal(block, shorter);
    assert_ptr_equal(block_table_get(table, 0x1000, 0x1010, 20), block);
    assert_ptr_equal(block_table_get(table, 0x1000, 0x1008, 12), shorter);
    assert_int_equal(shorter->last, 0x1008);
    free((void *)(uintptr_t)block);
    free((void *)(uintptr_t)shorter);
    free(table);
}

static void a_block_is_told_once_between_boundaries(void **state) {
    (void)state;
    struct block_trail *trail = calloc(1, sizeof *trail);
    assert_non_null(trail);
    const struct block first = {.pc = 0x1000, .last = 0x1010, .bytes = 20};
    const struct block second = {.pc = 0x2000, .last = 0x2004, .bytes = 8};
    for (int round = 0; round < 3; round++) {
        assert_int_equal(block_trail_step(trail, &first), round ? second.last : 0);
        assert_int_equal(block_trail_step(trail, &second), first.last);
        assert_true(block_trail_tell(trail, &second, first.last));
        assert_true(block_trail_tell(trail, &second, 0x3000)); /* from elsewhere */
        assert_false(block_trail_tell(trail, &second, first.last));
        assert_false(block_trail_tell(trail, &second, 0x3000));
        block_trail_forget(trail);
    }
    free(trail);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_block_keeps_its_place),
        cmocka_unit_test(a_block_is_told_once_between_boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
