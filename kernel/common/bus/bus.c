#include <base/lib/string.h>
#include <base/lock/spinlock.h>
#include <common/bus/bus.h>

enum { MEMORY_SIZE = 64, SENSOR_SIZE = 2 };

/* The targets' own memory. Owner: stands for the hardware. Lock: itself, for one transfer at a time. */
static struct {
    struct spinlock lock;
    uint8_t memory[MEMORY_SIZE];
} bus;

static const uint8_t sensor[SENSOR_SIZE] = {0x15, 0x80}; /* 21.5 degrees */

/* How much of a transfer lies within a target. */
static size_t transfer_size(uint64_t position, size_t size, size_t target_size) {
    size_t left = position < target_size ? target_size - position : 0;
    return size < left ? size : left;
}

bool bus_probe(uint32_t address) {
    return address == DEVICE_SENSOR || address == DEVICE_MEMORY;
}

status_t bus_read(uint32_t address, uint64_t position, void *data, size_t size, size_t *done) {
    const uint8_t *target = address == DEVICE_SENSOR ? sensor : bus.memory;
    if (!bus_probe(address)) {
        return STATUS_NO_DEVICE;
    }
    size_t count = transfer_size(position, size, address == DEVICE_SENSOR ? SENSOR_SIZE : MEMORY_SIZE);
    uint64_t flags = spinlock_acquire(&bus.lock);
    memcpy(data, target + (count > 0 ? position : 0), count);
    spinlock_release(&bus.lock, flags);
    *done = count;
    return STATUS_OK;
}

status_t bus_write(uint32_t address, uint64_t position, const void *data, size_t size, size_t *done) {
    if (address == DEVICE_SENSOR) {
        return STATUS_DENIED;
    }
    if (address != DEVICE_MEMORY) {
        return STATUS_NO_DEVICE;
    }
    size_t count = transfer_size(position, size, MEMORY_SIZE);
    uint64_t flags = spinlock_acquire(&bus.lock);
    memcpy(bus.memory + (count > 0 ? position : 0), data, count);
    spinlock_release(&bus.lock, flags);
    *done = count;
    return STATUS_OK;
}
