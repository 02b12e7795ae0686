#ifndef SPILLSCOPE_PACKET_H
#define SPILLSCOPE_PACKET_H
/*
 * Packets of the GDB remote serial protocol: "$payload#cc" with escapes and run lengths, the acknowledgements '+' and '-', and
 * notifications "%...#cc". Bytes in, events out; knows no socket. Source: "GDB Remote Serial Protocol", appendix E of the GDB manual.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"

#define PACKET_LIMIT (1U << 20) /* longest payload that is accepted, bytes */
#define PACKET_GARBAGE_KEPT 24  /* how many stray bytes are kept for messages */

enum packet_event {
    PACKET_MORE,         /* nothing yet */
    PACKET_ACK,          /* '+' */
    PACKET_NAK,          /* '-' */
    PACKET_READY,        /* a whole packet: see payload and length */
    PACKET_NOTIFICATION, /* a whole notification, same place */
    PACKET_BAD_CHECKSUM, /* a whole packet whose checksum does not hold */
    PACKET_BAD_ENCODING, /* run length without a character, escape at the end, non-hex checksum */
    PACKET_OVERSIZED     /* longer than PACKET_LIMIT; dropped */
};

/* One direction of a connection, decoded byte by byte. */
struct packet_decoder {
    int state;        /* private */
    uint8_t *payload; /* decoded payload, NUL-terminated for convenience; owned; valid until the next push */
    size_t length;    /* bytes of it */
    size_t capacity;
    bool notification;
    bool escaped; /* last byte was '}' */
    bool repeat;  /* last byte was '*' */
    bool malformed;
    uint8_t sum;                          /* of the raw payload bytes */
    uint8_t wanted;                       /* first checksum digit */
    uint8_t garbage[PACKET_GARBAGE_KEPT]; /* first bytes seen outside of packets since the last whole packet */
    size_t garbage_count;                 /* how many there were, also beyond what was kept */
};

void packet_decoder_init(struct packet_decoder *decoder);
void packet_decoder_deinit(struct packet_decoder *decoder);

/* Feeds one byte. Running out of memory shows as PACKET_OVERSIZED. */
enum packet_event packet_decoder_push(struct packet_decoder *decoder, uint8_t byte);

/*
 * Writes "$payload#cc" with escapes; `out` must hold packet_encoded_limit(length) bytes. Gives the bytes written.
 */
size_t packet_encoded_limit(size_t length);
size_t packet_encode(const uint8_t *payload, size_t length, uint8_t *out);

/* Hex digits, as all packets use them. hex_value gives -1 for what is no digit. */
int hex_value(uint8_t character);
/* Decodes 2 * count digits into count bytes; false when one is no digit. */
bool hex_decode(const uint8_t *digits, size_t count, uint8_t *out);
/* Writes 2 * count digits, no NUL. */
void hex_encode(const uint8_t *bytes, size_t count, char *out);

/* Bytes as text for messages: printable ones as they are, others as \xNN; cut after 48. Writes at most `room` with NUL. */
void packet_describe(const uint8_t *bytes, size_t count, char *out, size_t room);

#endif
