/* Client objects of api/event.h in this design: handles into the calling task's handle table. 0 is none. */
#ifndef OBJECTS_EVENT_H
#define OBJECTS_EVENT_H

#include <stdint.h>

struct topic {
    uint32_t handle;
};

struct subscription {
    uint32_t handle;
};

#endif
