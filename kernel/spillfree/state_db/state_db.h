/* The state store: the unavoidable states of the system, those that code needs which the hardware calls without context.
 * It knows nothing about what is in it. Only its users change it, each its own member. */
#ifndef SPILLFREE_STATE_DB_H
#define SPILLFREE_STATE_DB_H

#include <api/interrupt.h>
#include <base/lock/spinlock.h>
#include <scheduler/run_queue.h>

struct interrupt_line;
struct task;
struct waiter;

struct state_db {
    /* Living tasks, by their next: an exception handler finds here whose stack it was that overflowed.
     * Owner: tasks. Lock: tasks_lock. */
    struct spinlock tasks_lock;
    struct task *tasks;

    /* Which tasks can run, and how: the clock's interrupt has no client to ask who shall run.
     * Owner: the scheduler. Lock: run_queues.lock, which also guards wait lists, sleepers, and the contexts of tasks. */
    struct run_queues run_queues;

    /* Tasks that wait for time to pass, next to wake first: the clock's interrupt wakes them. They lie on the stacks of those
     * tasks. Owner: the scheduler. Lock: run_queues.lock. */
    struct waiter *sleepers;

    /* Claimed interrupt lines, which lie with their clients: a line's interrupt finds them here. Owner: interrupts. Lock: lines_lock, which also
     * guards what the lines know. */
    struct spinlock lines_lock;
    struct interrupt_line *lines[INTERRUPT_LINES];
};

extern struct state_db state_db;

#endif
