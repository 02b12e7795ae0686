#include <api/clock.h>
#include <api/timer.h>
#include <base/heap/heap.h>
#include <clock/clock.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>
#include <timers/timers.h>

/* A client's set of timers, and which of them are due. */
struct timer_group {
    struct task *owner;
    struct list due;           /* timers by their link, first due first */
    uint32_t count;            /* timers of this set */
    uint32_t armed;            /* of them armed and not yet due */
    struct wait_queue waiters; /* the owner, waiting for one to be due */
    uint64_t expirations;      /* so far */
};

/* A client's timer with its callback, which the kernel keeps until it is due. */
struct armed_timer {
    struct timer_group *group;
    struct list link; /* in timers.armed, in its group's due list, or in none */
    enum { TIMER_IDLE, TIMER_ARMED, TIMER_DUE } condition;
    uint64_t deadline; /* nanoseconds since boot */
    uint64_t period;   /* nanoseconds, 0: once */
    uint64_t callback; /* in the client's code */
    uint64_t argument; /* for the callback */
};

/* Owner: timers. Lock: timers.lock, which guards all groups and timers, too. */
static struct {
    struct spinlock lock;
    struct list armed; /* by deadline */
} timers;

void timers_init(void) {
    list_init(&timers.armed);
}

static void timer_enqueue(struct armed_timer *timer) {
    struct list *place = timers.armed.next;
    while (place != &timers.armed && container_of(place, struct armed_timer, link)->deadline <= timer->deadline) {
        place = place->next;
    }
    list_insert(place, &timer->link);
    timer->condition = TIMER_ARMED;
    timer->group->armed++;
}

static void timer_dequeue(struct armed_timer *timer) {
    if (timer->condition == TIMER_ARMED) {
        timer->group->armed--;
    }
    if (timer->condition != TIMER_IDLE) {
        list_remove(&timer->link);
        timer->condition = TIMER_IDLE;
    }
}

void timers_expire(uint64_t now) {
    spinlock_acquire_raw(&timers.lock);
    while (!list_empty(&timers.armed)) {
        struct armed_timer *timer = container_of(timers.armed.next, struct armed_timer, link);
        if (timer->deadline > now) {
            break;
        }
        timer_dequeue(timer);
        list_insert(&timer->group->due, &timer->link);
        timer->condition = TIMER_DUE;
        timer->group->expirations++;
        wait_queue_wake_all(&timer->group->waiters);
    }
    spinlock_release_raw(&timers.lock);
}

/* At the end of a process its timers may be closed after their set, which then goes with the last of them. */
static void group_close(void *object) {
    struct timer_group *group = object;
    uint64_t flags = spinlock_acquire(&timers.lock);
    bool last = group->count == 0;
    group->owner = NULL;
    spinlock_release(&timers.lock, flags);
    if (last) {
        kfree(group);
    }
}

static void timer_release(void *object) {
    struct armed_timer *timer = object;
    uint64_t flags = spinlock_acquire(&timers.lock);
    struct timer_group *group = timer->group;
    timer_dequeue(timer);
    group->count--;
    bool last = group->count == 0 && group->owner == NULL;
    spinlock_release(&timers.lock, flags);
    if (last) {
        kfree(group);
    }
    kfree(timer);
}

static const struct handle_operations group_operations = {"timer set", NULL, group_close};
static const struct handle_operations timer_operations = {"timer", NULL, timer_release};

int64_t sys_timer_set_create(const struct request *request) {
    uint32_t handle;
    struct timer_group *group = kmalloc(sizeof *group);
    if (group == NULL) {
        return STATUS_NO_MEMORY;
    }
    *group = (struct timer_group){.owner = task_current()};
    list_init(&group->due);
    wait_queue_init(&group->waiters);
    status_t status = handle_install(task_current(), &group_operations, group, &handle);
    if (status != STATUS_OK) {
        kfree(group);
        return status;
    }
    return copy_to_user(request_pointer(request, 0), &handle, sizeof handle);
}

