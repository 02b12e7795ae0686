#include "test_solver.h"
#include "map.h"
#include "points_to.h"

void test_map_many(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct map map = {0};
    assert_int_equal(map_get(&map, 1), MAP_NONE);
    for (uint64_t key = 0; key < 50000; key++) {
        uint32_t value = (uint32_t)key + 5;
        assert_true(map_add(&arena, &map, key * key, &value));
    }
    for (uint64_t key = 0; key < 50000; key++) {
        assert_int_equal(map_get(&map, key * key), key + 5);
    }
    uint32_t value = 1;
    assert_false(map_add(&arena, &map, 49, &value));
    assert_int_equal(value, 12);
    map_put(&arena, &map, 49, 1);
    assert_int_equal(map_get(&map, 49), 1);
    assert_int_equal(map_get(&map, 50), MAP_NONE);
    arena_deinit(&arena);
}

void test_names(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct names names = {0};
    char first[] = "task";
    assert_int_equal(names_intern(&arena, &names, first), 0);
    first[0] = 'm';
    assert_int_equal(names_intern(&arena, &names, first), 1);
    assert_int_equal(names_intern(&arena, &names, "task"), 0);
    assert_int_equal(names_find(&names, "rask"), MAP_NONE);
    assert_string_equal(names.strings.items[1], "mask");
    arena_deinit(&arena);
}

void test_location_set(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct location_set set = {0};
    for (uint32_t i = 0; i < 3000; i++) {
        assert_false(location_set_has(&set, i * 7));
        assert_true(location_set_add(&arena, &set, i * 7));
        assert_false(location_set_add(&arena, &set, i * 7));
        assert_true(location_set_has(&set, i * 7));
    }
    assert_int_equal(set.items.count, 3000);
    assert_false(location_set_has(&set, 1));
    arena_deinit(&arena);
}
