/* The clock: counts ticks, and lets those know who wait for time to pass. */
#ifndef SPILLFUL_CLOCK_H
#define SPILLFUL_CLOCK_H

#include <stdint.h>

/* Routes the timer interrupt and starts it on the first CPU. */
void clock_start(void);
/* Nanoseconds since boot, as of the last tick. */
uint64_t clock_now(void);

#endif
