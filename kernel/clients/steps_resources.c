#include <api/device.h>
#include <api/memory.h>
#include <api/timer.h>
#include <api/trial.h>
#include <clients/text.h>
#include <clients/worker.h>

static void count_call(void *argument) {
    uint32_t *calls = argument;
    (*calls)++;
}

void step_timers(struct worker *worker) {
    owned(timer_set) struct timer_set set = {0};
    owned(timer) struct timer once = {0};
    owned(timer) struct timer often = {0};
    uint32_t calls = 0;
    uint64_t remaining = 0;
    EXPECT(worker, timer_create(&set, &once, count_call, &calls), STATUS_BAD_OBJECT);
    EXPECT(worker, timer_wait(&set), STATUS_BAD_OBJECT);
    EXPECT(worker, timer_set_close(&set), STATUS_BAD_OBJECT);
    EXPECT(worker, timer_set_create(&set), STATUS_OK);
    EXPECT(worker, timer_create(&set, &once, count_call, &calls), STATUS_OK);
    EXPECT(worker, timer_create(&set, &often, count_call, &calls), STATUS_OK);
    EXPECT(worker, timer_set_close(&set), STATUS_BUSY);
    EXPECT(worker, timer_cancel(&once), STATUS_EMPTY);
    EXPECT(worker, timer_remaining(&once, &remaining), STATUS_EMPTY);
    EXPECT(worker, timer_arm(&once, UINT64_MAX, 0), STATUS_INVALID);
    EXPECT(worker, timer_arm(&once, worker_random(worker, 5000000), 0), STATUS_OK);
    EXPECT(worker, timer_remaining(&once, &remaining), STATUS_OK);
    EXPECT(worker, timer_arm(&often, 1000000 + worker_random(worker, 5000000), 2000000), STATUS_OK);
    EXPECT(worker, timer_wait(&set), STATUS_OK);
    EXPECT(worker, timer_wait(&set), STATUS_OK);
    EXPECT(worker, timer_cancel(&often), STATUS_OK);
    REQUIRE(worker, calls == 2);
    EXPECT(worker, timer_close(&once), STATUS_OK);
    EXPECT(worker, timer_close(&once), STATUS_BAD_OBJECT);
    EXPECT(worker, timer_wait(&set), STATUS_EMPTY);
    EXPECT(worker, timer_close(&often), STATUS_OK);
    EXPECT(worker, timer_set_close(&set), STATUS_OK);
}

void step_memory(struct worker *worker) {
    owned(memory_region) struct memory_region region = {0};
    owned(memory_region) struct memory_region other = {0};
    struct memory_information information = {0};
    void *address = 0;
    void *unused = 0;
    size_t pages = 1 + worker_random(worker, 4);
    EXPECT(worker, memory_map(&region, 0, MEMORY_READ, &address), STATUS_INVALID);
    EXPECT(worker, memory_query(&region, &information), STATUS_BAD_OBJECT);
    EXPECT(worker, memory_resize(&region, 1, &address), STATUS_BAD_OBJECT);
    EXPECT(worker, memory_protect(&region, MEMORY_READ), STATUS_BAD_OBJECT);
    EXPECT(worker, memory_map(&other, 1, MEMORY_READ, &unused), STATUS_OK);
    if (!EXPECT(worker, memory_map(&region, pages, MEMORY_READ | MEMORY_WRITE, &address), STATUS_OK)) {
        return;
    }
    uint8_t *bytes = address;
    bytes[0] = (uint8_t)(worker->number + 1);
    EXPECT(worker, memory_resize(&region, pages + 1 + worker_random(worker, 3), &address), STATUS_OK);
    bytes = address;
    REQUIRE(worker, bytes[0] == (uint8_t)(worker->number + 1) && bytes[pages * MEMORY_PAGE_SIZE] == 0);
    bytes[pages * MEMORY_PAGE_SIZE] = 1;
    EXPECT(worker, memory_protect(&region, 0), STATUS_INVALID);
    EXPECT(worker, memory_protect(&region, MEMORY_READ), STATUS_OK);
    REQUIRE(worker, bytes[pages * MEMORY_PAGE_SIZE] == 1);
    EXPECT(worker, memory_resize(&region, 1, &address), STATUS_OK);
    EXPECT(worker, memory_query(&region, &information), STATUS_OK);
    REQUIRE(worker, information.pages == 1 && information.protection == MEMORY_READ);
    EXPECT(worker, memory_unmap(&region), STATUS_OK);
    EXPECT(worker, memory_unmap(&region), STATUS_BAD_OBJECT);
}

