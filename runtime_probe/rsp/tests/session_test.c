/* Sessions against transcripts: the recorded ones are QEMU 7.2's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "fake_stub.h"
#include "spillscope/session.h"

#define SUPPORTED "qSupported:multiprocess+;swbreak+;hwbreak+;qRelocInsn-;vContSupported+"
#define XML(text) {"qXfer:features:read:target.xml:0,7d0", "l" text, NULL}
#define HANDSHAKE                                                                                                                                    \
    {SUPPORTED, "PacketSize=1000;qXfer:features:read+;vContSupported+;multiprocess+", NULL}, XML("<target><xi:include href=\"cpu.xml\"/></target>"), \
        {"qXfer:features:read:cpu.xml:0,7d0", "m<reg name=\"ax\" bitsize=\"64\"/><!-- <reg -->", NULL},                                              \
        {"qXfer:features:read:cpu.xml:2a,7d0", "l<reg name=\"pc\" bitsize=\"64\" regnum=\"16\"/>", NULL}, {                                          \
        "?", "T05thread:p01.01;", NULL                                                                                                               \
    }
#define END {NULL, NULL, NULL}

static struct error *connect_to(struct fake_stub *stub, const struct fake_line *lines, bool linger, int timeout_ms, struct session **session) {
    struct transport *transport = NULL;
    fake_stub_start(stub, lines, linger);
    assert_null(transport_adopt(stub->client, "fake", &transport));
    return session_create(transport, timeout_ms, session);
}

static void expect_error(struct error *error, const char *part) {
    assert_non_null(error);
    assert_int_equal(error_code_of(error), ERROR_TARGET);
    if (!strstr(error_message(error), part)) {
        fail_msg("'%s' does not say '%s'", error_message(error), part);
    }
    error_destroy(error);
}

static void handshake_reads_registers(void **state) {
    (void)state;
    /* QEMU 7.2 sends a stop reply on connect, before anything was asked. */
    static const struct fake_line LINES[] = {{NULL, "T02thread:p01.01;", NULL}, HANDSHAKE, END};
    struct fake_stub stub;
    struct session *session = NULL;
    assert_null(connect_to(&stub, LINES, false, 5000, &session));
    size_t count = 0;
    const struct session_register *registers = session_registers(session, &count);
    assert_int_equal(count, 2);
    assert_string_equal(registers[1].name, "pc");
    assert_int_equal(registers[1].number, 16);
    assert_int_equal(registers[1].offset, 8);
    assert_true(session_supports(session, "multiprocess"));
    assert_false(session_supports(session, "multi"));
    assert_string_equal(session_first_stop(session)->thread, "p01.01");
    session_destroy(session);
    assert_true(fake_stub_finish(&stub));
}

static void memory_is_pipelined_and_checked(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE,
                                             {"Z0,1000,1", NULL, NULL},
                                             {"Z3,2000,8", NULL, NULL},
                                             {NULL, "OK", NULL},
                                             {NULL, "OK", NULL},
                                             {"m100,4", "0a0b0c0d", NULL},
                                             {"m200,2", "E14", NULL},
                                             {"M300,2:beef", "OK", NULL},
                                             {"g", "01000000000000000200xxxx00000000", NULL},
                                             {"P10=efbe000000000000", "OK", NULL},
                                             END};
    struct fake_stub stub;
    struct session *session = NULL;
    assert_null(connect_to(&stub, LINES, false, 5000, &session));
    assert_null(session_set_point(session, SESSION_BREAK_SOFTWARE, 0x1000, 1));
    assert_null(session_set_point(session, SESSION_WATCH_READ, 0x2000, 8));
    uint8_t bytes[4] = {0};
    bool valid = false;
    assert_null(session_read_memory(session, 0x100, bytes, 4, &valid));
    assert_true(valid);
    assert_int_equal(bytes[2], 0x0c);
    assert_null(session_read_memory(session, 0x200, bytes, 2, &valid));
    assert_false(valid);
    assert_null(session_write_memory(session, 0x300, "\xbe\xef", 2));
    uint8_t registers[64];
    size_t count = 0;
    assert_null(session_read_registers(session, registers, sizeof registers, &count));
    assert_int_equal(count, 16);
    assert_int_equal(registers[8], 2);
    assert_int_equal(registers[10], 0);
    assert_null(session_write_register(session, session_register_by_name(session, "pc"), 0xbeef));
    session_destroy(session);
    assert_true(fake_stub_finish(&stub));
}

