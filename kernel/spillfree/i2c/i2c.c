#include <common/bus/bus.h>
#include <devices/devices.h>
#include <state_db/soft_state.h>

/* What a client selected comes with each of its requests. This entity has none but a soft state. */

enum { TARGETS_IN_WORD = 63 };

/* The targets that answer, TARGETS_IN_WORD addresses from `word` times as many on; address number n of them is bit n + 1. */
static uint64_t targets_scan(uint64_t word) {
    uint64_t targets = 1;
    for (uint64_t i = 0; i < TARGETS_IN_WORD; i++) {
        uint64_t address = word * TARGETS_IN_WORD + i;
        targets |= (uint64_t)(address < BUS_ADDRESSES && bus_probe((uint32_t)address)) << (i + 1);
    }
    return targets;
}

/* Soft: a transfer with nobody costs as many tries as the client wants. */
SOFT_STATE(targets, (BUS_ADDRESSES + TARGETS_IN_WORD - 1) / TARGETS_IN_WORD, targets_scan)

static bool target_answers(uint32_t address) {
    return targets(address / TARGETS_IN_WORD) >> (address % TARGETS_IN_WORD + 1) & 1;
}

static void i2c_open(struct device *device) {
    device->retries = 1;
}

static status_t i2c_read(struct device *device, void *data, size_t size, size_t *done) {
    status_t status = STATUS_NO_DEVICE;
    if (device->address == 0) {
        return STATUS_INVALID;
    }
    for (uint32_t i = 0; i < device->retries && target_answers(device->address) && status == STATUS_NO_DEVICE; i++) {
        status = bus_read(device->address, device->position, data, size, done);
    }
    if (status == STATUS_OK) {
        device->position += *done;
    }
    return status;
}

static status_t i2c_write(struct device *device, const void *data, size_t size, size_t *done) {
    status_t status = STATUS_NO_DEVICE;
    if (device->address == 0) {
        return STATUS_INVALID;
    }
    for (uint32_t i = 0; i < device->retries && target_answers(device->address) && status == STATUS_NO_DEVICE; i++) {
        status = bus_write(device->address, device->position, data, size, done);
    }
    if (status == STATUS_OK) {
        device->position += *done;
    }
    return status;
}

static status_t i2c_control(struct device *device, uint32_t command, uint64_t argument) {
    if (command == DEVICE_SELECT && argument > 0 && argument < 128) {
        device->address = (uint32_t)argument;
        device->position = 0;
        return STATUS_OK;
    }
    if (command == DEVICE_RETRIES && argument > 0 && argument <= 10) {
        device->retries = (uint32_t)argument;
        return STATUS_OK;
    }
    return STATUS_INVALID;
}

const struct device_operations i2c_operations = {
    .name = "i2c-0",
    .open = i2c_open,
    .read = i2c_read,
    .write = i2c_write,
    .control = i2c_control,
};
