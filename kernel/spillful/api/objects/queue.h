/* Client objects of api/queue.h in this design: handles into the calling task's handle table. 0 is none. */
#ifndef OBJECTS_QUEUE_H
#define OBJECTS_QUEUE_H

#include <stdint.h>

struct queue {
    uint32_t handle;
};

#endif
