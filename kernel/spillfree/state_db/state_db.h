/* The state store: the unavoidable states of the system, those that code needs which the hardware calls without context.
 * It knows nothing about what is in it. Only its users change it, each its own member. */
#ifndef SPILLFREE_STATE_DB_H
#define SPILLFREE_STATE_DB_H

#include <base/lib/list.h>
#include <base/lock/spinlock.h>

struct waiter;

struct state_db {
    /* Living tasks by their link: an exception handler finds here whose stack it was that overflowed.
     * Owner: tasks. Lock: tasks_lock. */
    struct spinlock tasks_lock;
    struct list tasks;

    /* Tasks that wait for time to pass, next to wake first: the clock's interrupt wakes them. They lie on the stacks of those
     * tasks. Owner: the scheduler. Lock: the scheduler's. */
    struct waiter *sleepers;
};

extern struct state_db state_db;

#endif
