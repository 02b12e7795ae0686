/* What the clock needs of timers. */
#ifndef SPILLFUL_TIMERS_H
#define SPILLFUL_TIMERS_H

#include <stdint.h>

void timers_init(void);
/* Called at every tick: hands timers that are due by `now` to those who wait for them. */
void timers_expire(uint64_t now);

#endif
