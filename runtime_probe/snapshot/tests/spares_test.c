/* Snapshots that are overwritten, and the comparison that finds what need not be copied. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../equal_bytes.h"
#include "../snapshot_private.h"

enum { ROOM = 3 * 4096 };

static void the_first_byte_that_differs_is_found(void **state) {
    (void)state;
    uint8_t *one = calloc(2, ROOM);
    assert_non_null(one);
    uint8_t *other = one + ROOM;
    static const uint64_t LENGTHS[] = {0, 1, 7, 8, 9, 63, 511, 512, 513, 1024, 4096 + 5, ROOM - 3};
    for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++) {
        uint64_t count = LENGTHS[i];
        assert_int_equal(equal_bytes(one + 3, other + 1, count), count);
        for (uint64_t at = 0; at < count; at += at < 1100 || at > count - 20 ? 1 : 97) {
            one[3 + at] = 0x80;
            assert_int_equal(equal_bytes(one + 3, other + 1, count), at);
            one[3 + at] = 0;
        }
        one[3 + count] = 1; /* behind the end */
        assert_int_equal(equal_bytes(one + 3, other + 1, count), count);
        one[3 + count] = 0;
    }
    free(one);
}

/* A snapshot of one region with these bytes, as the walk makes one. */
static struct snapshot *made(struct snapshot_spares *spares, const struct scope *scope, const uint8_t *bytes, uint64_t count) {
    struct snapshot *snapshot = spares_take(spares, scope);
    assert_non_null(snapshot);
    assert_true(snapshot_reserve(snapshot, count));
    snapshot->byte_count = count;
    snapshot_update(snapshot, 0, bytes, count);
    assert_memory_equal(snapshot->bytes, bytes, count);
    snapshot->count = 0;
    if (!snapshot->index) {
        assert_null(snapshot_reindex(snapshot));
    }
    return snapshot;
}

static uint64_t same_at(const struct snapshot *before, const struct snapshot *after, uint64_t size, uint64_t at) {
    const struct region region = {.size = size};
    return snapshot_same(before, &region, after, &region, at);
}

/* Whatever is overwritten by whom, bytes that are told to be the same are. */
static void stamps_never_lie(void **state) {
    (void)state;
    enum { LIVE = 4, SCOPES = 2, ROUNDS = 4000 };
    struct snapshot_spares *spares = NULL;
    struct scope scopes[SCOPES] = {{0}};
    struct snapshot *live[LIVE] = {NULL};
    uint8_t ram[ROOM] = {0};
    uint64_t told = 0;
    uint64_t seed = 1;
    assert_null(snapshot_spares_create(&spares));
    for (int round = 0; round < ROUNDS; round++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        uint64_t at = (seed >> 33) % ROOM;
        ram[at] = (uint8_t)(seed >> 60 & 1); /* mostly what it was */
        size_t place = (seed >> 20) % LIVE;
        snapshot_destroy(live[place]);
        uint64_t count = round % 7 == 0 ? ROOM / 2 : ROOM;
        live[place] = made(spares, &scopes[(seed >> 50) % SCOPES], ram, count);
        for (size_t i = 0; i < LIVE; i++) {
            uint64_t size = live[i] && live[i]->byte_count < count ? live[i]->byte_count : count;
            for (uint64_t from = 0; i != place && live[i] && from < size; from += 300) {
                uint64_t known = same_at(live[i], live[place], size, from);
                assert_memory_equal(live[i]->bytes + from, live[place]->bytes + from, known);
                told += known;
            }
        }
    }
    assert_true(told > 0);
    for (size_t i = 0; i < LIVE; i++) {
        snapshot_destroy(live[i]);
    }
    snapshot_spares_destroy(spares);
}

/* What did not change between the entry and the exit of a transaction is not compared a second time. */
static void only_changed_blocks_differ(void **state) {
    (void)state;
    struct snapshot_spares *spares = NULL;
    struct scope scope = {0};
    uint8_t ram[ROOM] = {0};
    assert_null(snapshot_spares_create(&spares));
    for (int round = 1; round < 4; round++) {
        struct snapshot *before = made(spares, &scope, ram, ROOM);
        ram[5 * SNAPSHOT_BLOCK + 17] = (uint8_t)round;
        struct snapshot *after = made(spares, &scope, ram, ROOM);
        assert_int_equal(same_at(before, after, ROOM, 100), 5 * SNAPSHOT_BLOCK - 100);
        assert_int_equal(same_at(before, after, ROOM, 5 * SNAPSHOT_BLOCK + 3), 0);
        assert_int_equal(same_at(before, after, ROOM, 6 * SNAPSHOT_BLOCK), ROOM - 6 * SNAPSHOT_BLOCK);
        snapshot_destroy(after);
        snapshot_destroy(before);
    }
    snapshot_spares_destroy(spares);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_byte_that_differs_is_found),
        cmocka_unit_test(stamps_never_lie),
        cmocka_unit_test(only_changed_blocks_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
