/* Signals, in this design alone. No transactions of comparisons. */
#ifndef API_SIGNAL_H
#define API_SIGNAL_H

#include <api/task.h>

enum { SIGNAL_KILL = 0, SIGNAL_COUNT = 8 };

typedef void signal_handler(uint32_t signal);

/* What the calling process does about a signal from now on; NULL: it ends, as at the beginning. STATUS_INVALID for SIGNAL_KILL. */
status_t signal_handle(uint32_t signal, signal_handler *handler);
/* The child handles it when it next leaves a system call, or ends at once, asleep or not. STATUS_CLOSED if it has ended. */
status_t signal_send(struct child *child, uint32_t signal);

#endif
