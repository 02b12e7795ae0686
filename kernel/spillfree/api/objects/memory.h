/* Client objects of api/memory.h in this design: the state itself, owned by the client and opaque to it. */
#ifndef OBJECTS_MEMORY_H
#define OBJECTS_MEMORY_H

#include <spillscope_contracts.h>
#include <stdint.h>

/* Mapped pages. Who has this owns the addresses and the page frames. */
struct SPILLSCOPE_OPAQUE("spillfree/memory") SPILLSCOPE_OWNED memory_region {
    void *address; /* of the first page; NULL: none */
    uint64_t pages;
    uint32_t protection; /* MEMORY_READ, MEMORY_WRITE */
};

#endif
