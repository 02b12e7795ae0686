/* Run queues: runnable tasks of one priority, in order. All that says that a task can run is here, nothing is in the task. */
#ifndef SPILLFREE_RUN_QUEUE_H
#define SPILLFREE_RUN_QUEUE_H

#include <api/scheduler.h>
#include <base/cpu/cpu.h>
#include <base/lock/spinlock.h>

enum { TASKS_MAX = 64 };

struct task;

/* A ring. */
struct run_queue {
    struct task *tasks[TASKS_MAX];
    uint32_t first, count;
};

/* How a CPU runs its current task. */
struct running {
    uint32_t priority;
    uint32_t slice; /* ticks left until others of the same priority get their turn */
};

/* All of them, and what the CPUs do with them; lies in the state store. */
struct run_queues {
    struct spinlock lock;
    struct run_queue queues[PRIORITY_COUNT];
    struct running running[CPU_MAX];
    struct task *departed[CPU_MAX]; /* the ended task that this CPU has just left, until it is released */
};

static inline void run_queue_put(struct run_queue *queue, struct task *task) {
    queue->tasks[(queue->first + queue->count) % TASKS_MAX] = task;
    queue->count++;
}

/* The first task; the queue is not empty. */
static inline struct task *run_queue_take(struct run_queue *queue) {
    struct task *task = queue->tasks[queue->first];
    queue->first = (queue->first + 1) % TASKS_MAX;
    queue->count--;
    return task;
}

#endif
