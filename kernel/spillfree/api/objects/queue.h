/* Client objects of api/queue.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_QUEUE_H
#define OBJECTS_QUEUE_H

#include <spillscope_contracts.h>
#include <stdint.h>

struct queue_core;

struct SPILLSCOPE_OPAQUE("spillfree/queues") SPILLSCOPE_OWNED queue {
    struct queue_core *core; /* a share of it; NULL: none */
};

#endif
