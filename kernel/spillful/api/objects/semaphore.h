/* Client objects of api/semaphore.h in this design: handles into the calling task's handle table. 0 is none. */
#ifndef OBJECTS_SEMAPHORE_H
#define OBJECTS_SEMAPHORE_H

#include <stdint.h>

struct semaphore {
    uint32_t handle;
};

#endif
