/* The scheduler: round robin within priorities. Which tasks can run is in the run queue of their priority; a task that is blocked has
 * a run entry on its own stack. Tasks know nothing about queues. */
#ifndef SPILLFREE_SCHEDULER_H
#define SPILLFREE_SCHEDULER_H

#include <base/lock/spinlock.h>
#include <scheduler/wait_list.h>
#include <stdbool.h>
#include <stdint.h>

struct task;

struct run_entry {
    struct task *task;
    uint32_t priority;
};

/* A blocked task, on its own stack. It is the note of the context that the task left (base/cpu/cpu.h). */
struct waiter {
    struct waiter **list; /* where the list begins that it is in; NULL once it can run again */
    struct waiter *next;
    struct run_entry entry; /* goes back to the run queue */
};

/* Blocks the calling task. `lock` is held, with interrupts off, and guards what the task waits for; it is free
 * meanwhile. Wakes may be spurious: check again. False if the task is to end and must wait no longer. */
bool wait_list_block(struct wait_list *list, struct spinlock *lock);
void wait_list_wake_all(struct wait_list *list);

/* At start: this CPU runs its idle task. */
void scheduler_adopt_idle(void);
/* Makes a new task runnable, with the priority of the calling one. */
void scheduler_add(struct task *task);
/* The last thing that an ended task does. */
void scheduler_end(void) __attribute__((noreturn));
/* The first thing that a new task does. `ended`: the task that this CPU came from if that one ended, or NULL. */
void scheduler_begin(struct task *ended);
/* Blocks the calling task until then. False if the task is to end and must wait no longer. */
bool scheduler_wait_until(uint64_t deadline);
/* Makes a task runnable that is to end, if it is blocked. */
void scheduler_rouse(struct task *task);
/* Called by the clock at every tick, in its interrupt; may switch to another task. */
void scheduler_tick(uint64_t now);

#endif
