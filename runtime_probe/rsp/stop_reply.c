#include "spillscope/stop_reply.h"

#include <string.h>

#include "spillscope/packet.h"

static struct error *reply_malformed(const uint8_t *bytes, size_t count, const char *what) {
    char shown[256];
    packet_describe(bytes, count, shown, sizeof shown);
    return error_create(ERROR_TARGET, "stop reply '%s': %s", shown, what);
}

bool stop_reply_matches(const uint8_t *bytes, size_t count) {
    if (count < 3 || (bytes[0] != 'S' && bytes[0] != 'T' && bytes[0] != 'W' && bytes[0] != 'X')) {
        return false;
    }
    return hex_value(bytes[1]) >= 0 && hex_value(bytes[2]) >= 0;
}

/* A number of hex digits; false when empty, too long or followed by other characters. */
static bool field_number(const uint8_t *bytes, size_t count, uint64_t *out_value) {
    uint64_t value = 0;
    if (count == 0 || count > 16) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        int digit = hex_value(bytes[i]);
        if (digit < 0) {
            return false;
        }
        value = value << 4 | (uint64_t)digit;
    }
    *out_value = value;
    return true;
}

static bool name_is(const uint8_t *bytes, size_t count, const char *name) {
    return count == strlen(name) && memcmp(bytes, name, count) == 0;
}

/* One "name:value" pair of a T packet; false when a pair that matters is malformed. Unknown names are allowed by the protocol. */
static bool reply_field(const uint8_t *name, size_t name_length, const uint8_t *value, size_t value_length, struct stop_reply *reply) {
    if (name_is(name, name_length, "thread")) {
        if (value_length == 0 || value_length >= STOP_THREAD_LENGTH) {
            return false;
        }
        memcpy(reply->thread, value, value_length);
        reply->thread[value_length] = 0;
        return true;
    }
    enum stop_watch watch = name_is(name, name_length, "watch")    ? STOP_WATCH_WRITE
                            : name_is(name, name_length, "rwatch") ? STOP_WATCH_READ
                            : name_is(name, name_length, "awatch") ? STOP_WATCH_ACCESS
                                                                   : STOP_WATCH_NONE;
    if (watch != STOP_WATCH_NONE) {
        reply->watch = watch;
        return field_number(value, value_length, &reply->watch_address);
    }
    return true;
}

static struct error *reply_fields(const uint8_t *bytes, size_t count, struct stop_reply *reply) {
    size_t at = 3;
    while (at < count) {
        size_t end = at;
        while (end < count && bytes[end] != ';') {
            end++;
        }
        const uint8_t *colon = memchr(bytes + at, ':', end - at);
        if (end > at && !colon) {
            return reply_malformed(bytes, count, "a field has no colon");
        }
        if (colon) {
            size_t name_length = (size_t)(colon - (bytes + at));
            if (!reply_field(bytes + at, name_length, colon + 1, end - at - name_length - 1, reply)) {
                return reply_malformed(bytes, count, "a field has a malformed value");
            }
        }
        at = end + 1;
    }
    return NULL;
}

struct error *stop_reply_parse(const uint8_t *bytes, size_t count, struct stop_reply *out_reply) {
    struct stop_reply reply = {.kind = STOP_SIGNAL};
    if (count > 0 && bytes[0] == 'O') {
        reply.kind = STOP_OUTPUT;
        *out_reply = reply;
        return NULL;
    }
    if (!stop_reply_matches(bytes, count)) {
        return reply_malformed(bytes, count, "not a stop reply");
    }
    reply.code = (uint8_t)(hex_value(bytes[1]) * 16 + hex_value(bytes[2]));
    if (bytes[0] == 'W' || bytes[0] == 'X') {
        reply.kind = bytes[0] == 'W' ? STOP_EXITED : STOP_KILLED;
    } else if (bytes[0] == 'T') {
        struct error *error = reply_fields(bytes, count, &reply);
        if (error) {
            return error;
        }
    }
    *out_reply = reply;
    return NULL;
}
