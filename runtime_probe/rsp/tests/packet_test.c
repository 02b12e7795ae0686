/* Packet decoder and stop replies, from bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spillscope/packet.h"
#include "spillscope/stop_reply.h"

/* Pushes a string and gives the last event that is not PACKET_MORE. */
static enum packet_event push(struct packet_decoder *decoder, const char *bytes) {
    enum packet_event last = PACKET_MORE;
    for (; *bytes; bytes++) {
        enum packet_event event = packet_decoder_push(decoder, (uint8_t)*bytes);
        last = event == PACKET_MORE ? last : event;
    }
    return last;
}

static void plain_packet(void **state) {
    (void)state;
    struct packet_decoder decoder;
    packet_decoder_init(&decoder);
    assert_int_equal(push(&decoder, "+$OK#9a"), PACKET_READY);
    assert_string_equal((const char *)decoder.payload, "OK");
    assert_int_equal(push(&decoder, "$#00"), PACKET_READY);
    assert_int_equal(decoder.length, 0);
    assert_int_equal(push(&decoder, "+"), PACKET_ACK);
    assert_int_equal(push(&decoder, "-"), PACKET_NAK);
    assert_int_equal(push(&decoder, "%Stop#14"), PACKET_BAD_CHECKSUM);
    packet_decoder_deinit(&decoder);
}

static void run_lengths_and_escapes(void **state) {
    (void)state;
    struct packet_decoder decoder;
    packet_decoder_init(&decoder);
    assert_int_equal(push(&decoder, "$0* #7a"), PACKET_READY); /* "0000" by the manual's own example */
    assert_string_equal((const char *)decoder.payload, "0000");
    uint8_t frame[64];
    static const uint8_t BYTES[] = {'$', '#', '}', '*', 'a', 0x00, 0xff};
    size_t length = packet_encode(BYTES, sizeof BYTES, frame);
    enum packet_event event = PACKET_MORE;
    for (size_t i = 0; i < length; i++) {
        event = packet_decoder_push(&decoder, frame[i]);
    }
    assert_int_equal(event, PACKET_READY);
    assert_int_equal(decoder.length, sizeof BYTES);
    assert_memory_equal(decoder.payload, BYTES, sizeof BYTES);
    packet_decoder_deinit(&decoder);
}

static void damaged_packets(void **state) {
    (void)state;
    struct packet_decoder decoder;
    packet_decoder_init(&decoder);
    assert_int_equal(push(&decoder, "$OK#9b"), PACKET_BAD_CHECKSUM);
    assert_int_equal(push(&decoder, "$OK#zz"), PACKET_BAD_ENCODING);
    assert_int_equal(push(&decoder, "$* #4a"), PACKET_BAD_ENCODING);    /* a run of nothing */
    assert_int_equal(push(&decoder, "$a}#xx#xx"), PACKET_BAD_ENCODING); /* '#' is the escaped byte */
    assert_int_equal(push(&decoder, "hello$half$OK#9a"), PACKET_READY); /* broken off, begun anew */
    assert_string_equal((const char *)decoder.payload, "OK");
    assert_int_equal(push(&decoder, "garbage"), PACKET_MORE);
    assert_int_equal(decoder.garbage_count, 7);
    packet_decoder_deinit(&decoder);
}

static void oversized_packet(void **state) {
    (void)state;
    struct packet_decoder decoder;
    packet_decoder_init(&decoder);
    packet_decoder_push(&decoder, '$');
    enum packet_event event = PACKET_MORE;
    for (size_t i = 0; i <= PACKET_LIMIT && event == PACKET_MORE; i++) {
        event = packet_decoder_push(&decoder, 'a');
    }
    assert_int_equal(event, PACKET_OVERSIZED);
    assert_int_equal(push(&decoder, "$OK#9a"), PACKET_READY);
    packet_decoder_deinit(&decoder);
}

static struct error *parse(const char *text, struct stop_reply *reply) {
    return stop_reply_parse((const uint8_t *)text, strlen(text), reply);
}

static void stop_replies(void **state) {
    (void)state;
    struct stop_reply reply;
    assert_null(parse("T05thread:p01.02;", &reply));
    assert_int_equal(reply.kind, STOP_SIGNAL);
    assert_int_equal(reply.code, 5);
    assert_string_equal(reply.thread, "p01.02");
    assert_int_equal(reply.watch, STOP_WATCH_NONE);
    assert_null(parse("T05thread:p01.01;rwatch:ffffffff80104ff8;", &reply));
    assert_int_equal(reply.watch, STOP_WATCH_READ);
    assert_true(reply.watch_address == 0xffffffff80104ff8U);
    assert_null(parse("S02", &reply));
    assert_string_equal(reply.thread, "");
    assert_null(parse("W15", &reply));
    assert_int_equal(reply.kind, STOP_EXITED);
    assert_int_equal(reply.code, 0x15);
    assert_null(parse("T0506:0*\"00;thread:1;", &reply));
    assert_string_equal(reply.thread, "1");
}

static void bad_stop_replies(void **state) {
    (void)state;
    static const char *const TEXTS[] = {"",
                                        "T",
                                        "T0",
                                        "Tzz",
                                        "Q05",
                                        "T05thread",
                                        "T05watch:;",
                                        "T05watch:12345678901234567;",
                                        "T05watch:12x;",
                                        "T05thread:0123456789012345678901234567890123456789;"};
    for (size_t i = 0; i < sizeof TEXTS / sizeof *TEXTS; i++) {
        struct stop_reply reply = {.code = 77};
        struct error *error = parse(TEXTS[i], &reply);
        assert_non_null(error);
        assert_int_equal(error_code_of(error), ERROR_TARGET);
        assert_int_equal(reply.code, 77);
        error_destroy(error);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_packet),    cmocka_unit_test(run_lengths_and_escapes),
        cmocka_unit_test(damaged_packets), cmocka_unit_test(oversized_packet),
        cmocka_unit_test(stop_replies),    cmocka_unit_test(bad_stop_replies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
