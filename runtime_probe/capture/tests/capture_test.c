/* The parts of the recorder mode that need no QEMU: how instructions store, the ring, the list of lines that were stored to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "dirty.h"
#include "instruction.h"
#include "shadow.h"
#include "spillscope/capture_log.h"
#include "store_log.h"

struct sample {
    uint8_t bytes[8];
    size_t size;
    enum instruction_stores stores;
};

static void instructions_are_judged(void **state) {
    static const struct sample samples[] = {
        {{0x48, 0x89, 0x07}, 3, INSTRUCTION_PLAIN},             /* mov %rax,(%rdi) */
        {{0x66, 0xc7, 0x07, 1, 0}, 5, INSTRUCTION_PLAIN},       /* movw $1,(%rdi) */
        {{0xf3, 0x48, 0xab}, 3, INSTRUCTION_PLAIN},             /* rep stosq */
        {{0xff, 0x07}, 2, INSTRUCTION_PLAIN},                   /* incl (%rdi) */
        {{0xff, 0x10}, 2, INSTRUCTION_PLAIN},                   /* call *(%rax): pushes, and reads memory */
        {{0x0f, 0x94, 0x07}, 3, INSTRUCTION_PLAIN},             /* sete (%rdi) */
        {{0x41, 0x57}, 2, INSTRUCTION_PUSHES},                  /* push %r15 */
        {{0xe8, 0, 0, 0, 0}, 5, INSTRUCTION_PUSHES},            /* call */
        {{0xff, 0x37}, 2, INSTRUCTION_OTHER},                   /* pushq (%rdi) */
        {{0xff, 0x1f}, 2, INSTRUCTION_OTHER},                   /* far call */
        {{0xf0, 0x48, 0xff, 0x07}, 4, INSTRUCTION_OTHER},       /* lock incq (%rdi) */
        {{0x87, 0x07}, 2, INSTRUCTION_OTHER},                   /* xchg %eax,(%rdi) */
        {{0x0f, 0xae, 0x07}, 3, INSTRUCTION_OTHER},             /* fxsave */
        {{0x48, 0x0f, 0xc7, 0x0f}, 4, INSTRUCTION_OTHER},       /* cmpxchg16b */
        {{0xd9, 0x3f}, 2, INSTRUCTION_OTHER},                   /* fnstcw */
        {{0x65, 0x48, 0x89, 0x04, 0x25}, 5, INSTRUCTION_OTHER}, /* mov to a segment: not told, so the slow way */
        {{0x8e, 0xd8}, 2, INSTRUCTION_OTHER},                   /* mov %eax,%ds: marks the descriptor */
        {{0xc8, 0, 0, 0}, 4, INSTRUCTION_OTHER},                /* enter */
        {{0x48}, 1, INSTRUCTION_OTHER},                         /* cut */
        {{0}, 0, INSTRUCTION_OTHER},
    };
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        if (instruction_stores(samples[i].bytes, samples[i].size) != samples[i].stores) {
            fail_msg("sample %zu is judged %d", i, (int)instruction_stores(samples[i].bytes, samples[i].size));
        }
    }
}

static void succeed(struct error *error) {
    if (error) {
        fail_msg("%s", error_message(error));
    }
}

/* Messages of odd sizes, several times around the ring, arrive whole and in order. */
static void the_ring_goes_around(void **state) {
    struct capture_ring writer;
    struct capture_ring reader;
    const struct capture_message *message = NULL;
    (void)state;
    succeed(capture_ring_create(1 << 16, &writer));
    succeed(capture_ring_attach(writer.descriptor, &reader));
    for (uint32_t i = 0; i < 5000; i++) {
        size_t size = sizeof *message + i * 37 % 1200;
        uint8_t *bytes = capture_ring_reserve(&writer, CAPTURE_LEAVE, size);
        memset(bytes + sizeof *message, (int)(i & 0xff), size - sizeof *message);
        capture_ring_commit(&writer);
        succeed(capture_ring_next(&reader, &message));
        assert_non_null(message);
        assert_int_equal(message->size, (size + 7) & ~(size_t)7);
        for (size_t at = sizeof *message; at < size; at++) {
            assert_int_equal(((const uint8_t *)message)[at], i & 0xff);
        }
        capture_ring_release(&reader, message);
    }
    succeed(capture_ring_next(&reader, &message));
    assert_null(message);
    capture_ring_deinit(&reader);
    capture_ring_deinit(&writer);
}

