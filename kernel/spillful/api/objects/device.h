/* Client objects of api/device.h in this design: handles into the calling task's handle table. 0 is none. */
#ifndef OBJECTS_DEVICE_H
#define OBJECTS_DEVICE_H

#include <stdint.h>

struct device {
    uint32_t handle;
};

#endif
