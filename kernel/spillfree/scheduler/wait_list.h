/* Blocked tasks that wait for something. */
#ifndef SPILLFREE_WAIT_LIST_H
#define SPILLFREE_WAIT_LIST_H

struct waiter;

/* In order. Lies in what they wait for. Guarded by the scheduler's lock. */
struct wait_list {
    struct waiter *first;
};

#endif
