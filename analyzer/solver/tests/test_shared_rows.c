#include "test_solver.h"
#include "shared_rows.h"

/* What a row says decides its id, whatever came before; rows whose digests fall together are still two. */
void test_shared_rows(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct shared_rows rows = {0};
    struct shared_rows others = {0};
    const uint64_t one[] = {1, 2};
    const uint64_t two[] = {1, 3};
    const uint64_t three[] = {4, 5};
    int64_t id = 0;
    int64_t again = 0;
    assert_true(shared_rows_add(&arena, &rows, one, 2, UINT64_C(0xabcd000000000041), &id));
    assert_in_range(id, 1, INT64_C(1) << 48);
    assert_false(shared_rows_add(&arena, &rows, one, 2, UINT64_C(0xabcd000000000041), &again));
    assert_int_equal(again, id);
    assert_true(shared_rows_add(&arena, &rows, two, 2, UINT64_C(0x1234000000000041), &again)); /* equal in the bits that count */
    assert_int_equal(again, id + 1);
    assert_false(shared_rows_add(&arena, &rows, two, 2, UINT64_C(0x1234000000000041), &again));
    assert_int_equal(again, id + 1);
    assert_true(shared_rows_add(&arena, &others, three, 2, 99, &again));
    assert_true(shared_rows_add(&arena, &others, one, 2, UINT64_C(0xabcd000000000041), &again));
    assert_int_equal(again, id);
    arena_deinit(&arena);
}
