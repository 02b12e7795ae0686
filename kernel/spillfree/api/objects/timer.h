/* Client objects of api/timer.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_TIMER_H
#define OBJECTS_TIMER_H

#include <spillscope_contracts.h>
#include <stdint.h>

struct timer;

/* The timers that a client waits for together, in the order of arming. */
struct SPILLSCOPE_OPAQUE("spillfree/timers") SPILLSCOPE_OWNED timer_set {
    struct timer *first;
    uint32_t created; /* 0: none */
};

struct SPILLSCOPE_OPAQUE("spillfree/timers") SPILLSCOPE_OWNED timer {
    struct timer_set *set; /* NULL: none */
    struct timer *next;    /* in the set */
    void (*callback)(void *argument);
    void *argument;    /* for the callback */
    uint64_t deadline; /* nanoseconds since boot, while armed */
    uint64_t period;   /* nanoseconds, 0: once */
    uint32_t armed;
};

#endif