/* A path of this worker's own in the shared volume. */
struct path {
    char text[8];
};

static struct path worker_path(const struct worker *worker, char kind) {
    return (struct path){{'/', kind, (char)('0' + worker->number), '\0'}};
}

void step_file_content(struct worker *worker) {
    struct volume *volume = &worker->start->volume;
    struct path path = worker_path(worker, 'c');
    owned(file) struct file file = {0};
    struct file_status status = {0};
    uint8_t data[700];
    uint64_t position = 0;
    size_t size = 1 + worker_random(worker, sizeof data);
    size_t done = 0;
    EXPECT(worker, file_read(&file, data, 1, &done), STATUS_BAD_OBJECT);
    EXPECT(worker, file_write(&file, data, 1, &done), STATUS_BAD_OBJECT);
    EXPECT(worker, file_stat(&file, &status), STATUS_BAD_OBJECT);
    EXPECT(worker, file_open(volume, &file, path.text, FILE_READ), STATUS_NOT_FOUND);
    if (!EXPECT(worker, file_open(volume, &file, path.text, FILE_READ | FILE_WRITE | FILE_CREATE), STATUS_OK)) {
        return;
    }
    bytes_fill(data, (uint8_t)size, sizeof data);
    EXPECT(worker, file_write(&file, data, size, &done), STATUS_OK);
    EXPECT(worker, file_seek(&file, -1, FILE_FROM_START, &position), STATUS_INVALID);
    EXPECT(worker, file_seek(&file, (int64_t)(size / 2), FILE_FROM_START, &position), STATUS_OK);
    EXPECT(worker, file_read(&file, data, sizeof data, &done), STATUS_OK);
    REQUIRE(worker, done == size - size / 2 && data[0] == (uint8_t)size);
    EXPECT(worker, file_seek(&file, 0, FILE_FROM_END, &position), STATUS_OK);
    EXPECT(worker, file_truncate(&file, FILE_SIZE_MAX + 1), STATUS_FULL);
    EXPECT(worker, file_truncate(&file, worker_random(worker, 2000)), STATUS_OK);
    EXPECT(worker, file_stat(&file, &status), STATUS_OK);
    REQUIRE(worker, status.kind == FILE_REGULAR);
    EXPECT(worker, file_close(&file), STATUS_OK);
    EXPECT(worker, file_close(&file), STATUS_BAD_OBJECT);
    EXPECT(worker, file_open(volume, &file, path.text, FILE_WRITE | FILE_APPEND), STATUS_OK);
    EXPECT(worker, file_write(&file, "tail", 4, &done), STATUS_OK);
    EXPECT(worker, file_unlink(volume, path.text), STATUS_OK);
}

void step_file_names(struct worker *worker) {
    struct volume *volume = &worker->start->volume;
    struct path from = worker_path(worker, 'f');
    struct path to = worker_path(worker, 't');
    owned(file) struct file file = {0};
    EXPECT(worker, file_rename(volume, from.text, to.text), STATUS_NOT_FOUND);
    EXPECT(worker, file_open(volume, &file, from.text, FILE_WRITE | FILE_CREATE | FILE_EXCLUSIVE), STATUS_OK);
    EXPECT(worker, file_rename(volume, from.text, from.text), STATUS_EXISTS);
    EXPECT(worker, file_rename(volume, from.text, to.text), STATUS_OK);
    EXPECT(worker, file_unlink(volume, from.text), STATUS_NOT_FOUND);
    EXPECT(worker, file_unlink(volume, to.text), STATUS_OK);
}

