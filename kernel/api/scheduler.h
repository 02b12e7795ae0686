/* What a task may ask of the scheduler about itself. */
#ifndef API_SCHEDULER_H
#define API_SCHEDULER_H

#include <api/status.h>

/* 0 runs before 1 and so on; equal ones take turns. New tasks get the priority of their parent. */
enum { PRIORITY_HIGHEST = 0, PRIORITY_NORMAL = 2, PRIORITY_LOWEST = 3, PRIORITY_COUNT = 4 };

status_t scheduler_yield(void);
/* At least that long; STATUS_INVALID above CLOCK_DELAY_MAX. */
status_t scheduler_sleep(uint64_t nanoseconds);
status_t scheduler_set_priority(uint32_t priority);
status_t scheduler_get_priority(uint32_t *priority);

#endif
