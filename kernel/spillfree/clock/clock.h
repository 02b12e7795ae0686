/* The clock reads the hardware and keeps nothing. */
#ifndef SPILLFREE_CLOCK_H
#define SPILLFREE_CLOCK_H

#include <stdint.h>

/* Routes the timer interrupt and starts it on the first CPU. */
void clock_start(void);
/* Nanoseconds since boot. */
uint64_t clock_now(void);

#endif
