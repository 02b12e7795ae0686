#ifndef SPILLSCOPE_INTERRUPTION_H
#define SPILLSCOPE_INTERRUPTION_H
/*
 * Ctrl-C, SIGTERM and SIGHUP as something to ask for, so that work which holds a database, a guest or files ends in order. Signals stay blocked from
 * catch to release; one that was asked for does not strike afterwards.
 */
#include <signal.h>
#include <stdbool.h>
#include "spillscope/error.h"

/* A zeroed one catches nothing, and may be released. */
struct interruption {
    bool caught;
    int descriptor; /* becomes readable when a signal has come: for poll */
    sigset_t before;
};

struct error *interruption_catch(struct interruption *interruption);
/* Has one come since it was last asked? */
bool interruption_seen(const struct interruption *interruption);
void interruption_release(struct interruption *interruption);

#endif
