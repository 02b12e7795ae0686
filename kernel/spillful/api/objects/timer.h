/* Client objects of api/timer.h in this design: handles into the calling task's handle table. 0 is none. */
#ifndef OBJECTS_TIMER_H
#define OBJECTS_TIMER_H

#include <stdint.h>

struct timer_set {
    uint32_t handle;
};

struct timer {
    uint32_t handle;
};

#endif
