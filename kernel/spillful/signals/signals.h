/* Signals: what a process does about them is kept in its task, and done when it leaves the kernel. */
#ifndef SPILLFUL_SIGNALS_H
#define SPILLFUL_SIGNALS_H

#include <syscalls/syscalls.h>

/* At the end of a system call with `result`, if the calling task has signals: what it gives the client, which may go on in a handler first. */
int64_t signals_deliver(const struct request *request, int64_t result);

#endif
