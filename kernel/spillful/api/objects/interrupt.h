/* Client objects of api/interrupt.h in this design: handles into the calling task's handle table. 0 is none. */
#ifndef OBJECTS_INTERRUPT_H
#define OBJECTS_INTERRUPT_H

#include <stdint.h>

struct interrupt_line {
    uint32_t handle;
};

#endif
