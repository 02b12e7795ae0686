/* The character-device layer, as drivers see it. */
#ifndef SPILLFUL_DEVICES_H
#define SPILLFUL_DEVICES_H

#include <api/device.h>
#include <base/lib/list.h>

struct task;
struct device_file;

/* What a driver does; the file is the layer's, and the driver changes it where that is convenient (thesis 3.1.1). */
struct device_operations {
    const char *name;
    status_t (*open)(struct device_file *file);
    void (*release)(struct device_file *file);
    status_t (*read)(struct device_file *file, void *data, size_t size, size_t *done);
    status_t (*write)(struct device_file *file, const void *data, size_t size, size_t *done);
    status_t (*control)(struct device_file *file, uint32_t command, uint64_t argument);
    void (*status)(struct device_file *file, struct device_status *status);
};

/* An open device: what the layer remembers of a client, and lends to the driver. */
struct device_file {
    const struct device_operations *operations;
    void *private_data; /* the driver's */
    uint64_t position;
    uint64_t transfers; /* so far */
    struct task *owner;
    struct list link; /* in devices.open */
};

/* A driver announces itself, at start. */
struct device_driver {
    const struct device_operations *operations;
    struct list link; /* in devices.drivers */
    uint32_t open_count;
};

void device_register(struct device_driver *driver);
/* The i2c driver, see i2c/i2c.c. */
void i2c_init(void);

#endif
