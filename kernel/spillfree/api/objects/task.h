/* Client objects of api/task.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_TASK_H
#define OBJECTS_TASK_H

#include <spillscope_contracts.h>
#include <stdint.h>

struct task;

/* A task that the client started. */
struct SPILLSCOPE_OPAQUE("spillfree/tasks") SPILLSCOPE_OWNED child {
    struct task *task; /* a share of it; NULL: none */
};

#endif
