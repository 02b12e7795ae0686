/* Client objects of api/channel.h in this design: handles into the calling task's handle table. 0 is none. */
#ifndef OBJECTS_CHANNEL_H
#define OBJECTS_CHANNEL_H

#include <stdint.h>

struct channel_end {
    uint32_t handle;
};

#endif
