/* Stores that watchpoints tell, against transcripts of a stub; and where in an object they are set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <elf.h>

#include "../../snapshot/difference_private.h"
#include "../store_watch.h"
#include "fake_stub.h"

#define REGISTERS "l<target><reg name=\"rax\" bitsize=\"64\"/><reg name=\"rsp\" bitsize=\"64\"/><reg name=\"rip\" bitsize=\"64\"/></target>"
#define HANDSHAKE                                                                                                                                    \
    {"qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn-;vContSupported+", "PacketSize=1000;qXfer:features:read+;vContSupported+", NULL},        \
        {"qXfer:features:read:target.xml:0,7d0", REGISTERS, NULL}, {                                                                                 \
        "?", "T05thread:01;", NULL                                                                                                                   \
    }
#define END {NULL, NULL, NULL}

/* One object of 16 bytes at 0x1000: an array of 8, and a word at its end. */
struct scene {
    struct fake_stub stub;
    struct session *session;
    struct guest_memory *memory;
    struct guest guest;
    struct points points;
    struct own_bytes *own;
    struct store_stretch stretches[2];
    uint8_t bytes[12];
    uint8_t busy[2];
    struct store_watch watch;
};

static const struct region OBJECT = {.address = 0x1000, .size = 16};

static void scene_open(struct scene *scene, const struct fake_line *lines) {
    struct transport *transport = NULL;
    *scene = (struct scene){0};
    fake_stub_start(&scene->stub, lines, false);
    assert_null(transport_adopt(scene->stub.client, "fake", &transport));
    assert_null(session_create(transport, 5000, &scene->session));
    assert_null(guest_memory_create_stub(scene->session, &scene->memory));
    assert_null(guest_attach(scene->session, scene->memory, arch_by_machine(EM_X86_64, 8), &scene->guest));
    assert_null(own_bytes_create(&scene->own));
    scene->points.guest = &scene->guest;
    scene->stretches[0] = (struct store_stretch){.region = OBJECT, .length = 8, .busy = &scene->busy[0], .known = true};
    scene->stretches[1] =
        (struct store_stretch){.region = OBJECT, .offset = 12, .length = 4, .data = 8, .busy = &scene->busy[1], .leaf = true, .known = true};
    scene->watch = (struct store_watch){.list = scene->stretches, .count = 2, .bytes = scene->bytes};
}

static void scene_close(struct scene *scene) {
    own_bytes_destroy(scene->own);
    points_deinit(&scene->points);
    guest_memory_destroy(scene->memory);
    session_destroy(scene->session);
    assert_true(fake_stub_finish(&scene->stub));
}

static void scene_begin(struct scene *scene) {
    struct snapshot *now = NULL;
    const struct plan plan = {.shapes = &(const struct shape){.size = 16}, .shape_count = 1};
    assert_null(snapshot_create(1, 16, &now));
    memset(now->bytes, 0, 16);
    now->regions[0] = OBJECT;
    now->regions[0].parent = SNAPSHOT_NONE;
    assert_null(snapshot_index(now, &plan));
    assert_null(store_watch_begin(&scene->watch, &scene->points, now));
    snapshot_destroy(now);
}

#define BEGIN                                                                                                                                        \
    {"Z2,1000,8", "OK", NULL}, {                                                                                                                     \
        "Z2,100c,4", "OK", NULL                                                                                                                      \
    }

static void what_is_changed_back_is_own(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE,
                                             BEGIN,
                                             {"m1000,8", "0000070000000000", NULL},
                                             {"m1000,8", "0000000000000000", NULL},
                                             {"z2,1000,8", "OK", NULL},
                                             {"z2,100c,4", "OK", NULL},
                                             END};
    struct scene scene;
    scene_open(&scene, LINES);
    scene_begin(&scene);
    assert_null(store_watch_look(&scene.watch, &scene.points, 0x1000, scene.own));
    assert_null(store_watch_look(&scene.watch, &scene.points, 0x1000, scene.own));
    assert_null(store_watch_end(&scene.watch, &scene.points));
    assert_null(store_watch_tell(&scene.watch, scene.own));
    assert_null(session_flush_points(scene.session));
    assert_true(own_bytes_has(scene.own, &OBJECT, 2, false));
    assert_false(own_bytes_has(scene.own, &OBJECT, 3, false));
    assert_true(own_bytes_knows(scene.own, &OBJECT, 3));
    assert_false(own_bytes_knows(scene.own, &OBJECT, 8)); /* was not watched */
    assert_true(own_bytes_knows(scene.own, &OBJECT, 12));
    scene_close(&scene);
}

