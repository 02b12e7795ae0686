#include <base/heap/heap.h>
#include <base/lib/string.h>
#include <base/lock/spinlock.h>
#include <devices/devices.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

/* Owner: devices. Lock: devices.lock; a file is used by its owner only. */
static struct {
    struct spinlock lock;
    struct list drivers; /* by their link */
    struct list open;    /* device files by their link */
} devices = {.drivers = LIST_INITIAL(devices.drivers), .open = LIST_INITIAL(devices.open)};

void device_register(struct device_driver *driver) {
    uint64_t flags = spinlock_acquire(&devices.lock);
    list_insert(&devices.drivers, &driver->link);
    spinlock_release(&devices.lock, flags);
}

/* The lock is held. */
static struct device_driver *driver_find(const char *name) {
    list_for_each(link, &devices.drivers) {
        struct device_driver *driver = container_of(link, struct device_driver, link);
        if (string_equal(driver->operations->name, name)) {
            return driver;
        }
    }
    return NULL;
}

static void file_release(void *object) {
    struct device_file *file = object;
    file->operations->release(file);
    uint64_t flags = spinlock_acquire(&devices.lock);
    list_remove(&file->link);
    driver_find(file->operations->name)->open_count--;
    spinlock_release(&devices.lock, flags);
    kfree(file);
}

static const struct handle_operations device_operations = {"device", NULL, file_release};

static struct device_file *request_file(const struct request *request) {
    return handle_object((uint32_t)request->arguments[0], &device_operations);
}

int64_t sys_device_open(const struct request *request) {
    char name[DEVICE_NAME_MAX];
    uint32_t handle;
    status_t status = copy_string_from_user(name, request_pointer(request, 1), sizeof name);
    if (status != STATUS_OK) {
        return status;
    }
    struct device_file *file = kmalloc(sizeof *file);
    if (file == NULL) {
        return STATUS_NO_MEMORY;
    }
    *file = (struct device_file){.owner = task_current()};
    uint64_t flags = spinlock_acquire(&devices.lock);
    struct device_driver *driver = driver_find(name);
    if (driver != NULL) {
        file->operations = driver->operations;
        driver->open_count++;
        list_insert(&devices.open, &file->link);
    }
    spinlock_release(&devices.lock, flags);
    if (driver == NULL) {
        kfree(file);
        return STATUS_NOT_FOUND;
    }
    status = file->operations->open(file);
    if (status == STATUS_OK) {
        status = handle_install(task_current(), &device_operations, file, &handle);
    }
    if (status != STATUS_OK) {
        file_release(file);
        return status;
    }
    return copy_to_user(request_pointer(request, 2), &handle, sizeof handle);
}

int64_t sys_device_close(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &device_operations);
}

int64_t sys_device_read(const struct request *request) {
    struct device_file *file = request_file(request);
    uint8_t data[DEVICE_TRANSFER_MAX];
    size_t done;
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (request->arguments[2] > sizeof data) {
        return STATUS_INVALID;
    }
    status_t status = file->operations->read(file, data, request->arguments[2], &done);
    if (status != STATUS_OK) {
        return status;
    }
    status = copy_to_user(request_pointer(request, 1), data, done);
    return status != STATUS_OK ? status : copy_to_user(request_pointer(request, 3), &done, sizeof done);
}

int64_t sys_device_write(const struct request *request) {
    struct device_file *file = request_file(request);
    uint8_t data[DEVICE_TRANSFER_MAX];
    size_t done;
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (request->arguments[2] > sizeof data) {
        return STATUS_INVALID;
    }
    status_t status = copy_from_user(data, request_pointer(request, 1), request->arguments[2]);
    if (status == STATUS_OK) {
        status = file->operations->write(file, data, request->arguments[2], &done);
    }
    return status != STATUS_OK ? status : copy_to_user(request_pointer(request, 3), &done, sizeof done);
}

int64_t sys_device_control(const struct request *request) {
    struct device_file *file = request_file(request);
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    return file->operations->control(file, (uint32_t)request->arguments[1], request->arguments[2]);
}

int64_t sys_device_seek(const struct request *request) {
    struct device_file *file = request_file(request);
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (request->arguments[1] > UINT16_MAX) {
        return STATUS_INVALID;
    }
    file->position = request->arguments[1];
    return STATUS_OK;
}

int64_t sys_device_status(const struct request *request) {
    struct device_file *file = request_file(request);
    struct device_status status = {0};
    if (file == NULL) {
        return STATUS_BAD_OBJECT;
    }
    file->operations->status(file, &status);
    status.position = file->position;
    return copy_to_user(request_pointer(request, 1), &status, sizeof status);
}