int64_t sys_timer_set_close(const struct request *request) {
    uint32_t handle = (uint32_t)request->arguments[0];
    const struct timer_group *group = handle_object(handle, &group_operations);
    if (group == NULL) {
        return STATUS_BAD_OBJECT;
    }
    return group->count > 0 ? STATUS_BUSY : handle_close(handle, &group_operations);
}

int64_t sys_timer_create(const struct request *request) {
    struct timer_group *group = handle_object((uint32_t)request->arguments[0], &group_operations);
    uint32_t handle;
    if (group == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (request->arguments[2] == 0) {
        return STATUS_INVALID;
    }
    struct armed_timer *timer = kmalloc(sizeof *timer);
    if (timer == NULL) {
        return STATUS_NO_MEMORY;
    }
    *timer = (struct armed_timer){.group = group, .condition = TIMER_IDLE, .callback = request->arguments[2], .argument = request->arguments[3]};
    list_init(&timer->link);
    status_t status = handle_install(task_current(), &timer_operations, timer, &handle);
    if (status != STATUS_OK) {
        kfree(timer);
        return status;
    }
    group->count++;
    return copy_to_user(request_pointer(request, 1), &handle, sizeof handle);
}

int64_t sys_timer_close(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &timer_operations);
}

int64_t sys_timer_arm(const struct request *request) {
    struct armed_timer *timer = handle_object((uint32_t)request->arguments[0], &timer_operations);
    uint64_t delay = request->arguments[1];
    uint64_t now = clock_now();
    if (timer == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (delay > CLOCK_DELAY_MAX || request->arguments[2] > CLOCK_DELAY_MAX) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&timers.lock);
    timer_dequeue(timer);
    timer->deadline = now + delay;
    timer->period = request->arguments[2];
    timer_enqueue(timer);
    spinlock_release(&timers.lock, flags);
    return STATUS_OK;
}

int64_t sys_timer_cancel(const struct request *request) {
    struct armed_timer *timer = handle_object((uint32_t)request->arguments[0], &timer_operations);
    if (timer == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&timers.lock);
    status_t status = timer->condition == TIMER_IDLE ? STATUS_EMPTY : STATUS_OK;
    timer_dequeue(timer);
    spinlock_release(&timers.lock, flags);
    return status;
}

int64_t sys_timer_remaining(const struct request *request) {
    struct armed_timer *timer = handle_object((uint32_t)request->arguments[0], &timer_operations);
    if (timer == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&timers.lock);
    bool idle = timer->condition == TIMER_IDLE;
    uint64_t now = clock_now();
    uint64_t remaining = timer->deadline > now ? timer->deadline - now : 0;
    spinlock_release(&timers.lock, flags);
    return idle ? STATUS_EMPTY : copy_to_user(request_pointer(request, 1), &remaining, sizeof remaining);
}

/* Blocks until a timer of the set is due, and gives its callback and argument. */
int64_t sys_timer_wait(const struct request *request) {
    struct timer_group *group = handle_object((uint32_t)request->arguments[0], &group_operations);
    uint64_t call[2] = {0, 0};
    if (group == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&timers.lock);
    bool waits = true;
    while (list_empty(&group->due) && group->armed > 0 && waits) {
        waits = wait_queue_block(&group->waiters, &timers.lock);
    }
    bool due = !list_empty(&group->due);
    if (due) {
        struct armed_timer *timer = container_of(group->due.next, struct armed_timer, link);
        timer_dequeue(timer);
        call[0] = timer->callback;
        call[1] = timer->argument;
        if (timer->period != 0) {
            timer->deadline += timer->period;
            timer_enqueue(timer);
        }
    }
    spinlock_release(&timers.lock, flags);
    return due ? copy_to_user(request_pointer(request, 1), call, sizeof call) : STATUS_EMPTY;
}
