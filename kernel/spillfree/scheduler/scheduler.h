/* The scheduler: round robin within priorities. What it knows about a task is a run entry: in the run queue while the task
 * is runnable, and on the task's own stack while it is blocked. Tasks know nothing about queues. */
#ifndef SPILLFREE_SCHEDULER_H
#define SPILLFREE_SCHEDULER_H

#include <base/lock/spinlock.h>
#include <stdint.h>

struct task;

struct run_entry {
    struct task *task;
    uint32_t priority;
    uint32_t slice; /* ticks left until others of the same priority get their turn */
};

/* A blocked task, on its own stack. */
struct waiter {
    struct waiter *next;
    struct run_entry entry; /* goes back to the run queue */
};

/* Blocked tasks that wait for something, in order. Lies in what they wait for. Guarded by the scheduler's lock. */
struct wait_list {
    struct waiter *first;
};

/* Blocks the calling task. `lock` is held, with interrupts off, and guards what the task waits for; it is free
 * meanwhile. Wakes may be spurious: check again. */
void wait_list_block(struct wait_list *list, struct spinlock *lock);
void wait_list_wake_all(struct wait_list *list);

void scheduler_adopt_idle(struct task *task);
/* Makes a new task runnable, with the priority of the calling one. */
void scheduler_add(struct task *task);
/* The last thing that an ended task does. */
void scheduler_end(void) __attribute__((noreturn));
/* The first thing that a new task does. */
void scheduler_begin(void);
/* Blocks the calling task until then. */
void scheduler_wait_until(uint64_t deadline);
/* Called by the clock at every tick, in its interrupt; may switch to another task. */
void scheduler_tick(uint64_t now);

#endif
