#include <api/event.h>
#include <base/heap/heap.h>
#include <base/lock/spinlock.h>
#include <stddef.h>
#include <tasks/share.h>

/* This entity has no state of its own: a log belongs to the clients that hold it, and each subscriber remembers how far it
 * has read. Publishing knows no subscribers. */

/* Multi-client state: the latest events of a topic; lives as long as somebody holds it. */
struct topic_log {
    uint32_t references;
    struct spinlock lock;
    uint64_t published;             /* events so far */
    uint64_t values[EVENT_BACKLOG]; /* event number n is at n % EVENT_BACKLOG */
};

static void log_release(struct topic_log *log) {
    if (__atomic_sub_fetch(&log->references, 1, __ATOMIC_ACQ_REL) == 0) {
        kfree(log);
    }
}

static struct topic_log *log_share(struct topic_log *log) {
    if (log != NULL) {
        (void)__atomic_add_fetch(&log->references, 1, __ATOMIC_RELAXED);
    }
    return log;
}

status_t topic_create(struct topic *topic) {
    struct topic_log *log = kmalloc(sizeof *log);
    if (log == NULL) {
        return STATUS_NO_MEMORY;
    }
    *log = (struct topic_log){.references = 1};
    topic->log = log;
    return STATUS_OK;
}

void topic_share(struct topic *to, const struct topic *from) {
    to->log = log_share(from->log);
}

status_t topic_close(struct topic *topic) {
    if (topic->log == NULL) {
        return STATUS_BAD_OBJECT;
    }
    log_release(topic->log);
    topic->log = NULL;
    return STATUS_OK;
}

status_t event_subscribe(struct topic *topic, struct subscription *subscription, event_callback *callback, void *argument) {
    struct topic_log *log = topic->log;
    if (log == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (callback == NULL) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&log->lock);
    uint64_t published = log->published;
    spinlock_release(&log->lock, flags);
    *subscription = (struct subscription){log_share(log), callback, argument, published};
    return STATUS_OK;
}

status_t event_unsubscribe(struct subscription *subscription) {
    if (subscription->log == NULL) {
        return STATUS_BAD_OBJECT;
    }
    log_release(subscription->log);
    *subscription = (struct subscription){0};
    return STATUS_OK;
}

status_t event_publish(struct topic *topic, uint64_t value) {
    struct topic_log *log = topic->log;
    if (log == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&log->lock);
    log->values[log->published % EVENT_BACKLOG] = value;
    log->published++;
    spinlock_release(&log->lock, flags);
    return STATUS_OK;
}

/* The first event that the subscriber has not seen and that is still there. The lock is held. */
static uint64_t log_next(const struct topic_log *log, uint64_t seen) {
    return log->published - seen > EVENT_BACKLOG ? log->published - EVENT_BACKLOG : seen;
}

status_t event_dispatch(struct subscription *subscription) {
    struct topic_log *log = subscription->log;
    uint64_t value = 0;
    if (log == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&log->lock);
    uint64_t next = log_next(log, subscription->seen);
    bool any = next < log->published;
    if (any) {
        value = log->values[next % EVENT_BACKLOG];
    }
    spinlock_release(&log->lock, flags);
    if (!any) {
        return STATUS_EMPTY;
    }
    subscription->seen = next + 1;
    subscription->callback(subscription->argument, value);
    return STATUS_OK;
}

status_t event_pending(struct subscription *subscription, uint32_t *count) {
    struct topic_log *log = subscription->log;
    if (log == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&log->lock);
    *count = (uint32_t)(log->published - log_next(log, subscription->seen));
    spinlock_release(&log->lock, flags);
    return STATUS_OK;
}
