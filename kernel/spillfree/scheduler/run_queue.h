/* A run queue: the entries of runnable tasks, in order. All that says that a task can run is here, nothing is in the task. */
#ifndef SPILLFREE_RUN_QUEUE_H
#define SPILLFREE_RUN_QUEUE_H

#include <scheduler/scheduler.h>
#include <stdbool.h>
#include <tasks/task.h>

/* Runnable tasks of a priority, a ring. */
struct run_queue {
    struct run_entry entries[TASKS_MAX];
    uint32_t first, count;
};

static inline void run_queue_put(struct run_queue *queue, struct run_entry entry) {
    queue->entries[(queue->first + queue->count) % TASKS_MAX] = entry;
    queue->count++;
}

/* The first entry; the queue is not empty. */
static inline struct run_entry run_queue_take(struct run_queue *queue) {
    struct run_entry entry = queue->entries[queue->first];
    queue->first = (queue->first + 1) % TASKS_MAX;
    queue->count--;
    return entry;
}

#endif
