#include <api/semaphore.h>
#include <base/heap/heap.h>
#include <scheduler/scheduler.h>
#include <stdbool.h>
#include <tasks/share.h>

/* This entity has no state of its own: a semaphore belongs to the clients that hold it. */

/* Multi-client state: lives as long as somebody holds it. */
struct semaphore_core {
    uint32_t references;
    struct spinlock lock;
    uint32_t value;
    struct wait_list waiters;
};

status_t semaphore_create(struct semaphore *semaphore, uint32_t value) {
    if (value > SEMAPHORE_VALUE_MAX) {
        return STATUS_INVALID;
    }
    struct semaphore_core *core = kmalloc(sizeof *core);
    if (core == NULL) {
        return STATUS_NO_MEMORY;
    }
    *core = (struct semaphore_core){.references = 1, .value = value};
    semaphore->core = core;
    return STATUS_OK;
}

void semaphore_share(struct semaphore *to, const struct semaphore *from) {
    if (from->core != NULL) {
        (void)__atomic_add_fetch(&from->core->references, 1, __ATOMIC_RELAXED);
    }
    to->core = from->core;
}

status_t semaphore_close(struct semaphore *semaphore) {
    if (semaphore->core == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (__atomic_sub_fetch(&semaphore->core->references, 1, __ATOMIC_ACQ_REL) == 0) {
        kfree(semaphore->core);
    }
    semaphore->core = NULL;
    return STATUS_OK;
}

static status_t core_down(struct semaphore_core *core, bool block) {
    if (core == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&core->lock);
    while (core->value == 0 && block) {
        block = wait_list_block(&core->waiters, &core->lock);
    }
    bool taken = core->value > 0;
    if (taken) {
        core->value--;
    }
    spinlock_release(&core->lock, flags);
    return taken ? STATUS_OK : STATUS_EMPTY;
}

status_t semaphore_down(struct semaphore *semaphore) {
    return core_down(semaphore->core, true);
}

status_t semaphore_try_down(struct semaphore *semaphore) {
    return core_down(semaphore->core, false);
}

status_t semaphore_up(struct semaphore *semaphore) {
    struct semaphore_core *core = semaphore->core;
    if (core == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&core->lock);
    bool room = core->value < SEMAPHORE_VALUE_MAX;
    if (room) {
        core->value++;
        wait_list_wake_all(&core->waiters);
    }
    spinlock_release(&core->lock, flags);
    return room ? STATUS_OK : STATUS_FULL;
}

status_t semaphore_value(struct semaphore *semaphore, uint32_t *value) {
    struct semaphore_core *core = semaphore->core;
    if (core == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&core->lock);
    *value = core->value;
    spinlock_release(&core->lock, flags);
    return STATUS_OK;
}
