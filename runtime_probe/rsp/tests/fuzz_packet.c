/* Fuzz target: packet decoder, and whatever it decodes as a stop reply and as a target description. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/packet.h"
#include "spillscope/stop_reply.h"
#include "target_description.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static struct error *include_nothing(void *context, const char *name, size_t length) {
    (void)context;
    return length > 64 ? error_create(ERROR_TARGET, "'%.*s'", 64, name) : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    struct packet_decoder decoder;
    packet_decoder_init(&decoder);
    for (size_t i = 0; i < count; i++) {
        enum packet_event event = packet_decoder_push(&decoder, bytes[i]);
        if (event != PACKET_READY) {
            continue;
        }
        struct stop_reply reply;
        error_destroy(stop_reply_parse(decoder.payload, decoder.length, &reply));
        /* What was decoded must survive a round trip. */
        uint8_t *frame = malloc(packet_encoded_limit(decoder.length));
        uint8_t *copy = malloc(decoder.length + 1);
        size_t length = decoder.length;
        if (frame && copy) {
            memcpy(copy, decoder.payload, length);
            size_t written = packet_encode(copy, length, frame);
            struct packet_decoder again;
            packet_decoder_init(&again);
            event = PACKET_MORE;
            for (size_t k = 0; k < written; k++) {
                event = packet_decoder_push(&again, frame[k]);
            }
            if (event != PACKET_READY || again.length != length || memcmp(again.payload, copy, length) != 0) {
                abort();
            }
            packet_decoder_deinit(&again);
        }
        free(frame);
        free(copy);
    }
    packet_decoder_deinit(&decoder);

    struct target_description description = {0};
    error_destroy(target_description_add(&description, (const char *)bytes, count, include_nothing, NULL));
    target_description_finish(&description);
    target_description_deinit(&description);
    return 0;
}
