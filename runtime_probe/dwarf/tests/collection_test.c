#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include "spillscope/collection.h"

static void map_agrees_with_a_table(void **state) {
    (void)state;
    enum { KEYS = 512, ROUNDS = 20000 };
    static uint64_t expected[KEYS];
    static unsigned char present[KEYS];
    struct map map = {0};
    uint32_t seed = 7;
    for (int round = 0; round < ROUNDS; round++) {
        seed = seed * 1664525u + 1013904223u;
        uint64_t key = (seed >> 8) % KEYS;
        if (seed >> 30 == 3) {
            assert_int_equal(map_remove(&map, key * 4096), present[key]);
            present[key] = 0;
        } else {
            map_insert(&map, key * 4096, seed);
            expected[key] = seed;
            present[key] = 1;
        }
    }
    size_t count = 0;
    for (uint64_t key = 0; key < KEYS; key++) {
        uint64_t value = 0;
        assert_int_equal(map_find(&map, key * 4096, &value), present[key]);
        if (present[key]) {
            assert_int_equal(value, expected[key]);
            count++;
        }
    }
    assert_int_equal(map.count, count);
    map_deinit(&map);
}

struct item {
    int key;
    int order;
};
static int compare_keys(const void *one, const void *other) {
    return ((const struct item *)one)->key - ((const struct item *)other)->key;
}

static void sort_is_stable(void **state) {
    (void)state;
    for (int size = 0; size < 70; size++) {
        struct vector vector = VECTOR_OF(struct item);
        for (int i = 0; i < size; i++) {
            struct item *item = vector_push(&vector);
            item->key = (i * 7919) % 5;
            item->order = i;
        }
        vector_sort(&vector, compare_keys);
        for (int i = 1; i < size; i++) {
            const struct item *a = VECTOR_AT(&vector, struct item, i - 1);
            const struct item *b = VECTOR_AT(&vector, struct item, i);
            assert_true(a->key < b->key || (a->key == b->key && a->order < b->order));
        }
        vector_deinit(&vector);
    }
}

static void strings_keep_their_numbers(void **state) {
    (void)state;
    struct strings strings = {0};
    uint32_t numbers[1000];
    char name[32];
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "name%d", i);
        numbers[i] = strings_intern(&strings, name);
    }
    for (int i = 0; i < 1000; i++) {
        uint32_t found = 0;
        snprintf(name, sizeof name, "name%d", i);
        assert_int_equal(strings_intern(&strings, name), numbers[i]);
        assert_true(strings_find(&strings, name, &found));
        assert_int_equal(found, numbers[i]);
        assert_string_equal(strings_at(&strings, found), name);
    }
    uint32_t found = 0;
    assert_false(strings_find(&strings, "absent", &found));
    strings_deinit(&strings);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(map_agrees_with_a_table), cmocka_unit_test(sort_is_stable),
                                       cmocka_unit_test(strings_keep_their_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
