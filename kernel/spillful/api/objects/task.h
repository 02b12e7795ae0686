/* Client objects of api/task.h in this design: handles into the calling task's handle table. 0 is none. */
#ifndef OBJECTS_TASK_H
#define OBJECTS_TASK_H

#include <stdint.h>

struct child {
    uint32_t handle;
};

#endif
