#include "spillscope/packet.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUTSIDE, PAYLOAD, DIGIT_ONE, DIGIT_TWO };

static const uint8_t RUN_LENGTH_BASE = 29;

void packet_decoder_init(struct packet_decoder *decoder) {
    memset(decoder, 0, sizeof *decoder);
}

void packet_decoder_deinit(struct packet_decoder *decoder) {
    free(decoder->payload);
    packet_decoder_init(decoder);
}

/* Appends `count` copies; keeps one byte of room for the NUL. False when the packet grows too long. */
static bool decoder_append(struct packet_decoder *decoder, uint8_t byte, size_t count) {
    if (decoder->length + count > PACKET_LIMIT) {
        return false;
    }
    if (decoder->length + count + 1 > decoder->capacity) {
        size_t capacity = decoder->capacity ? decoder->capacity * 2 : 512;
        while (capacity < decoder->length + count + 1) {
            capacity *= 2;
        }
        uint8_t *grown = realloc(decoder->payload, capacity);
        if (!grown) {
            return false;
        }
        decoder->payload = grown;
        decoder->capacity = capacity;
    }
    memset(decoder->payload + decoder->length, byte, count);
    decoder->length += count;
    decoder->payload[decoder->length] = 0;
    return true;
}

static void decoder_start(struct packet_decoder *decoder, bool notification) {
    decoder->state = PAYLOAD;
    decoder->notification = notification;
    decoder->length = 0;
    decoder->escaped = false;
    decoder->repeat = false;
    decoder->malformed = false;
    decoder->sum = 0;
}

static enum packet_event decoder_outside(struct packet_decoder *decoder, uint8_t byte) {
    switch (byte) {
    case '$':
    case '%':
        decoder_start(decoder, byte == '%');
        return decoder_append(decoder, 0, 0) ? PACKET_MORE : PACKET_OVERSIZED;
    case '+':
        return PACKET_ACK;
    case '-':
        return PACKET_NAK;
    default:
        if (decoder->garbage_count < PACKET_GARBAGE_KEPT) {
            decoder->garbage[decoder->garbage_count] = byte;
        }
        decoder->garbage_count++;
        return PACKET_MORE;
    }
}

static enum packet_event decoder_payload(struct packet_decoder *decoder, uint8_t byte) {
    if (byte == '#' && !decoder->escaped && !decoder->repeat) {
        decoder->state = DIGIT_ONE;
        return PACKET_MORE;
    }
    if (byte == '$' && !decoder->escaped && !decoder->repeat) {
        /* '$' never stands raw inside a packet: the sender broke off and begins anew. */
        decoder_start(decoder, false);
        return PACKET_MORE;
    }
    decoder->sum = (uint8_t)(decoder->sum + byte);
    bool fits = true;
    if (decoder->escaped) {
        decoder->escaped = false;
        fits = decoder_append(decoder, byte ^ 0x20, 1);
    } else if (decoder->repeat) {
        decoder->repeat = false;
        if (byte < RUN_LENGTH_BASE + 1 || byte > '~' || decoder->length == 0) {
            decoder->malformed = true;
        } else {
            fits = decoder_append(decoder, decoder->payload[decoder->length - 1], (size_t)(byte - RUN_LENGTH_BASE));
        }
    } else if (byte == '}') {
        decoder->escaped = true;
    } else if (byte == '*' && !decoder->notification) {
        decoder->repeat = true;
    } else {
        fits = decoder_append(decoder, byte, 1);
    }
    if (!fits) {
        decoder->state = OUTSIDE;
        decoder->length = 0;
        return PACKET_OVERSIZED;
    }
    return PACKET_MORE;
}

static enum packet_event decoder_finish(struct packet_decoder *decoder, uint8_t byte) {
    decoder->state = OUTSIDE;
    int high = hex_value(decoder->wanted);
    int low = hex_value(byte);
    if (high < 0 || low < 0 || decoder->malformed || decoder->escaped || decoder->repeat) {
        return PACKET_BAD_ENCODING;
    }
    if (high * 16 + low != decoder->sum) {
        return PACKET_BAD_CHECKSUM;
    }
    decoder->garbage_count = 0;
    return decoder->notification ? PACKET_NOTIFICATION : PACKET_READY;
}

enum packet_event packet_decoder_push(struct packet_decoder *decoder, uint8_t byte) {
    switch (decoder->state) {
    case OUTSIDE:
        return decoder_outside(decoder, byte);
    case PAYLOAD:
        return decoder_payload(decoder, byte);
    case DIGIT_ONE:
        decoder->wanted = byte;
        decoder->state = DIGIT_TWO;
        return PACKET_MORE;
    default:
        return decoder_finish(decoder, byte);
    }
}

size_t packet_encoded_limit(size_t length) {
    return 2 * length + 4;
}

size_t packet_encode(const uint8_t *payload, size_t length, uint8_t *out) {
    size_t written = 0;
    uint8_t sum = 0;
    out[written++] = '$';
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = payload[i];
        if (byte == '$' || byte == '#' || byte == '}' || byte == '*') {
            out[written++] = '}';
            sum = (uint8_t)(sum + '}');
            byte ^= 0x20;
        }
        out[written++] = byte;
        sum = (uint8_t)(sum + byte);
    }
    out[written++] = '#';
    hex_encode(&sum, 1, (char *)out + written);
    return written + 2;
}

int hex_value(uint8_t character) {
    if (character >= '0' && character <= '9') {
        return character - '0';
    }
    if (character >= 'a' && character <= 'f') {
        return character - 'a' + 10;
    }
    if (character >= 'A' && character <= 'F') {
        return character - 'A' + 10;
    }
    return -1;
}

bool hex_decode(const uint8_t *digits, size_t count, uint8_t *out) {
    for (size_t i = 0; i < count; i++) {
        int high = hex_value(digits[2 * i]);
        int low = hex_value(digits[2 * i + 1]);
        if (high < 0 || low < 0) {
            return false;
        }
        out[i] = (uint8_t)(high * 16 + low);
    }
    return true;
}

void hex_encode(const uint8_t *bytes, size_t count, char *out) {
    static const char DIGITS[] = "0123456789abcdef";
    for (size_t i = 0; i < count; i++) {
        out[2 * i] = DIGITS[bytes[i] >> 4];
        out[2 * i + 1] = DIGITS[bytes[i] & 15];
    }
}

void packet_describe(const uint8_t *bytes, size_t count, char *out, size_t room) {
    enum { SHOWN = 48 };
    size_t written = 0;
    if (room == 0) {
        return;
    }
    out[0] = 0;
    for (size_t i = 0; i < count && i < SHOWN && written + 8 < room; i++) {
        bool plain = bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '\\';
        int step = plain ? snprintf(out + written, room - written, "%c", bytes[i]) : snprintf(out + written, room - written, "\\x%02x", bytes[i]);
        written += (size_t)step;
    }
    if (count > SHOWN && written + 4 < room) {
        memcpy(out + written, "...", 4);
    }
}