void step_directories(struct worker *worker) {
    struct volume *volume = &worker->start->volume;
    struct path path = worker_path(worker, 'd');
    char inner[] = {'/', 'd', path.text[2], '/', 'x', '\0'};
    owned(directory) struct directory directory = {0};
    struct directory_entry entry;
    EXPECT(worker, directory_next(&directory, &entry), STATUS_BAD_OBJECT);
    EXPECT(worker, directory_close(&directory), STATUS_BAD_OBJECT);
    EXPECT(worker, directory_open(volume, &directory, path.text), STATUS_NOT_FOUND);
    EXPECT(worker, directory_create(volume, path.text), STATUS_OK);
    EXPECT(worker, directory_create(volume, path.text), STATUS_EXISTS);
    EXPECT(worker, directory_create(volume, inner), STATUS_OK);
    EXPECT(worker, directory_remove(volume, path.text), STATUS_NOT_EMPTY);
    EXPECT(worker, directory_open(volume, &directory, path.text), STATUS_OK);
    EXPECT(worker, directory_next(&directory, &entry), STATUS_OK);
    REQUIRE(worker, text_equal(entry.name, "x") && entry.kind == FILE_DIRECTORY);
    EXPECT(worker, directory_next(&directory, &entry), STATUS_EMPTY);
    EXPECT(worker, directory_close(&directory), STATUS_OK);
    EXPECT(worker, directory_remove(volume, inner), STATUS_OK);
    EXPECT(worker, directory_remove(volume, path.text), STATUS_OK);
}

void step_volumes(struct worker *worker) {
    owned(volume) struct volume volume = {0};
    owned(file) struct file file = {0};
    EXPECT(worker, volume_close(&volume), STATUS_BAD_OBJECT);
    EXPECT(worker, volume_create(&volume), STATUS_OK);
    EXPECT(worker, directory_create(&volume, "/a"), STATUS_OK);
    EXPECT(worker, file_open(&volume, &file, "/a/b", FILE_WRITE | FILE_CREATE), STATUS_OK);
    EXPECT(worker, volume_close(&volume), STATUS_OK);
}

void step_devices(struct worker *worker) {
    owned(device) struct device device = {0};
    struct device_status status = {0};
    uint8_t data[DEVICE_TRANSFER_MAX + 1] = {(uint8_t)(worker->number + 1)};
    uint64_t place = worker->number * 16 + worker_random(worker, 8);
    size_t done = 0;
    EXPECT(worker, device_seek(&device, 0), STATUS_BAD_OBJECT);
    EXPECT(worker, device_status(&device, &status), STATUS_BAD_OBJECT);
    EXPECT(worker, device_close(&device), STATUS_BAD_OBJECT);
    EXPECT(worker, device_open(&device, "spi-0"), STATUS_NOT_FOUND);
    if (!EXPECT(worker, device_open(&device, "i2c-0"), STATUS_OK)) {
        return;
    }
    EXPECT(worker, device_read(&device, data, 1, &done), STATUS_INVALID);
    EXPECT(worker, device_control(&device, DEVICE_RETRIES, 11), STATUS_INVALID);
    EXPECT(worker, device_control(&device, DEVICE_RETRIES, 1 + worker_random(worker, 10)), STATUS_OK);
    EXPECT(worker, device_control(&device, DEVICE_SELECT, 0x21), STATUS_OK);
    EXPECT(worker, device_write(&device, data, 1, &done), STATUS_NO_DEVICE);
    EXPECT(worker, device_control(&device, DEVICE_SELECT, DEVICE_MEMORY), STATUS_OK);
    EXPECT(worker, device_seek(&device, place), STATUS_OK);
    EXPECT(worker, trial_forget(), STATUS_OK);
    EXPECT(worker, device_write(&device, data, 8, &done), STATUS_OK);
    EXPECT(worker, device_seek(&device, place), STATUS_OK);
    EXPECT(worker, device_read(&device, data, 8, &done), STATUS_OK);
    REQUIRE(worker, done == 8 && data[0] == worker->number + 1);
    EXPECT(worker, device_status(&device, &status), STATUS_OK);
    REQUIRE(worker, status.position == place + 8 && status.address == DEVICE_MEMORY);
    EXPECT(worker, device_close(&device), STATUS_OK);
}
