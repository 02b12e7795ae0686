#include <base/heap/heap.h>
#include <base/lock/spinlock.h>
#include <common/bus/bus.h>
#include <devices/devices.h>

/* What the driver remembers of a client (Linux: struct i2c_client of i2c-dev). */
struct i2c_client {
    uint32_t address; /* of the target it selected; 0: none */
    uint32_t retries;
};

static status_t i2c_open(struct device_file *file) {
    struct i2c_client *client = kmalloc(sizeof *client);
    if (client == NULL) {
        return STATUS_NO_MEMORY;
    }
    *client = (struct i2c_client){.retries = 1};
    file->private_data = client;
    return STATUS_OK;
}

static void i2c_release(struct device_file *file) {
    kfree(file->private_data);
}

/* The driver moves the layer's position itself. */
static void i2c_transferred(struct device_file *file, size_t done) {
    file->position += done;
    file->transfers++;
}

static status_t i2c_read(struct device_file *file, void *data, size_t size, size_t *done) {
    const struct i2c_client *client = file->private_data;
    status_t status = STATUS_NO_DEVICE;
    if (client->address == 0) {
        return STATUS_INVALID;
    }
    for (uint32_t i = 0; i < client->retries && status == STATUS_NO_DEVICE; i++) {
        status = bus_read(client->address, file->position, data, size, done);
    }
    if (status == STATUS_OK) {
        i2c_transferred(file, *done);
    }
    return status;
}

static status_t i2c_write(struct device_file *file, const void *data, size_t size, size_t *done) {
    const struct i2c_client *client = file->private_data;
    status_t status = STATUS_NO_DEVICE;
    if (client->address == 0) {
        return STATUS_INVALID;
    }
    for (uint32_t i = 0; i < client->retries && status == STATUS_NO_DEVICE; i++) {
        status = bus_write(client->address, file->position, data, size, done);
    }
    if (status == STATUS_OK) {
        i2c_transferred(file, *done);
    }
    return status;
}

static status_t i2c_control(struct device_file *file, uint32_t command, uint64_t argument) {
    struct i2c_client *client = file->private_data;
    if (command == DEVICE_SELECT && argument > 0 && argument < 128) {
        client->address = (uint32_t)argument;
        file->position = 0;
        return STATUS_OK;
    }
    if (command == DEVICE_RETRIES && argument > 0 && argument <= 10) {
        client->retries = (uint32_t)argument;
        return STATUS_OK;
    }
    return STATUS_INVALID;
}

static void i2c_status(struct device_file *file, struct device_status *status) {
    const struct i2c_client *client = file->private_data;
    status->address = client->address;
    status->retries = client->retries;
}

static const struct device_operations i2c_operations = {
    .name = "i2c-0",
    .open = i2c_open,
    .release = i2c_release,
    .read = i2c_read,
    .write = i2c_write,
    .control = i2c_control,
    .status = i2c_status,
};

/* Owner: i2c. Lock: the device layer's, for its link and count. */
static struct device_driver i2c_driver = {.operations = &i2c_operations, .link = LIST_INITIAL(i2c_driver.link)};

void i2c_init(void) {
    device_register(&i2c_driver);
}
