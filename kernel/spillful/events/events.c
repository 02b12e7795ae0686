#include <api/event.h>
#include <base/heap/heap.h>
#include <events/events.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

/* A topic: who is to hear of its events. */
struct event_topic {
    struct spinlock lock;    /* guards the subscribers and their backlogs */
    struct list link;        /* in topics.all */
    uint32_t references;     /* handles and subscribers */
    struct list subscribers; /* by their link */
    uint32_t subscriber_count;
    uint64_t published; /* events so far */
};

/* A client that wants to hear: its callback, and the events it has not seen. */
struct event_subscriber {
    struct event_topic *topic; /* referenced */
    struct list link;          /* in the topic's subscribers */
    struct task *owner;
    uint64_t callback; /* in the client's code */
    uint64_t argument; /* for the callback */
    uint64_t backlog[EVENT_BACKLOG];
    uint32_t first, count; /* of the backlog, a ring */
    uint64_t lost;         /* events that found the backlog full */
};

/* Owner: events. Lock: topics.lock; it is not held together with a topic's. */
static struct {
    struct spinlock lock;
    struct list all;
} topics = {.all = LIST_INITIAL(topics.all)};

static void topic_share(void *object) {
    struct event_topic *topic = object;
    uint64_t flags = spinlock_acquire(&topics.lock);
    topic->references++;
    spinlock_release(&topics.lock, flags);
}

static void topic_release(void *object) {
    struct event_topic *topic = object;
    uint64_t flags = spinlock_acquire(&topics.lock);
    bool last = --topic->references == 0;
    if (last) {
        list_remove(&topic->link);
    }
    spinlock_release(&topics.lock, flags);
    if (last) {
        kfree(topic);
    }
}

static void subscriber_release(void *object) {
    struct event_subscriber *subscriber = object;
    struct event_topic *topic = subscriber->topic;
    uint64_t flags = spinlock_acquire(&topic->lock);
    list_remove(&subscriber->link);
    topic->subscriber_count--;
    spinlock_release(&topic->lock, flags);
    kfree(subscriber);
    topic_release(topic);
}

const struct handle_operations topic_operations = {"topic", topic_share, topic_release};
static const struct handle_operations subscriber_operations = {"subscription", NULL, subscriber_release};

int64_t sys_topic_create(const struct request *request) {
    uint32_t handle;
    struct event_topic *topic = kmalloc(sizeof *topic);
    if (topic == NULL) {
        return STATUS_NO_MEMORY;
    }
    *topic = (struct event_topic){.references = 1};
    list_init(&topic->subscribers);
    uint64_t flags = spinlock_acquire(&topics.lock);
    list_insert(&topics.all, &topic->link);
    spinlock_release(&topics.lock, flags);
    status_t status = handle_install(task_current(), &topic_operations, topic, &handle);
    if (status != STATUS_OK) {
        topic_release(topic);
        return status;
    }
    return copy_to_user(request_pointer(request, 0), &handle, sizeof handle);
}

int64_t sys_topic_close(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &topic_operations);
}

int64_t sys_event_subscribe(const struct request *request) {
    struct event_topic *topic = handle_object((uint32_t)request->arguments[0], &topic_operations);
    uint32_t handle;
    if (topic == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (request->arguments[2] == 0) {
        return STATUS_INVALID;
    }
    struct event_subscriber *subscriber = kmalloc(sizeof *subscriber);
    if (subscriber == NULL) {
        return STATUS_NO_MEMORY;
    }
    *subscriber =
        (struct event_subscriber){.topic = topic, .owner = task_current(), .callback = request->arguments[2], .argument = request->arguments[3]};
    topic_share(topic);
    uint64_t flags = spinlock_acquire(&topic->lock);
    list_insert(&topic->subscribers, &subscriber->link);
    topic->subscriber_count++;
    spinlock_release(&topic->lock, flags);
    status_t status = handle_install(task_current(), &subscriber_operations, subscriber, &handle);
    if (status != STATUS_OK) {
        subscriber_release(subscriber);
        return status;
    }
    return copy_to_user(request_pointer(request, 1), &handle, sizeof handle);
}

int64_t sys_event_unsubscribe(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &subscriber_operations);
}

static void subscriber_notify(struct event_subscriber *subscriber, uint64_t value) {
    if (subscriber->count == EVENT_BACKLOG) {
        subscriber->first = (subscriber->first + 1) % EVENT_BACKLOG;
        subscriber->count--;
        subscriber->lost++;
    }
    subscriber->backlog[(subscriber->first + subscriber->count) % EVENT_BACKLOG] = value;
    subscriber->count++;
}

int64_t sys_event_publish(const struct request *request) {
    struct event_topic *topic = handle_object((uint32_t)request->arguments[0], &topic_operations);
    if (topic == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&topic->lock);
    topic->published++;
    list_for_each(link, &topic->subscribers) {
        subscriber_notify(container_of(link, struct event_subscriber, link), request->arguments[1]);
    }
    spinlock_release(&topic->lock, flags);
    return STATUS_OK;
}

/* Gives callback, argument and value of the oldest event not yet seen. */
int64_t sys_event_dispatch(const struct request *request) {
    struct event_subscriber *subscriber = handle_object((uint32_t)request->arguments[0], &subscriber_operations);
    uint64_t call[3];
    if (subscriber == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&subscriber->topic->lock);
    bool any = subscriber->count > 0;
    if (any) {
        call[0] = subscriber->callback;
        call[1] = subscriber->argument;
        call[2] = subscriber->backlog[subscriber->first];
        subscriber->first = (subscriber->first + 1) % EVENT_BACKLOG;
        subscriber->count--;
    }
    spinlock_release(&subscriber->topic->lock, flags);
    return any ? copy_to_user(request_pointer(request, 1), call, sizeof call) : STATUS_EMPTY;
}

int64_t sys_event_pending(const struct request *request) {
    struct event_subscriber *subscriber = handle_object((uint32_t)request->arguments[0], &subscriber_operations);
    if (subscriber == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&subscriber->topic->lock);
    uint32_t count = subscriber->count;
    spinlock_release(&subscriber->topic->lock, flags);
    return copy_to_user(request_pointer(request, 1), &count, sizeof count);
}
