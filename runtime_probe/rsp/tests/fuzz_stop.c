/* Fuzz target: any bytes as a stop reply. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/stop_reply.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

static void require(bool holds) {
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    struct stop_reply before;
    memset(&before, 0x5a, sizeof before);
    struct stop_reply reply = before;
    bool matches = stop_reply_matches(bytes, count);
    struct error *error = stop_reply_parse(bytes, count, &reply);
    if (error) {
        require(memcmp(&reply, &before, sizeof reply) == 0); /* outputs are untouched on failure */
        require(error_code_of(error) == ERROR_TARGET && error_message(error)[0]);
        error_destroy(error);
        return 0;
    }
    require(matches || bytes[0] == 'O');
    require(memchr(reply.thread, 0, sizeof reply.thread) != NULL);
    require(reply.watch == STOP_WATCH_NONE || reply.kind == STOP_SIGNAL);
    /* What was read depends on these bytes alone. */
    uint8_t *copy = malloc(count ? count : 1);
    if (copy) {
        struct stop_reply again;
        memcpy(copy, bytes, count);
        require(stop_reply_parse(copy, count, &again) == NULL);
        require(again.kind == reply.kind && again.code == reply.code && strcmp(again.thread, reply.thread) == 0 && again.watch == reply.watch &&
                again.watch_address == reply.watch_address);
        free(copy);
    }
    return 0;
}
