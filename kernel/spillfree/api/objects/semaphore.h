/* Client objects of api/semaphore.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_SEMAPHORE_H
#define OBJECTS_SEMAPHORE_H

#include <spillscope_contracts.h>
#include <stdint.h>

struct semaphore_core;

struct SPILLSCOPE_OPAQUE("spillfree/semaphores") SPILLSCOPE_OWNED semaphore {
    struct semaphore_core *core; /* a share of it; NULL: none */
};

#endif
