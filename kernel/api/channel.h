/* Channels: two ends, a bounded queue of messages each way. An end belongs to one task at a time. */
#ifndef API_CHANNEL_H
#define API_CHANNEL_H

#include <api/status.h>
#include <objects/channel.h>
#include <spillscope_contracts.h>
#include <stddef.h>

enum {
    CHANNEL_MESSAGE_MAX = 48, /* bytes of one message */
    CHANNEL_DEPTH = 4         /* messages each way */
};

struct channel_status {
    uint32_t received_waiting; /* messages that a receive would find */
    uint32_t sent_waiting;     /* messages the other end has not taken yet */
    uint32_t peer_closed;      /* 1 if the other end is closed */
};

status_t channel_create(struct channel_end *one SPILLSCOPE_ACQUIRES, struct channel_end *other SPILLSCOPE_ACQUIRES);
status_t channel_close(struct channel_end *end SPILLSCOPE_RELEASES);
/* Blocks while the queue is full; STATUS_CLOSED if the other end is closed. */
status_t channel_send(struct channel_end *end, const void *data, size_t size);
/* The same without blocking: STATUS_FULL. */
status_t channel_try_send(struct channel_end *end, const void *data, size_t size);
/* Blocks while the queue is empty; STATUS_CLOSED if it is empty and the other end closed;
 * STATUS_INVALID, and the message stays, if it is longer than `capacity`. */
status_t channel_receive(struct channel_end *end, void *data, size_t capacity, size_t *size);
/* The same without blocking: STATUS_EMPTY. */
status_t channel_try_receive(struct channel_end *end, void *data, size_t capacity, size_t *size);
status_t channel_status(struct channel_end *end, struct channel_status *status);

static indivisible void channel_end_drop(struct channel_end *end SPILLSCOPE_RELEASES) {
    (void)channel_close(end);
}

/* Moves an end into another variable; the first is none afterwards. */
static indivisible void channel_end_move(struct channel_end *to, struct channel_end *from) {
    *to = *from;
    *from = (struct channel_end){0};
}

#endif
