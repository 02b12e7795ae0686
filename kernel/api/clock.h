/* The clock and waiting for it. */
#ifndef API_CLOCK_H
#define API_CLOCK_H

#include <api/status.h>

#define CLOCK_DELAY_MAX (1ul << 62) /* nanoseconds; no request waits longer */

/* Nanoseconds since boot, never going back. */
status_t clock_read(uint64_t *nanoseconds);
/* Nanoseconds between two ticks: how exact sleeping and timers are. */
status_t clock_resolution(uint64_t *nanoseconds);

#endif
