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

/* Equal hashes are no equal keys. */
void test_keys_collide(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct keys keys = {0};
    const uint64_t words[] = {1, 2, 3};
    for (uint32_t count = 0; count <= 3; count++) {
        for (uint64_t last = 0; last < 50; last++) {
            uint64_t key[] = {words[0], words[1], words[2], last};
            uint32_t value = count * 50 + (uint32_t)last;
            assert_true(keys_add_hashed(&arena, &keys, 7, key + 3 - count, count + 1, &value));
        }
    }
    uint64_t key[] = {2, 3, 17};
    uint32_t value = 999;
    assert_false(keys_add_hashed(&arena, &keys, 7, key, 3, &value));
    assert_int_equal(value, 2 * 50 + 17);
    value = 999;
    assert_true(keys_add(&arena, &keys, key, 3, &value)); /* under its own hash it is new */
    value = 0;
    assert_false(keys_add(&arena, &keys, key, 3, &value));
    assert_int_equal(value, 999);
    assert_int_equal(keys_get(&keys, key, 3), 999);
    assert_int_equal(keys_get(&keys, key, 2), MAP_NONE);
    key[0] = 0;
    key[2] = 0; /* the words were copied */
    assert_true(keys_add(&arena, &keys, key, 3, &value));
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
    assert_int_equal(set.count, 3000);
    assert_false(location_set_has(&set, 1));
    arena_deinit(&arena);
}

/* Sets that share a store stay apart: each sees its own locations alone, in order of arrival. */
void test_location_set_shared(void **state) {
    (void)state;
    struct arena arena = {0};
    assert_int_equal(setjmp(arena.failure), 0);
    struct location_set one = {0};
    for (uint32_t i = 0; i < 100; i++) {
        location_set_add(&arena, &one, i * 3);
    }
    struct location_set other = {0};
    assert_true(location_set_add_range(&arena, &other, &one, 0, 50));
    assert_ptr_equal(other.store, one.store);
    assert_true(location_set_has(&other, 49 * 3));
    assert_false(location_set_has(&other, 50 * 3)); /* in the store, not in the set */
    struct location_set third = {0};
    assert_true(location_set_add_range(&arena, &third, &other, 0, 50));
    assert_true(location_set_add(&arena, &other, 50 * 3)); /* what the store holds next */
    assert_true(location_set_add_range(&arena, &other, &one, 20, 60));
    assert_false(location_set_add_range(&arena, &other, &one, 0, 60));
    assert_ptr_equal(other.store, one.store);
    assert_int_equal(other.count, 60);
    assert_true(location_set_add(&arena, &other, 70 * 3)); /* in the store, but not next */
    assert_ptr_not_equal(other.store, one.store);
    assert_true(location_set_add(&arena, &other, 1));
    assert_true(location_set_add(&arena, &one, 2));
    assert_int_equal(other.count, 62);
    assert_int_equal(one.count, 101);
    assert_int_equal(third.count, 50);
    assert_false(location_set_has(&one, 1));
    assert_false(location_set_has(&other, 2));
    assert_false(location_set_has(&third, 1));
    assert_true(location_set_add_range(&arena, &third, &other, 58, 62)); /* a gap: from another store */
    const uint32_t expected[] = {58 * 3, 59 * 3, 70 * 3, 1};
    assert_int_equal(third.count, 54);
    for (uint32_t i = 0; i < 50; i++) {
        assert_int_equal(location_set_at(&third, i), i * 3);
    }
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(location_set_at(&third, 50 + i), expected[i]);
    }
    struct location_set small = {0};
    assert_true(location_set_add_range(&arena, &small, &one, 0, 3)); /* few of a store that is hashed */
    assert_false(location_set_has(&small, 9));
    assert_false(location_set_add(&arena, &small, 6));
    assert_true(location_set_add(&arena, &small, 300));
    assert_int_equal(small.count, 4);
    assert_false(location_set_add_range(&arena, &small, &one, 2, 2));
    arena_deinit(&arena);
}
