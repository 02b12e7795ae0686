/* Run queues: runnable tasks of one priority, in order. All that says that a task can run is here, nothing is in the task. */
#ifndef SPILLFREE_RUN_QUEUE_H
#define SPILLFREE_RUN_QUEUE_H

#include <api/scheduler.h>
#include <base/cpu/cpu.h>
#include <base/lock/spinlock.h>
#include <stdbool.h>
#include <stddef.h>

enum { TASKS_MAX = 64 };

struct task;

/* The first comes next; NULL ends it. There are few, and a count and a beginning would be two states more. */
struct run_queue {
    struct task *tasks[TASKS_MAX + 1];
};

/* All of them, and what the CPUs do with them; lies in the state store. */
struct run_queues {
    struct spinlock lock;
    struct run_queue queues[PRIORITY_COUNT];
    uint32_t running[CPU_MAX]; /* the priority at which a CPU runs its current task */
};

static inline bool run_queue_empty(const struct run_queue *queue) {
    return queue->tasks[0] == NULL;
}

static inline void run_queue_put(struct run_queue *queue, struct task *task) {
    struct task **place = queue->tasks;
    while (*place != NULL) {
        place++;
    }
    *place = task;
}

/* Takes a task out, wherever it is; false if it is not there. */
static inline bool run_queue_remove(struct run_queue *queue, const struct task *task) {
    struct task **place = queue->tasks;
    while (*place != task && *place != NULL) {
        place++;
    }
    bool found = *place != NULL;
    for (; *place != NULL; place++) {
        place[0] = place[1];
    }
    return found;
}

/* Takes the first task out; the queue is not empty. */
static inline struct task *run_queue_take(struct run_queue *queue) {
    struct task *task = queue->tasks[0];
    for (struct task **place = queue->tasks; *place != NULL; place++) {
        place[0] = place[1];
    }
    return task;
}

#endif
