/* Message queues, System V like: messages of a type, taken by type, by any client that was given the queue. */
#ifndef API_QUEUE_H
#define API_QUEUE_H

#include <api/status.h>
#include <objects/queue.h>
#include <spillscope_contracts.h>
#include <stddef.h>

enum { QUEUE_MESSAGE_MAX = 64, QUEUE_DEPTH_MAX = 16 };

struct queue_status {
    uint32_t messages;
    uint32_t bytes;
    uint32_t depth; /* messages that fit */
};

status_t queue_create(struct queue *queue SPILLSCOPE_ACQUIRES, uint32_t depth);
status_t queue_close(struct queue *queue SPILLSCOPE_RELEASES);
/* type > 0. STATUS_FULL if there is no room. */
status_t queue_send(struct queue *queue, uint32_t type, const void *data, size_t size);
/* Takes the first message of `type`, or of any type if that is 0. STATUS_EMPTY if there is none. */
status_t queue_receive(struct queue *queue, uint32_t type, void *data, size_t capacity, size_t *size);
status_t queue_status(struct queue *queue, struct queue_status *status);
/* Changes the depth; STATUS_BUSY if more messages wait than would fit. */
status_t queue_set_depth(struct queue *queue, uint32_t depth);

static indivisible void queue_drop(struct queue *queue SPILLSCOPE_RELEASES) {
    (void)queue_close(queue);
}

#endif
