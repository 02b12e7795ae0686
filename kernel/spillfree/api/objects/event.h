/* Client objects of api/event.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_EVENT_H
#define OBJECTS_EVENT_H

#include <spillscope_contracts.h>
#include <stdint.h>

struct topic_log;

struct SPILLSCOPE_OPAQUE("spillfree/events") SPILLSCOPE_OWNED topic {
    struct topic_log *log; /* a share of it; NULL: none */
};

/* What a client wants to do about a topic's events, and how far it has come. */
struct SPILLSCOPE_OPAQUE("spillfree/events") SPILLSCOPE_OWNED subscription {
    struct topic_log *log; /* a share of it; NULL: none */
    void (*callback)(void *argument, uint64_t value);
    void *argument; /* for the callback */
    uint64_t seen;  /* events of the log that need not be shown any more */
};

#endif
