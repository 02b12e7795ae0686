/* A client of the workload, and the steps that it takes. */
#ifndef CLIENTS_WORKER_H
#define CLIENTS_WORKER_H

#include <api/task.h>
#include <stdbool.h>

/* What a worker knows; it lies on its stack. */
struct worker {
    struct client_start *start; /* objects shared with the other workers */
    uint32_t number;            /* 0 and up */
    uint64_t random;            /* state of its random numbers, never 0 */
    uint32_t unexpected;        /* results that a request must not have given */
};

/* A number below `limit` that the seed determines. */
uint64_t worker_random(struct worker *worker, uint64_t limit);
/* Counts and prints a result that is not the expected one. True if it is. */
bool worker_expect(struct worker *worker, const char *request, status_t got, status_t expected);
/* The same for anything else that must hold. */
void worker_require(struct worker *worker, const char *what, bool holds);

#define EXPECT(worker, request, expected) worker_expect(worker, #request, request, expected)
#define REQUIRE(worker, condition) worker_require(worker, #condition, condition)

/* A step makes a few requests of one kind, with success and failure, and leaves nothing behind. */
typedef void workload_step(struct worker *worker);

workload_step step_task_join, step_task_cancel, step_task_detach, step_task_self;
workload_step step_scheduler, step_clock, step_timers, step_memory;
workload_step step_file_content, step_file_names, step_directories, step_volumes;
workload_step step_channel, step_channel_echo, step_channel_blocking;
workload_step step_interrupts, step_starvation;
workload_step step_semaphores, step_semaphore_blocking, step_queues, step_events, step_devices;

#endif