/* A lock word: one store is all there is to learn, and its other bytes stay open. */
static void a_leaf_is_asked_once(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE, BEGIN, {"m100c,4", "01000000", NULL}, {"z2,100c,4", "OK", NULL}, END};
    struct scene scene;
    scene_open(&scene, LINES);
    scene_begin(&scene);
    assert_null(store_watch_look(&scene.watch, &scene.points, 0x100c, scene.own));
    assert_null(store_watch_tell(&scene.watch, scene.own));
    assert_null(session_flush_points(scene.session));
    assert_true(own_bytes_has(scene.own, &OBJECT, 12, false));
    assert_false(own_bytes_knows(scene.own, &OBJECT, 13));
    assert_true(own_bytes_knows(scene.own, &OBJECT, 0));
    assert_int_equal(scene.busy[1], 0);
    scene_close(&scene);
}

/* A stop that tells of no watchpoint: everything is looked at. One where stores may be lost: nothing is known any more. */
static void an_untold_store_leaves_nothing_known(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE,
                                             BEGIN,
                                             {"m1000,8", NULL, NULL},
                                             {"m100c,4", NULL, NULL},
                                             {NULL, "0000000000000001", NULL},
                                             {NULL, "00000000", NULL},
                                             {"z2,1000,8", "OK", NULL},
                                             {"z2,100c,4", "OK", NULL},
                                             END};
    struct scene scene;
    scene_open(&scene, LINES);
    scene_begin(&scene);
    assert_null(store_watch_look(&scene.watch, &scene.points, 0, scene.own));
    assert_null(store_watch_give_up(&scene.watch, &scene.points));
    assert_null(store_watch_end(&scene.watch, &scene.points));
    assert_null(store_watch_tell(&scene.watch, scene.own));
    assert_null(session_flush_points(scene.session));
    assert_true(own_bytes_has(scene.own, &OBJECT, 7, false));
    assert_false(own_bytes_knows(scene.own, &OBJECT, 0));
    assert_false(own_bytes_knows(scene.own, &OBJECT, 12));
    scene_close(&scene);
}

/* Who stores there all the time is not asked for ever, and the kind of transactions is remembered for it. */
static void a_busy_stretch_is_given_up(void **state) {
    (void)state;
    enum { STOPS = 64 };
    static struct fake_line lines[STOPS + 16];
    static const struct fake_line FIRST[] = {HANDSHAKE, BEGIN};
    static char replies[STOPS][20];
    size_t count = sizeof FIRST / sizeof *FIRST;
    memcpy(lines, FIRST, sizeof FIRST);
    for (int i = 0; i < 16; i++) {
        snprintf(replies[i], sizeof replies[i], "%02x00000000000000", i + 1);
        lines[count++] = (struct fake_line){.request = "m1000,8", .reply = replies[i]};
    }
    lines[count++] = (struct fake_line){.request = "z2,1000,8", .reply = "OK"};
    struct scene scene;
    scene_open(&scene, lines);
    scene_begin(&scene);
    for (int i = 0; i < STOPS; i++) { /* it asks no more than the transcript has */
        assert_null(store_watch_look(&scene.watch, &scene.points, 0x1000, scene.own));
    }
    assert_null(store_watch_tell(&scene.watch, scene.own));
    assert_null(session_flush_points(scene.session));
    assert_int_equal(scene.busy[0], 1);
    assert_true(own_bytes_has(scene.own, &OBJECT, 0, false));
    assert_false(own_bytes_knows(scene.own, &OBJECT, 1));
    assert_true(own_bytes_knows(scene.own, &OBJECT, 12));
    scene_close(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_is_changed_back_is_own), cmocka_unit_test(a_leaf_is_asked_once),
                                       cmocka_unit_test(an_untold_store_leaves_nothing_known), cmocka_unit_test(a_busy_stretch_is_given_up)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
