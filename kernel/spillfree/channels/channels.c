#include <api/channel.h>
#include <base/heap/heap.h>
#include <base/lib/string.h>
#include <scheduler/scheduler.h>

/* This entity has no state of its own: a channel belongs to the clients that hold its ends. */

struct channel_message {
    size_t size;
    uint8_t bytes[CHANNEL_MESSAGE_MAX];
};

/* What was sent to one end, and who waits for it. */
struct channel_side {
    bool open;
    struct channel_message messages[CHANNEL_DEPTH];
    uint32_t first, count;      /* of the messages waiting, a ring */
    struct wait_list receivers; /* blocked until a message arrives here */
    struct wait_list senders;   /* blocked until there is room here */
};

/* Multi-client state: lives as long as one of its ends. */
struct channel {
    struct spinlock lock; /* guards both sides */
    struct channel_side sides[2];
};

status_t channel_create(struct channel_end *one, struct channel_end *other) {
    struct channel *channel = kmalloc(sizeof *channel);
    if (channel == NULL) {
        return STATUS_NO_MEMORY;
    }
    *channel = (struct channel){.sides = {{.open = true}, {.open = true}}};
    *one = (struct channel_end){channel, 0};
    *other = (struct channel_end){channel, 1};
    return STATUS_OK;
}

status_t channel_close(struct channel_end *end) {
    struct channel *channel = end->channel;
    if (channel == NULL) {
        return STATUS_BAD_OBJECT;
    }
    struct channel_side *mine = &channel->sides[end->side];
    struct channel_side *peer = &channel->sides[!end->side];
    uint64_t flags = spinlock_acquire(&channel->lock);
    mine->open = false;
    bool last = !peer->open;
    wait_list_wake_all(&mine->senders);
    wait_list_wake_all(&peer->receivers);
    spinlock_release(&channel->lock, flags);
    if (last) {
        kfree(channel);
    }
    *end = (struct channel_end){0};
    return STATUS_OK;
}

static status_t end_send(struct channel_end *end, const void *data, size_t size, bool block) {
    struct channel *channel = end->channel;
    status_t status = STATUS_OK;
    if (channel == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (size > CHANNEL_MESSAGE_MAX) {
        return STATUS_INVALID;
    }
    struct channel_side *peer = &channel->sides[!end->side];
    uint64_t flags = spinlock_acquire(&channel->lock);
    while (peer->open && peer->count == CHANNEL_DEPTH && block) {
        block = wait_list_block(&peer->senders, &channel->lock);
    }
    if (!peer->open) {
        status = STATUS_CLOSED;
    } else if (peer->count == CHANNEL_DEPTH) {
        status = STATUS_FULL;
    } else {
        struct channel_message *message = &peer->messages[(peer->first + peer->count) % CHANNEL_DEPTH];
        message->size = size;
        memcpy(message->bytes, data, size);
        peer->count++;
        wait_list_wake_all(&peer->receivers);
    }
    spinlock_release(&channel->lock, flags);
    return status;
}

status_t channel_send(struct channel_end *end, const void *data, size_t size) {
    return end_send(end, data, size, true);
}

status_t channel_try_send(struct channel_end *end, const void *data, size_t size) {
    return end_send(end, data, size, false);
}

static status_t end_receive(struct channel_end *end, void *data, size_t capacity, size_t *size, bool block) {
    struct channel *channel = end->channel;
    status_t status = STATUS_OK;
    if (channel == NULL) {
        return STATUS_BAD_OBJECT;
    }
    struct channel_side *mine = &channel->sides[end->side];
    struct channel_side *peer = &channel->sides[!end->side];
    uint64_t flags = spinlock_acquire(&channel->lock);
    while (mine->count == 0 && peer->open && block) {
        block = wait_list_block(&mine->receivers, &channel->lock);
    }
    const struct channel_message *message = &mine->messages[mine->first];
    if (mine->count == 0) {
        status = peer->open ? STATUS_EMPTY : STATUS_CLOSED;
    } else if (message->size > capacity) {
        status = STATUS_INVALID;
    } else {
        memcpy(data, message->bytes, message->size);
        *size = message->size;
        mine->first = (mine->first + 1) % CHANNEL_DEPTH;
        mine->count--;
        wait_list_wake_all(&mine->senders);
    }
    spinlock_release(&channel->lock, flags);
    return status;
}

status_t channel_receive(struct channel_end *end, void *data, size_t capacity, size_t *size) {
    return end_receive(end, data, capacity, size, true);
}

status_t channel_try_receive(struct channel_end *end, void *data, size_t capacity, size_t *size) {
    return end_receive(end, data, capacity, size, false);
}

status_t channel_status(struct channel_end *end, struct channel_status *status) {
    struct channel *channel = end->channel;
    if (channel == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&channel->lock);
    status->received_waiting = channel->sides[end->side].count;
    status->sent_waiting = channel->sides[!end->side].count;
    status->peer_closed = !channel->sides[!end->side].open;
    spinlock_release(&channel->lock, flags);
    return STATUS_OK;
}
