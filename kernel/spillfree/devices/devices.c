#include <base/lib/string.h>
#include <devices/devices.h>

/* This entity has no state: which drivers there are is decided when the kernel is linked, and what is open is the clients'. */

static const struct device_operations *const drivers[] = {&i2c_operations};

status_t device_open(struct device *device, const char *name) {
    if (string_length(name) >= DEVICE_NAME_MAX) {
        return STATUS_INVALID;
    }
    for (size_t i = 0; i < sizeof drivers / sizeof drivers[0]; i++) {
        if (string_equal(drivers[i]->name, name)) {
            *device = (struct device){.operations = drivers[i]};
            device->operations->open(device);
            return STATUS_OK;
        }
    }
    return STATUS_NOT_FOUND;
}

status_t device_close(struct device *device) {
    if (device->operations == NULL) {
        return STATUS_BAD_OBJECT;
    }
    *device = (struct device){0};
    return STATUS_OK;
}

status_t device_read(struct device *device, void *data, size_t size, size_t *done) {
    if (device->operations == NULL) {
        return STATUS_BAD_OBJECT;
    }
    return size > DEVICE_TRANSFER_MAX ? STATUS_INVALID : device->operations->read(device, data, size, done);
}

status_t device_write(struct device *device, const void *data, size_t size, size_t *done) {
    if (device->operations == NULL) {
        return STATUS_BAD_OBJECT;
    }
    return size > DEVICE_TRANSFER_MAX ? STATUS_INVALID : device->operations->write(device, data, size, done);
}

status_t device_control(struct device *device, uint32_t command, uint64_t argument) {
    if (device->operations == NULL) {
        return STATUS_BAD_OBJECT;
    }
    return device->operations->control(device, command, argument);
}

status_t device_seek(struct device *device, uint64_t position) {
    if (device->operations == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (position > UINT16_MAX) {
        return STATUS_INVALID;
    }
    device->position = position;
    return STATUS_OK;
}

status_t device_status(struct device *device, struct device_status *status) {
    if (device->operations == NULL) {
        return STATUS_BAD_OBJECT;
    }
    *status = (struct device_status){device->address, device->retries, device->position};
    return STATUS_OK;
}
