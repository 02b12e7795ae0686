#ifndef SPILLSCOPE_TRANSPORT_H
#define SPILLSCOPE_TRANSPORT_H
/* The byte stream to a GDB stub: Unix socket or TCP, never blocking longer than it is told. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"

struct transport;

/*
 * Connects to "unix:PATH", a PATH that holds a '/', "tcp:HOST:PORT", "HOST:PORT" or ":PORT" (this machine). Tries again until
 * `timeout_ms` has passed, since a stub that was just started may not listen yet. ERROR_TARGET says "refused" or "no answer".
 */
struct error *transport_connect(const char *address, int timeout_ms, struct transport **out_transport);

/* Takes over a connected socket; `name` is for messages. */
struct error *transport_adopt(int descriptor, const char *name, struct transport **out_transport);

void transport_close(struct transport *transport); /* NULL is fine */
SCOPE_DEFINE(transport, struct transport *, transport_close)

const char *transport_name(const struct transport *transport);

/* Writes all bytes within `timeout_ms`; ERROR_TARGET when the stub closed the connection or takes nothing. */
struct error *transport_send(struct transport *transport, const uint8_t *bytes, size_t count, int timeout_ms);

enum transport_outcome {
    TRANSPORT_DATA,
    TRANSPORT_TIMEOUT, /* `timeout_ms` passed without a byte */
    TRANSPORT_CLOSED,  /* the stub ended the connection */
    TRANSPORT_WOKEN    /* `wake_descriptor` became readable first */
};

/* Waits for bytes: between 1 and `room` of them with TRANSPORT_DATA. wake_descriptor -1 = none; timeout_ms -1 = for ever. */
struct error *transport_receive(struct transport *transport, uint8_t *buffer, size_t room, int timeout_ms, int wake_descriptor,
                                enum transport_outcome *out_outcome, size_t *out_count);

/* Milliseconds of a monotonic clock, for deadlines. */
int64_t transport_clock(void);

#endif
