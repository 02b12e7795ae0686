/* Character devices. So far there is one: "i2c-0", a bus with targets at addresses; DEVICE_SELECT says which one is meant. */
#ifndef API_DEVICE_H
#define API_DEVICE_H

#include <api/status.h>
#include <objects/device.h>
#include <spillscope_contracts.h>
#include <stddef.h>

enum {
    DEVICE_NAME_MAX = 16,
    DEVICE_TRANSFER_MAX = 32 /* bytes of one read or write */
};

/* Commands of device_control. */
enum {
    DEVICE_SELECT = 1, /* argument: the address, below 128, of the target that reads and writes go to; position 0 */
    DEVICE_RETRIES = 2 /* argument: how often a transfer is tried when nobody answers, 1 to 10 */
};

/* What is at the bus. */
enum {
    DEVICE_SENSOR = 0x48, /* two bytes, a temperature in 1/256 degrees; cannot be written */
    DEVICE_MEMORY = 0x50  /* 64 bytes */
};

struct device_status {
    uint32_t address; /* as selected; 0: none yet */
    uint32_t retries;
    uint64_t position; /* in the target: where the next transfer begins */
};

/* STATUS_NOT_FOUND if no driver has that name. */
status_t device_open(struct device *device SPILLSCOPE_ACQUIRES, const char *name);
status_t device_close(struct device *device SPILLSCOPE_RELEASES);
/* From the position on; `done` is less than `size` at the target's end. STATUS_INVALID if no target is selected or `size` is
 * above DEVICE_TRANSFER_MAX, STATUS_NO_DEVICE if nobody answers. */
status_t device_read(struct device *device, void *data, size_t size, size_t *done);
/* The same; STATUS_DENIED if the target cannot be written. */
status_t device_write(struct device *device, const void *data, size_t size, size_t *done);
/* STATUS_INVALID: an unknown command, or an argument out of its range. */
status_t device_control(struct device *device, uint32_t command, uint64_t argument);
/* STATUS_INVALID beyond 65535. */
status_t device_seek(struct device *device, uint64_t position);
status_t device_status(struct device *device, struct device_status *status);

static indivisible void device_drop(struct device *device SPILLSCOPE_RELEASES) {
    (void)device_close(device);
}

#endif
