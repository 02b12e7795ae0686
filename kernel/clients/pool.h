/* What a driver holds: a few objects of each kind, some of them none, so that requests meet objects in every condition. */
#ifndef CLIENTS_POOL_H
#define CLIENTS_POOL_H

#include <api/clock.h>
#include <api/device.h>
#include <api/interrupt.h>
#include <api/memory.h>
#include <api/scheduler.h>
#include <api/task.h>
#include <api/timer.h>
#include <clients/worker.h>

enum { POOL = 3 };

struct pool {
    struct worker worker; /* its random numbers, and what it shares with the other drivers */
    struct child children[POOL];
    struct memory_region regions[POOL];
    struct channel_end ends[2 * POOL];
    struct volume volumes[2];
    struct file files[POOL];
    struct directory directories[2];
    struct timer_set sets[2];
    struct timer timers[POOL];
    struct semaphore semaphores[POOL];
    struct queue queues[POOL];
    struct topic topics[2];
    struct subscription subscriptions[POOL];
    struct device devices[2];
    struct interrupt_line lines[2];
};

/* One random request. */
typedef void pool_request(struct pool *pool);

pool_request pool_tasks, pool_scheduler, pool_clock, pool_memory, pool_channels, pool_files, pool_timers;
pool_request pool_semaphores, pool_queues, pool_events, pool_devices, pool_interrupts;

/* A result must be a status; which one depends on what the objects went through. */
void pool_judge(struct pool *pool, const char *request, status_t status);
#define ASK(pool, request) pool_judge(pool, #request, request)

/* Gives up all that is left, in an order in which it can be. */
void pool_empty(struct pool *pool);

#endif
