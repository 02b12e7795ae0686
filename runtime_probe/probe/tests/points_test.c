/* How breakpoints are passed, against transcripts of a stub: above all where it tells of a stop in which nothing was executed, as QEMU 7.2 does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>

#include "../points.h"
#include "fake_stub.h"

/* Three registers, in the order of `g`: rax, rsp, rip. */
#define REGISTERS "l<target><reg name=\"rax\" bitsize=\"64\"/><reg name=\"rsp\" bitsize=\"64\"/><reg name=\"rip\" bitsize=\"64\"/></target>"
#define HANDSHAKE                                                                                                                                    \
    {"qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn-;vContSupported+", "PacketSize=1000;qXfer:features:read+;vContSupported+", NULL},        \
        {"qXfer:features:read:target.xml:0,7d0", REGISTERS, NULL}, {                                                                                 \
        "?", "T05thread:01;", NULL                                                                                                                   \
    }
#define STOPPED "T05thread:01;"
/* The sp is 0x8008: a push there is passed by a watchpoint on 0x8000. */
#define STANDING {"g", "000000000000000008800000000000000010000000000000", NULL}
#define BEHIND {"g", "000000000000000000800000000000000110000000000000", NULL}
#define MOVES {"m1000,8", "89c8909090909090", NULL}
#define PUSHES {"m1000,8", "5589e59090909090", NULL}
#define END {NULL, NULL, NULL}

struct scene {
    struct fake_stub stub;
    struct session *session;
    struct guest_memory *memory;
    struct guest guest;
    struct points points;
};

static void scene_open(struct scene *scene, const struct fake_line *lines) {
    struct transport *transport = NULL;
    *scene = (struct scene){0};
    fake_stub_start(&scene->stub, lines, false);
    assert_null(transport_adopt(scene->stub.client, "fake", &transport));
    assert_null(session_create(transport, 5000, &scene->session));
    assert_null(guest_memory_create_stub(scene->session, &scene->memory));
    assert_null(guest_attach(scene->session, scene->memory, arch_by_machine(EM_X86_64, 8), &scene->guest));
    assert_null(guest_look(&scene->guest, "01"));
    scene->points.guest = &scene->guest;
}

static void scene_close(struct scene *scene) {
    points_deinit(&scene->points);
    guest_memory_destroy(scene->memory);
    session_destroy(scene->session);
    assert_true(fake_stub_finish(&scene->stub));
}

static void pass(struct scene *scene, enum points_passed expected) {
    struct stop_reply stop;
    enum points_passed passed = POINTS_STOPPED;
    assert_null(points_pass(&scene->points, 5000, &stop, &passed));
    assert_int_equal(passed, expected);
}

static void a_step_without_progress_is_repeated(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {
        HANDSHAKE, STANDING, MOVES, {"vCont;s:01", STOPPED, NULL}, STANDING, MOVES, {"vCont;s:01", STOPPED, NULL}, BEHIND, END};
    struct scene scene;
    scene_open(&scene, LINES);
    pass(&scene, POINTS_PASSED);
    assert_int_equal(scene.guest.registers.pc, 0x1001);
    assert_int_equal(scene.points.passes_stepped, 2);
    scene_close(&scene);
}

static void a_push_is_passed_by_its_slot(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE,

                                             STANDING,
                                             PUSHES,
                                             {"z0,1000,1", "OK", NULL},
                                             {"Z2,8000,8", "OK", NULL},
                                             {"vCont;c:01", "T05thread:01;watch:8000;", NULL},
                                             {"z2,8000,8", "OK", NULL},
                                             {"Z0,1000,1", "OK", NULL},
                                             BEHIND,
                                             END};
    struct scene scene;
    scene_open(&scene, LINES);
    pass(&scene, POINTS_PASSED);
    assert_int_equal(scene.points.passes_watched, 1);
    scene_close(&scene);
}

/* The stop is told of another watchpoint: the one who asked must look at the registers himself, and all points stand as before. */
static void a_stop_for_something_else_is_handed_on(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE,

                                             STANDING,
                                             PUSHES,
                                             {"z0,1000,1", "OK", NULL},
                                             {"Z2,8000,8", "OK", NULL},
                                             {"vCont;c:01", "T05thread:01;watch:56469b704;", NULL},
                                             {"z2,8000,8", "OK", NULL},
                                             {"Z0,1000,1", "OK", NULL},

                                             STANDING,
                                             END};
    struct scene scene;
    scene_open(&scene, LINES);
    pass(&scene, POINTS_STOPPED);
    assert_false(points_has(&scene.points, SESSION_WATCH_WRITE, 0x8000));
    assert_null(guest_look(&scene.guest, "01"));
    scene_close(&scene);
}

/* The instruction itself comes to a watchpoint: it is over, and the stop is still to be handled. */
static void an_instruction_that_is_watched_is_told(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE, STANDING, MOVES, {"vCont;s:01", "T05thread:01;watch:8000;", NULL}, BEHIND, END};
    struct scene scene;
    scene_open(&scene, LINES);
    pass(&scene, POINTS_TOLD);
    scene_close(&scene);
}

/* A watchpoint is told and nothing was executed: the breakpoint is not passed. */
static void a_watchpoint_without_progress_is_no_pass(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE, STANDING, MOVES, {"vCont;s:01", "T05thread:01;rwatch:56469b704;", NULL}, STANDING, END};
    struct scene scene;
    scene_open(&scene, LINES);
    pass(&scene, POINTS_STOPPED);
    scene_close(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_step_without_progress_is_repeated), cmocka_unit_test(a_push_is_passed_by_its_slot),
                                       cmocka_unit_test(a_stop_for_something_else_is_handed_on),
                                       cmocka_unit_test(an_instruction_that_is_watched_is_told),
                                       cmocka_unit_test(a_watchpoint_without_progress_is_no_pass)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