static void threads_and_monitor(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE,
                                             {"qfThreadInfo", "mp01.01,p01.02", NULL},
                                             {"qsThreadInfo", "mp01.03", NULL},
                                             {"qsThreadInfo", "l", NULL},
                                             {"qRcmd,696e666f", "O6162", NULL},
                                             {NULL, "O63", NULL},
                                             {NULL, "OK", NULL},
                                             END};
    struct fake_stub stub;
    struct session *session = NULL;
    assert_null(connect_to(&stub, LINES, false, 5000, &session));
    char **threads = NULL;
    size_t count = 0;
    assert_null(session_threads(session, &threads, &count));
    assert_int_equal(count, 3);
    assert_string_equal(threads[1], "p01.02");
    assert_string_equal(threads[2], "p01.03");
    free(threads);
    char *output = NULL;
    assert_null(session_monitor(session, "info", &output));
    assert_string_equal(output, "abc");
    free(output);
    session_destroy(session);
    assert_true(fake_stub_finish(&stub));
}

static void stops_and_interrupts(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE,
                                             {"vCont;c", NULL, NULL},
                                             {NULL, "O6869", NULL},
                                             {NULL, "T05thread:p01.02;rwatch:1ff8;", NULL},
                                             {"vCont;s:p01.02", "T05thread:p01.02;", NULL},
                                             {"vCont;c:p01.02", NULL, NULL},
                                             {"\x03", "T02thread:p01.01;", NULL},
                                             {"vCont;c", "W07", NULL},
                                             END};
    struct fake_stub stub;
    struct session *session = NULL;
    struct stop_reply reply;
    enum session_wait outcome = SESSION_TIMEOUT;
    assert_null(connect_to(&stub, LINES, false, 5000, &session));
    assert_null(session_continue(session, NULL));
    assert_null(session_wait(session, 5000, -1, &outcome, &reply));
    assert_int_equal(outcome, SESSION_STOPPED);
    assert_int_equal(reply.watch, STOP_WATCH_READ);
    assert_int_equal(reply.watch_address, 0x1ff8);
    assert_null(session_step(session, reply.thread));
    assert_null(session_wait(session, 5000, -1, &outcome, &reply));
    assert_null(session_continue(session, reply.thread));
    assert_null(session_wait(session, 50, -1, &outcome, &reply));
    assert_int_equal(outcome, SESSION_TIMEOUT);
    assert_null(session_interrupt(session));
    assert_null(session_wait(session, 5000, -1, &outcome, &reply));
    assert_int_equal(reply.code, 2);
    assert_null(session_continue(session, NULL));
    assert_null(session_wait(session, 5000, -1, &outcome, &reply));
    assert_int_equal(reply.kind, STOP_EXITED);
    assert_int_equal(reply.code, 7);
    session_destroy(session);
    assert_true(fake_stub_finish(&stub));
}

static void damaged_reply_is_asked_again(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE, {"m100,2", NULL, "$0a0b#00"}, {"-", "0a0b", NULL}, END};
    struct fake_stub stub;
    struct session *session = NULL;
    uint8_t bytes[2];
    bool valid = false;
    assert_null(connect_to(&stub, LINES, false, 5000, &session));
    assert_null(session_read_memory(session, 0x100, bytes, 2, &valid));
    assert_int_equal(bytes[1], 0x0b);
    session_destroy(session);
    assert_true(fake_stub_finish(&stub));
}

static void damaged_notification_is_not_asked_again(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE, {"m100,2", NULL, "%Stop:T05thread:1;#00"}, {NULL, "0a0b", NULL}, {"m200,1", "0c", NULL}, END};
    struct fake_stub stub;
    struct session *session = NULL;
    uint8_t bytes[2];
    bool valid = false;
    assert_null(connect_to(&stub, LINES, false, 5000, &session));
    assert_null(session_read_memory(session, 0x100, bytes, 2, &valid));
    assert_int_equal(bytes[1], 0x0b);
    assert_null(session_read_memory(session, 0x200, bytes, 1, &valid));
    assert_int_equal(bytes[0], 0x0c);
    session_destroy(session);
    assert_true(fake_stub_finish(&stub)); /* which fails on anything but these two requests */
}

