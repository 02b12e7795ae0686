/* Client objects of api/file.h in this design: handles into the calling task's handle table. 0 is none. */
#ifndef OBJECTS_FILE_H
#define OBJECTS_FILE_H

#include <stdint.h>

struct volume {
    uint32_t handle;
};

struct file {
    uint32_t handle;
};

struct directory {
    uint32_t handle;
};

#endif
