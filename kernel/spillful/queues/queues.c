#include <api/queue.h>
#include <base/heap/heap.h>
#include <clock/clock.h>
#include <queues/queues.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

struct queued_message {
    struct list link; /* in its queue's messages */
    uint32_t type;
    uint32_t size;
    uint8_t bytes[QUEUE_MESSAGE_MAX];
};

/* A message queue, with what System V queues remember (Linux: struct msg_queue). */
struct message_queue {
    struct spinlock lock;
    struct list link;     /* in queues.all */
    uint32_t references;  /* handles */
    struct list messages; /* oldest first */
    uint32_t count, bytes, depth;
    uint32_t last_sender, last_receiver;           /* task numbers */
    uint64_t last_send, last_receive, last_change; /* nanoseconds since boot */
};

/* Owner: queues. Lock: queues.lock. */
static struct {
    struct spinlock lock;
    struct list all;
    uint32_t count;
    uint64_t messages; /* sent so far, in all queues */
} queues = {.all = LIST_INITIAL(queues.all)};

static void queue_share(void *object) {
    struct message_queue *queue = object;
    uint64_t flags = spinlock_acquire(&queues.lock);
    queue->references++;
    spinlock_release(&queues.lock, flags);
}

static void queue_release(void *object) {
    struct message_queue *queue = object;
    uint64_t flags = spinlock_acquire(&queues.lock);
    bool last = --queue->references == 0;
    if (last) {
        list_remove(&queue->link);
        queues.count--;
    }
    spinlock_release(&queues.lock, flags);
    if (last) {
        list_for_each_safe(link, &queue->messages) {
            kfree(container_of(link, struct queued_message, link));
        }
        kfree(queue);
    }
}

const struct handle_operations queue_operations = {"queue", queue_share, queue_release};

static struct message_queue *request_queue(const struct request *request) {
    return handle_object((uint32_t)request->arguments[0], &queue_operations);
}

int64_t sys_queue_create(const struct request *request) {
    uint64_t depth = request->arguments[1];
    uint32_t handle;
    if (depth == 0 || depth > QUEUE_DEPTH_MAX) {
        return STATUS_INVALID;
    }
    struct message_queue *queue = kmalloc(sizeof *queue);
    if (queue == NULL) {
        return STATUS_NO_MEMORY;
    }
    *queue = (struct message_queue){.references = 1, .depth = (uint32_t)depth};
    list_init(&queue->messages);
    uint64_t flags = spinlock_acquire(&queues.lock);
    list_insert(&queues.all, &queue->link);
    queues.count++;
    spinlock_release(&queues.lock, flags);
    status_t status = handle_install(task_current(), &queue_operations, queue, &handle);
    if (status != STATUS_OK) {
        queue_release(queue);
        return status;
    }
    return copy_to_user(request_pointer(request, 0), &handle, sizeof handle);
}

int64_t sys_queue_close(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &queue_operations);
}

int64_t sys_queue_send(const struct request *request) {
    struct message_queue *queue = request_queue(request);
    uint64_t type = request->arguments[1], size = request->arguments[3];
    if (queue == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (type == 0 || type > UINT32_MAX || size > QUEUE_MESSAGE_MAX) {
        return STATUS_INVALID;
    }
    struct queued_message *message = kmalloc(sizeof *message);
    if (message == NULL) {
        return STATUS_NO_MEMORY;
    }
    message->type = (uint32_t)type;
    message->size = (uint32_t)size;
    status_t status = copy_from_user(message->bytes, request_pointer(request, 2), size);
    if (status == STATUS_OK) {
        uint64_t flags = spinlock_acquire(&queue->lock);
        if (queue->count >= queue->depth) {
            status = STATUS_FULL;
        } else {
            list_insert(&queue->messages, &message->link);
            queue->count++;
            queue->bytes += message->size;
            queue->last_sender = task_current()->id;
            queue->last_send = clock_now();
        }
        spinlock_release(&queue->lock, flags);
    }
    if (status != STATUS_OK) {
        kfree(message);
    } else {
        (void)__atomic_add_fetch(&queues.messages, 1, __ATOMIC_RELAXED);
    }
    return status;
}

int64_t sys_queue_receive(const struct request *request) {
    struct message_queue *queue = request_queue(request);
    uint64_t type = request->arguments[1];
    struct queued_message *found = NULL;
    status_t status = STATUS_EMPTY;
    if (queue == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&queue->lock);
    list_for_each(link, &queue->messages) {
        struct queued_message *message = container_of(link, struct queued_message, link);
        if (type == 0 || message->type == type) {
            found = message;
            break;
        }
    }
    if (found != NULL) {
        status = found->size > request->arguments[3] ? STATUS_INVALID : STATUS_OK;
    }
    if (status == STATUS_OK) {
        list_remove(&found->link);
        queue->count--;
        queue->bytes -= found->size;
        queue->last_receiver = task_current()->id;
        queue->last_receive = clock_now();
    }
    spinlock_release(&queue->lock, flags);
    if (status == STATUS_OK) {
        size_t size = found->size;
        status = copy_to_user(request_pointer(request, 2), found->bytes, size);
        if (status == STATUS_OK) {
            status = copy_to_user(request_pointer(request, 4), &size, sizeof size);
        }
        kfree(found);
    }
    return status;
}

int64_t sys_queue_status(const struct request *request) {
    struct message_queue *queue = request_queue(request);
    if (queue == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&queue->lock);
    struct queue_status status = {queue->count, queue->bytes, queue->depth};
    spinlock_release(&queue->lock, flags);
    return copy_to_user(request_pointer(request, 1), &status, sizeof status);
}

int64_t sys_queue_set_depth(const struct request *request) {
    struct message_queue *queue = request_queue(request);
    uint64_t depth = request->arguments[1];
    if (queue == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (depth == 0 || depth > QUEUE_DEPTH_MAX) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&queue->lock);
    bool fits = queue->count <= depth;
    if (fits) {
        queue->depth = (uint32_t)depth;
        queue->last_change = clock_now();
    }
    spinlock_release(&queue->lock, flags);
    return fits ? STATUS_OK : STATUS_BUSY;
}
