#include <api/semaphore.h>
#include <base/heap/heap.h>
#include <clock/clock.h>
#include <semaphores/semaphores.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

/* A semaphore, with what System V semaphores remember beside the value. */
struct semaphore_set {
    struct spinlock lock;
    struct list link;    /* in semaphores.all */
    uint32_t references; /* handles */
    uint32_t value;
    uint32_t last_task;   /* who changed the value last */
    uint64_t last_change; /* when, nanoseconds since boot */
    struct wait_queue waiters;
};

/* Owner: semaphores. Lock: semaphores.lock. */
static struct {
    struct spinlock lock;
    struct list all;
    uint32_t count;
} semaphores = {.all = LIST_INITIAL(semaphores.all)};

static void semaphore_share(void *object) {
    struct semaphore_set *semaphore = object;
    uint64_t flags = spinlock_acquire(&semaphores.lock);
    semaphore->references++;
    spinlock_release(&semaphores.lock, flags);
}

static void semaphore_release(void *object) {
    struct semaphore_set *semaphore = object;
    uint64_t flags = spinlock_acquire(&semaphores.lock);
    bool last = --semaphore->references == 0;
    if (last) {
        list_remove(&semaphore->link);
        semaphores.count--;
    }
    spinlock_release(&semaphores.lock, flags);
    if (last) {
        kfree(semaphore);
    }
}

const struct handle_operations semaphore_operations = {"semaphore", semaphore_share, semaphore_release};

static struct semaphore_set *request_semaphore(const struct request *request) {
    return handle_object((uint32_t)request->arguments[0], &semaphore_operations);
}

int64_t sys_semaphore_create(const struct request *request) {
    uint64_t value = request->arguments[1];
    uint32_t handle;
    if (value > SEMAPHORE_VALUE_MAX) {
        return STATUS_INVALID;
    }
    struct semaphore_set *semaphore = kmalloc(sizeof *semaphore);
    if (semaphore == NULL) {
        return STATUS_NO_MEMORY;
    }
    *semaphore = (struct semaphore_set){.references = 1, .value = (uint32_t)value};
    wait_queue_init(&semaphore->waiters);
    uint64_t flags = spinlock_acquire(&semaphores.lock);
    list_insert(&semaphores.all, &semaphore->link);
    semaphores.count++;
    spinlock_release(&semaphores.lock, flags);
    status_t status = handle_install(task_current(), &semaphore_operations, semaphore, &handle);
    if (status != STATUS_OK) {
        semaphore_release(semaphore);
        return status;
    }
    return copy_to_user(request_pointer(request, 0), &handle, sizeof handle);
}

int64_t sys_semaphore_close(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &semaphore_operations);
}

static void semaphore_stamp(struct semaphore_set *semaphore) {
    semaphore->last_task = task_current()->id;
    semaphore->last_change = clock_now();
}

static int64_t request_down(const struct request *request, bool block) {
    struct semaphore_set *semaphore = request_semaphore(request);
    if (semaphore == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&semaphore->lock);
    while (semaphore->value == 0 && block) {
        block = wait_queue_block(&semaphore->waiters, &semaphore->lock);
    }
    bool taken = semaphore->value > 0;
    if (taken) {
        semaphore->value--;
        semaphore_stamp(semaphore);
    }
    spinlock_release(&semaphore->lock, flags);
    return taken ? STATUS_OK : STATUS_EMPTY;
}

int64_t sys_semaphore_down(const struct request *request) {
    return request_down(request, true);
}

int64_t sys_semaphore_try_down(const struct request *request) {
    return request_down(request, false);
}

int64_t sys_semaphore_up(const struct request *request) {
    struct semaphore_set *semaphore = request_semaphore(request);
    if (semaphore == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&semaphore->lock);
    bool room = semaphore->value < SEMAPHORE_VALUE_MAX;
    if (room) {
        semaphore->value++;
        semaphore_stamp(semaphore);
        wait_queue_wake_all(&semaphore->waiters);
    }
    spinlock_release(&semaphore->lock, flags);
    return room ? STATUS_OK : STATUS_FULL;
}

int64_t sys_semaphore_value(const struct request *request) {
    struct semaphore_set *semaphore = request_semaphore(request);
    if (semaphore == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&semaphore->lock);
    uint32_t value = semaphore->value;
    spinlock_release(&semaphore->lock, flags);
    return copy_to_user(request_pointer(request, 1), &value, sizeof value);
}