static void what_is_no_message_is_refused(void **state) {
    static const uint32_t sizes[] = {0, 4, 7, 12, 1 << 20};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct capture_ring ring;
        const struct capture_message *message = NULL;
        succeed(capture_ring_create(1 << 16, &ring));
        struct capture_message *bad = (struct capture_message *)(void *)ring.bytes;
        bad->kind = CAPTURE_LEAVE;
        bad->size = sizes[i];
        atomic_store(&ring.header->written, 64);
        struct error *error = capture_ring_next(&ring, &message);
        assert_non_null(error);
        assert_int_equal(error_code_of(error), ERROR_FORMAT);
        error_destroy(error);
        capture_ring_deinit(&ring);
    }
}

static void lines_are_dirty_since_their_epoch(void **state) {
    static struct dirty dirty;
    (void)state;
    for (int alone = 0; alone < 2; alone++) {
        assert_true(dirty_init(&dirty, 1 << 20, alone));
        uint32_t first = dirty_look(&dirty);
        assert_false(dirty_since(&dirty, 7, first));
        dirty_stamp(&dirty, 7);
        dirty_stamp(&dirty, 7);
        assert_true(dirty_since(&dirty, 7, first));
        assert_false(dirty_since(&dirty, 8, first));
        uint32_t second = dirty_look(&dirty);
        assert_false(dirty_since(&dirty, 7, second));
        dirty_stamp(&dirty, 8);
        assert_true(dirty_since(&dirty, 8, second));
        assert_int_equal(dirty.count, alone ? 2 : 0); /* each line once an epoch */
        dirty_deinit(&dirty);
        dirty.count = 0;
    }
}

/* What was stored before an object came to lie there is not the object's, but for what its allocator stored. */
static void stores_to_what_is_gone_do_not_survive(void **state) {
    (void)state;
    struct store_log_pool pool = {0};
    struct store_log *log = store_log_take(&pool);
    assert_non_null(log);
    store_log_add(log, (struct store){.ram = 0x1000, .size = 8}); /* to an older object */
    store_log_add(log, (struct store){.ram = 0x2000, .size = 8});
    uint32_t before = log->count;
    store_log_add(log, (struct store){.ram = 0x1000, .size = 8}); /* zeroed by the allocator */
    store_log_born(log, &(struct store_range){.ram = 0xff8, .size = 0x10}, before);
    store_log_add(log, (struct store){.ram = 0x1008, .size = 8});
    const bool expected[] = {false, true, true, true};
    for (uint32_t i = 0; i < log->count; i++) {
        assert_int_equal(store_log_survives(log, i), expected[i]);
    }
    store_log_give(&pool, log);
    log = store_log_take(&pool);
    store_log_add(log, (struct store){.ram = 0x1000, .size = 8});
    assert_true(store_log_survives(log, 0));
    store_log_give(&pool, log);
    store_log_pool_deinit(&pool);
}

/* A store changes the bytes that held something else, as far as it is known what they held: to the CPU that stored there last. */
static void kept_bytes_are_told_from_changed_ones(void **state) {
    (void)state;
    for (int alone = 0; alone < 2; alone++) {
        uint8_t ram[64] = {0};
        struct shadow shadow;
        assert_true(shadow_init(&shadow, ram, sizeof ram, alone));
        assert_int_equal(shadow_store(&shadow, 0, 8, 8), 0xff); /* not known yet */
        assert_int_equal(shadow_store(&shadow, 0, 8, 8), 0);
        ram[13] = 1;
        assert_int_equal(shadow_store(&shadow, 0, 8, 8), 1U << 5);
        ram[15] = 2;
        assert_int_equal(shadow_store(&shadow, 0, 14, 2), 1U << 1); /* within a word */
        ram[10] = 3;
        ram[16] = 3;
        assert_int_equal(shadow_store(&shadow, 0, 10, 8), 1U << 0 | 1U << 6 | 1U << 7); /* across words, the last not known */
        assert_int_equal(shadow_store(&shadow, 1, 8, 4), 0xf);                          /* another CPU's */
        assert_int_equal(shadow_store(&shadow, 0, 8, 8), 0xf);
        ram[9] = 4; /* a device */
        shadow_check(&shadow, 0, sizeof ram);
        ram[9] = 0;
        assert_int_equal(shadow_store(&shadow, 0, 8, 8), 0xf);
        assert_int_equal(shadow_store(&shadow, 0, 32, 32), UINT32_MAX);
        shadow_deinit(&shadow);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(instructions_are_judged),
                                       cmocka_unit_test(the_ring_goes_around),
                                       cmocka_unit_test(what_is_no_message_is_refused),
                                       cmocka_unit_test(lines_are_dirty_since_their_epoch),
                                       cmocka_unit_test(stores_to_what_is_gone_do_not_survive),
                                       cmocka_unit_test(kept_bytes_are_told_from_changed_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
