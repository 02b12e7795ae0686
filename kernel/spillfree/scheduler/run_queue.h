/* A run queue: runnable tasks of one priority, in order. All that says that a task can run is here, nothing is in the task. */
#ifndef SPILLFREE_RUN_QUEUE_H
#define SPILLFREE_RUN_QUEUE_H

#include <scheduler/scheduler.h>
#include <stdbool.h>
#include <tasks/task.h>

/* A ring. */
struct run_queue {
    struct task *tasks[TASKS_MAX];
    uint32_t first, count;
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
