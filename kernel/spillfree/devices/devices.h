/* The character-device layer, as drivers see it. */
#ifndef SPILLFREE_DEVICES_H
#define SPILLFREE_DEVICES_H

#include <api/device.h>

/* What a driver does, on the client's object alone. */
struct device_operations {
    const char *name;
    void (*open)(struct device *device);
    status_t (*read)(struct device *device, void *data, size_t size, size_t *done);
    status_t (*write)(struct device *device, const void *data, size_t size, size_t *done);
    status_t (*control)(struct device *device, uint32_t command, uint64_t argument);
};

/* The i2c driver, see i2c/i2c.c. */
extern const struct device_operations i2c_operations;

#endif
