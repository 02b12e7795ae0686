#include "object_reader.h"

bool object_reader_read(void *context, uint64_t address, void *buffer, size_t count) {
    struct object_reader *reader = context;
    bool valid = false;
    if (!reader->error) {
        reader->error = guest_memory_read(reader->memory, address, buffer, count, &valid);
    }
    return !reader->error && valid;
}
