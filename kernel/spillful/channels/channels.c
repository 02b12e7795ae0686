#include <api/channel.h>
#include <base/heap/heap.h>
#include <base/lib/string.h>
#include <channels/channels.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

struct channel_message {
    size_t size;
    uint8_t bytes[CHANNEL_MESSAGE_MAX];
};

/* One end: what was sent to it and not yet received, and what the kernel knows about who uses it. */
struct channel_endpoint {
    struct channel *channel;
    uint32_t side; /* index in the channel's sides */
    bool open;
    struct task *user; /* the task that used it last */
    struct channel_message messages[CHANNEL_DEPTH];
    uint32_t first, count;       /* of the messages waiting, a ring */
    struct wait_queue receivers; /* blocked until a message arrives here */
    struct wait_queue senders;   /* blocked until there is room here */
    uint64_t sent, received;     /* messages so far, by this end's user */
};

struct channel {
    struct spinlock lock; /* guards both sides */
    struct list link;     /* in channels.all */
    struct channel_endpoint sides[2];
};

/* Owner: channels. Lock: channels.lock. */
static struct {
    struct spinlock lock;
    struct list all;
    uint32_t count;
} channels = {.all = LIST_INITIAL(channels.all)};

static struct channel_endpoint *endpoint_peer(struct channel_endpoint *endpoint) {
    return &endpoint->channel->sides[!endpoint->side];
}

static void endpoint_close(void *object) {
    struct channel_endpoint *endpoint = object;
    struct channel *channel = endpoint->channel;
    uint64_t flags = spinlock_acquire(&channel->lock);
    endpoint->open = false;
    bool last = !endpoint_peer(endpoint)->open;
    if (!last) {
        wait_queue_wake_all(&endpoint->senders);
        wait_queue_wake_all(&endpoint_peer(endpoint)->receivers);
    }
    spinlock_release(&channel->lock, flags);
    if (last) {
        flags = spinlock_acquire(&channels.lock);
        list_remove(&channel->link);
        channels.count--;
        spinlock_release(&channels.lock, flags);
        kfree(channel);
    }
}

const struct handle_operations channel_operations = {"channel", NULL, endpoint_close};

static struct channel_endpoint *request_endpoint(const struct request *request) {
    return handle_object((uint32_t)request->arguments[0], &channel_operations);
}

int64_t sys_channel_create(const struct request *request) {
    struct task *task = task_current();
    uint32_t handles[2];
    struct channel *channel = kmalloc(sizeof *channel);
    if (channel == NULL) {
        return STATUS_NO_MEMORY;
    }
    *channel = (struct channel){0};
    for (uint32_t side = 0; side < 2; side++) {
        struct channel_endpoint *endpoint = &channel->sides[side];
        endpoint->channel = channel;
        endpoint->side = side;
        endpoint->open = true;
        endpoint->user = task;
        wait_queue_init(&endpoint->receivers);
        wait_queue_init(&endpoint->senders);
    }
    uint64_t flags = spinlock_acquire(&channels.lock);
    list_insert(&channels.all, &channel->link);
    channels.count++;
    spinlock_release(&channels.lock, flags);
    status_t status = handle_install(task, &channel_operations, &channel->sides[0], &handles[0]);
    if (status != STATUS_OK) {
        endpoint_close(&channel->sides[0]);
        endpoint_close(&channel->sides[1]);
        return status;
    }
    status = handle_install(task, &channel_operations, &channel->sides[1], &handles[1]);
    if (status != STATUS_OK) {
        handle_remove(handles[0]);
        endpoint_close(&channel->sides[0]);
        endpoint_close(&channel->sides[1]);
        return status;
    }
    status = copy_to_user(request_pointer(request, 0), &handles[0], sizeof handles[0]);
    return status != STATUS_OK ? status : copy_to_user(request_pointer(request, 1), &handles[1], sizeof handles[1]);
}

int64_t sys_channel_close(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &channel_operations);
}

static status_t endpoint_send(struct channel_endpoint *endpoint, const void *data, size_t size, bool block) {
    struct channel_endpoint *peer = endpoint_peer(endpoint);
    status_t status = STATUS_OK;
    uint64_t flags = spinlock_acquire(&endpoint->channel->lock);
    endpoint->user = task_current();
    while (peer->open && peer->count == CHANNEL_DEPTH && block) {
        block = wait_queue_block(&peer->senders, &endpoint->channel->lock);
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
        endpoint->sent++;
        wait_queue_wake_all(&peer->receivers);
    }
    spinlock_release(&endpoint->channel->lock, flags);
    return status;
}

static int64_t request_send(const struct request *request, bool block) {
    struct channel_endpoint *endpoint = request_endpoint(request);
    uint8_t data[CHANNEL_MESSAGE_MAX];
    uint64_t size = request->arguments[2];
    if (endpoint == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (size > sizeof data) {
        return STATUS_INVALID;
    }
    status_t status = copy_from_user(data, request_pointer(request, 1), size);
    return status != STATUS_OK ? status : endpoint_send(endpoint, data, size, block);
}

int64_t sys_channel_send(const struct request *request) {
    return request_send(request, true);
}

int64_t sys_channel_try_send(const struct request *request) {
    return request_send(request, false);
}

static status_t endpoint_receive(struct channel_endpoint *endpoint, struct channel_message *result, size_t capacity, bool block) {
    struct channel_endpoint *peer = endpoint_peer(endpoint);
    status_t status = STATUS_OK;
    uint64_t flags = spinlock_acquire(&endpoint->channel->lock);
    endpoint->user = task_current();
    while (endpoint->count == 0 && peer->open && block) {
        block = wait_queue_block(&endpoint->receivers, &endpoint->channel->lock);
    }
    if (endpoint->count == 0) {
        status = peer->open ? STATUS_EMPTY : STATUS_CLOSED;
    } else if (endpoint->messages[endpoint->first].size > capacity) {
        status = STATUS_INVALID;
    } else {
        *result = endpoint->messages[endpoint->first];
        endpoint->first = (endpoint->first + 1) % CHANNEL_DEPTH;
        endpoint->count--;
        endpoint->received++;
        wait_queue_wake_all(&endpoint->senders);
    }
    spinlock_release(&endpoint->channel->lock, flags);
    return status;
}

static int64_t request_receive(const struct request *request, bool block) {
    struct channel_endpoint *endpoint = request_endpoint(request);
    struct channel_message message;
    if (endpoint == NULL) {
        return STATUS_BAD_OBJECT;
    }
    status_t status = endpoint_receive(endpoint, &message, request->arguments[2], block);
    if (status == STATUS_OK) {
        status = copy_to_user(request_pointer(request, 1), message.bytes, message.size);
    }
    if (status == STATUS_OK) {
        status = copy_to_user(request_pointer(request, 3), &message.size, sizeof message.size);
    }
    return status;
}

int64_t sys_channel_receive(const struct request *request) {
    return request_receive(request, true);
}

int64_t sys_channel_try_receive(const struct request *request) {
    return request_receive(request, false);
}

int64_t sys_channel_status(const struct request *request) {
    struct channel_endpoint *endpoint = request_endpoint(request);
    struct channel_status status;
    if (endpoint == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&endpoint->channel->lock);
    status.received_waiting = endpoint->count;
    status.sent_waiting = endpoint_peer(endpoint)->count;
    status.peer_closed = !endpoint_peer(endpoint)->open;
    spinlock_release(&endpoint->channel->lock, flags);
    return copy_to_user(request_pointer(request, 1), &status, sizeof status);
}
