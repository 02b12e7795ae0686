/* Spinlocks. Holding one means interrupts are off on this CPU, so a holder is never preempted.
 * Order (a lock may be taken only while holding locks of earlier lines):
 *   objects of the entities (a channel, a volume, a timer list, a task's handles ...), one at a time unless said otherwise
 *   the scheduler's lock
 *   the heap, then address ranges, then page tables, then page frames
 *   the console */
#ifndef BASE_SPINLOCK_H
#define BASE_SPINLOCK_H

#include <base/cpu/instructions.h>
#include <stdbool.h>
#include <stdint.h>

struct spinlock {
    uint32_t locked; /* 1 while held */
};

/* For code that runs with interrupts off already. */
static inline void spinlock_acquire_raw(struct spinlock *lock) {
    while (__atomic_exchange_n(&lock->locked, 1, __ATOMIC_ACQUIRE) != 0) {
        while (__atomic_load_n(&lock->locked, __ATOMIC_RELAXED) != 0) {
            cpu_relax();
        }
    }
}

static inline void spinlock_release_raw(struct spinlock *lock) {
    __atomic_store_n(&lock->locked, 0, __ATOMIC_RELEASE);
}

/* Turns interrupts off, too; gives back what spinlock_release needs to restore them. */
static inline uint64_t spinlock_acquire(struct spinlock *lock) {
    uint64_t flags = interrupts_save();
    spinlock_acquire_raw(lock);
    return flags;
}

static inline void spinlock_release(struct spinlock *lock, uint64_t flags) {
    spinlock_release_raw(lock);
    interrupts_restore(flags);
}

#endif
