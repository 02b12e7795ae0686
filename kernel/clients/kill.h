/* What run=kill kills while it sleeps. */
#ifndef CLIENTS_KILL_H
#define CLIENTS_KILL_H

#include <api/task.h>

/* The requests that would never end, each of those that block. */
enum kill_sleep {
    KILL_SLEEP_RECEIVE,
    KILL_SLEEP_SEND,
    KILL_SLEEP_SEMAPHORE,
    KILL_SLEEP_JOIN,
    KILL_SLEEP_CLOCK,
    KILL_SLEEP_TIMER,
    KILL_SLEEP_INTERRUPT,
    KILL_SLEEPS,
    KILL_SLEEP_EXTRA = KILL_SLEEPS, /* one of the design's own */
};

/* Holds an object of each kind, and sleeps. Arguments: a random seed, enum kill_sleep, the design's extras. */
int32_t kill_sleeper_main(struct client_start *start);

#endif
