/* Client objects of api/memory.h in this design: a region is named by its first address. 0 is none. */
#ifndef OBJECTS_MEMORY_H
#define OBJECTS_MEMORY_H

#include <stdint.h>

struct memory_region {
    uint64_t address;
};

#endif
