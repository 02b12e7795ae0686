/* The scheduler: round robin within priorities, over one run queue for all CPUs. */
#ifndef SPILLFUL_SCHEDULER_H
#define SPILLFUL_SCHEDULER_H

#include <base/lib/list.h>
#include <base/lock/spinlock.h>
#include <stdbool.h>
#include <stdint.h>

struct task;

enum run_state { RUN_RUNNABLE = 1, RUN_RUNNING, RUN_BLOCKED, RUN_ENDED };

/* Tasks that block until something happens, linked by their wait_link. Guarded by the scheduler's lock. */
struct wait_queue {
    struct list waiters;
};

void wait_queue_init(struct wait_queue *queue);
/* Blocks the calling task. `lock` is held, with interrupts off, and guards what the task waits for; it is free
 * meanwhile. Wakes may be spurious: check again. False if the task has been killed and must wait no longer. */
bool wait_queue_block(struct wait_queue *queue, struct spinlock *lock);
void wait_queue_wake_all(struct wait_queue *queue);

void scheduler_init(void);
/* Makes a new task runnable. */
void scheduler_add(struct task *task);
/* The last thing that an ended task does. */
void scheduler_end(void) __attribute__((noreturn));
/* The first thing that a new task does. */
void scheduler_begin(void);
/* From now on the task waits for nothing, and ends when it is about to leave the kernel. */
void scheduler_kill(struct task *task);
/* Called by the clock at every tick, in its interrupt; may switch to another task. */
void scheduler_tick(uint64_t now);

#endif
