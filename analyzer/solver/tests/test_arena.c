#include "test_solver.h"
#include "arena.h"

void test_arena_grow(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    VECTOR(uint32_t) numbers = {0};
    for (uint32_t i = 0; i < 100000; i++) {
        *VECTOR_ADD(&arena, &numbers) = i * 3;
    }
    for (uint32_t i = 0; i < 100000; i++) {
        assert_int_equal(numbers.items[i], i * 3);
    }
    size_t before = arena.total;
    VECTOR(uint32_t) others = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(*VECTOR_ADD(&arena, &others), 0); /* recycled memory is zero again */
    }
    assert_int_equal(arena.total, before); /* and was enough */
    assert_string_equal(arena_format(&arena, "%s-%d", "a", 7), "a-7");
    arena_deinit(&arena);
}