/* Each way in which a stub fails, and the words that tell it. */
static void failures_are_told_apart(void **state) {
    (void)state;
    static const struct {
        struct fake_line lines[8];
        bool linger;
        const char *message;
    } CASES[] = {
        {{HANDSHAKE, {"m100,2", NULL, "$0a"}, END}, false, "closed the connection midway, after 'm100,2'"},
        {{HANDSHAKE, {"m100,2", NULL, NULL}, END}, true, "hung: no answer to 'm100,2'"},
        {{HANDSHAKE, {"m100,2", NULL, "GET / HTTP\x01"}, END}, true, "GET / HTTP\\x01"},
        {{HANDSHAKE, {"m100,2", "hello!", NULL}, END}, true, "unexpected reply: 'hello!'"},
        {{HANDSHAKE, {"m100,2", "0a0b0c", NULL}, END}, true, "unexpected reply: '0a0b0c'"},
        {{HANDSHAKE, {"m100,2", "", NULL}, END}, true, "does not support 'm100,2'"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct fake_stub stub;
        struct session *session = NULL;
        uint8_t bytes[2];
        bool valid = true;
        assert_null(connect_to(&stub, CASES[i].lines, CASES[i].linger, 1500, &session));
        expect_error(session_read_memory(session, 0x100, bytes, 2, &valid), CASES[i].message);
        session_destroy(session);
        assert_true(fake_stub_finish(&stub));
    }
}

static void handshake_failures(void **state) {
    (void)state;
    static const struct {
        struct fake_line lines[8];
        const char *message;
    } CASES[] = {
        {{{SUPPORTED, "qXfer:features:read+", NULL}, XML("<target><reg name='a' bitsize='7'/></target>"), END}, "bitsize"},
        {{{SUPPORTED, "qXfer:features:read+", NULL}, XML("<target><reg name='a'"), END}, "does not end"},
        {{{SUPPORTED, "qXfer:features:read+", NULL}, {"qXfer:features:read:target.xml:0,7d0", "E00", NULL}, END},
         "refuses 'qXfer:features:read:target.xml"},
        {{{SUPPORTED, "PacketSize=1000", NULL}, {"?", "W00", NULL}, END}, "has ended already"},
        {{END}, "closed the connection"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct fake_stub stub;
        struct session *session = NULL;
        expect_error(connect_to(&stub, CASES[i].lines, false, 2000, &session), CASES[i].message);
        assert_null(session);
        fake_stub_finish(&stub);
    }
}

/* Registers that were never described are no registers: the reply is somebody else's. */
static void too_many_registers_are_refused(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE,
                                             {"g", "01000000000000000200000000000000", NULL},
                                             {"g", "010000000000000002000000000000000", NULL},
                                             {"g", "0100000000000000020000000000000003", NULL},
                                             END};
    struct fake_stub stub;
    struct session *session = NULL;
    uint8_t bytes[64];
    size_t count = 0;
    assert_null(connect_to(&stub, LINES, false, 5000, &session));
    assert_null(session_read_registers(session, bytes, sizeof bytes, &count));
    assert_int_equal(count, 16);
    expect_error(session_read_registers(session, bytes, sizeof bytes, &count), "unexpected reply");
    expect_error(session_read_registers(session, bytes, sizeof bytes, &count), "unexpected reply");
    assert_int_equal(count, 16);
    session_destroy(session);
    assert_true(fake_stub_finish(&stub));
}

static void refused_point_is_an_error(void **state) {
    (void)state;
    static const struct fake_line LINES[] = {HANDSHAKE, {"Z3,100,8", "", NULL}, END};
    struct fake_stub stub;
    struct session *session = NULL;
    assert_null(connect_to(&stub, LINES, false, 5000, &session));
    assert_null(session_set_point(session, SESSION_WATCH_READ, 0x100, 8));
    expect_error(session_flush_points(session), "does not support");
    session_destroy(session);
    assert_true(fake_stub_finish(&stub));
}

static void addresses(void **state) {
    (void)state;
    struct transport *transport = NULL;
    expect_error(transport_connect("unix:/nonexistent/stub", 50, &transport), "refused");
    struct error *error = transport_connect("nonsense", 50, &transport);
    assert_int_equal(error_code_of(error), ERROR_USAGE);
    error_destroy(error);
    error = transport_connect(":99999", 50, &transport);
    assert_int_equal(error_code_of(error), ERROR_USAGE);
    error_destroy(error);
    assert_null(transport);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handshake_reads_registers),
        cmocka_unit_test(memory_is_pipelined_and_checked),
        cmocka_unit_test(threads_and_monitor),
        cmocka_unit_test(stops_and_interrupts),
        cmocka_unit_test(damaged_reply_is_asked_again),
        cmocka_unit_test(failures_are_told_apart),
        cmocka_unit_test(handshake_failures),
        cmocka_unit_test(too_many_registers_are_refused),
        cmocka_unit_test(damaged_notification_is_not_asked_again),
        cmocka_unit_test(refused_point_is_an_error),
        cmocka_unit_test(addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
