#include <api/queue.h>
#include <base/heap/heap.h>
#include <base/lib/list.h>
#include <base/lib/string.h>
#include <base/lock/spinlock.h>
#include <tasks/share.h>

/* This entity has no state of its own: a queue belongs to the clients that hold it. */

struct queued_message {
    struct list link; /* in its queue's messages */
    uint32_t type;
    uint32_t size;
    uint8_t bytes[QUEUE_MESSAGE_MAX];
};

/* Multi-client state: lives, with its messages, as long as somebody holds it. */
struct queue_core {
    uint32_t references;
    struct spinlock lock;
    struct list messages; /* oldest first */
    uint32_t depth;
};

status_t queue_create(struct queue *queue, uint32_t depth) {
    if (depth == 0 || depth > QUEUE_DEPTH_MAX) {
        return STATUS_INVALID;
    }
    struct queue_core *core = kmalloc(sizeof *core);
    if (core == NULL) {
        return STATUS_NO_MEMORY;
    }
    *core = (struct queue_core){.references = 1, .depth = depth};
    list_init(&core->messages);
    queue->core = core;
    return STATUS_OK;
}

void queue_share(struct queue *to, const struct queue *from) {
    if (from->core != NULL) {
        (void)__atomic_add_fetch(&from->core->references, 1, __ATOMIC_RELAXED);
    }
    to->core = from->core;
}

status_t queue_close(struct queue *queue) {
    struct queue_core *core = queue->core;
    if (core == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (__atomic_sub_fetch(&core->references, 1, __ATOMIC_ACQ_REL) == 0) {
        list_for_each_safe(link, &core->messages) {
            kfree(container_of(link, struct queued_message, link));
        }
        kfree(core);
    }
    queue->core = NULL;
    return STATUS_OK;
}

/* Messages and bytes that wait; the lock is held. At most QUEUE_DEPTH_MAX, so counting is cheaper than keeping a count. */
static struct queue_status core_status(const struct queue_core *core) {
    struct queue_status status = {.depth = core->depth};
    list_for_each(link, &core->messages) {
        status.messages++;
        status.bytes += container_of(link, struct queued_message, link)->size;
    }
    return status;
}

status_t queue_send(struct queue *queue, uint32_t type, const void *data, size_t size) {
    struct queue_core *core = queue->core;
    if (core == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (type == 0 || size > QUEUE_MESSAGE_MAX) {
        return STATUS_INVALID;
    }
    struct queued_message *message = kmalloc(sizeof *message);
    if (message == NULL) {
        return STATUS_NO_MEMORY;
    }
    message->type = type;
    message->size = (uint32_t)size;
    memcpy(message->bytes, data, size);
    uint64_t flags = spinlock_acquire(&core->lock);
    bool room = core_status(core).messages < core->depth;
    if (room) {
        list_insert(&core->messages, &message->link);
    }
    spinlock_release(&core->lock, flags);
    if (!room) {
        kfree(message);
    }
    return room ? STATUS_OK : STATUS_FULL;
}

status_t queue_receive(struct queue *queue, uint32_t type, void *data, size_t capacity, size_t *size) {
    struct queue_core *core = queue->core;
    struct queued_message *found = NULL;
    status_t status = STATUS_EMPTY;
    if (core == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&core->lock);
    list_for_each(link, &core->messages) {
        struct queued_message *message = container_of(link, struct queued_message, link);
        if (type == 0 || message->type == type) {
            found = message;
            break;
        }
    }
    if (found != NULL) {
        status = found->size > capacity ? STATUS_INVALID : STATUS_OK;
    }
    if (status == STATUS_OK) {
        list_remove(&found->link);
    }
    spinlock_release(&core->lock, flags);
    if (status == STATUS_OK) {
        memcpy(data, found->bytes, found->size);
        *size = found->size;
        kfree(found);
    }
    return status;
}

status_t queue_status(struct queue *queue, struct queue_status *status) {
    struct queue_core *core = queue->core;
    if (core == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&core->lock);
    *status = core_status(core);
    spinlock_release(&core->lock, flags);
    return STATUS_OK;
}

status_t queue_set_depth(struct queue *queue, uint32_t depth) {
    struct queue_core *core = queue->core;
    if (core == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (depth == 0 || depth > QUEUE_DEPTH_MAX) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&core->lock);
    bool fits = core_status(core).messages <= depth;
    if (fits) {
        core->depth = depth;
    }
    spinlock_release(&core->lock, flags);
    return fits ? STATUS_OK : STATUS_BUSY;
}
