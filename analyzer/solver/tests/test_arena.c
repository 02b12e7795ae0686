#include "test_solver.h"
#include "arena.h"

void test_arena_grow(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    VECTOR(uint32_t) numbers = {0};
    for (uint32_t i = 0; i < 1000000; i++) {
        *VECTOR_ADD(&arena, &numbers) = i * 3;
    }
    for (uint32_t i = 0; i < 1000000; i++) {
        assert_int_equal(numbers.items[i], i * 3);
    }
    assert_true(arena.total < (size_t)6 << 20); /* 4 MB and a block: large outgrown ones went back */
    size_t before = arena.total;
    VECTOR(uint32_t) others = {0};
    for (uint32_t i = 0; i < 1000; i++) {
        assert_int_equal(*VECTOR_ADD(&arena, &others), 0); /* recycled memory is zero again */
    }
#ifdef __SANITIZE_ADDRESS__
    assert_true(arena.total > before); /* outgrown memory is given back, where stale pointers into it are found */
#else
    assert_int_equal(arena.total, before); /* and was enough */
#endif
    assert_string_equal(arena_format(&arena, "%s-%d", "a", 7), "a-7");
    arena_deinit(&arena);
}
