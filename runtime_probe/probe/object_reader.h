#ifndef PROBE_OBJECT_READER_H
#define PROBE_OBJECT_READER_H
/* How the list of loaded objects is read through a stub or mapped RAM. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/guest_memory.h"

/* What fails is kept, for who follows the list can only be told that it did not get its bytes. The error is the caller's. */
struct object_reader {
    struct guest_memory *memory;
    struct error *error;
};

/* An `objects_memory`; the context is a struct object_reader. */
bool object_reader_read(void *context, uint64_t address, void *buffer, size_t count);

#endif
