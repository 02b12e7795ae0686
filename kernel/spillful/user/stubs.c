/* The client API as system calls. A stub traps, and keeps the handle in the client's object; nothing else. */
#include <api/clock.h>
#include <api/console.h>
#include <api/device.h>
#include <api/interrupt.h>
#include <api/memory.h>
#include <api/scheduler.h>
#include <api/task.h>
#include <api/timer.h>
#include <api/trial.h>
#include <syscalls/numbers.h>

#define ADDRESS(pointer) ((uint64_t)(pointer))

static inline status_t trap5(enum system_call_number number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e) {
    uint64_t result = number;
    register uint64_t fourth __asm__("r10") = d;
    register uint64_t fifth __asm__("r8") = e;
    __asm__ volatile("syscall" : "+a"(result), "+r"(fourth), "+r"(fifth), "+D"(a), "+S"(b), "+d"(c) : : "rcx", "r9", "r11", "memory");
    return (status_t)result;
}

static inline status_t trap(enum system_call_number number, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    return trap5(number, a, b, c, d, 0);
}

/* A request that closes the object of `handle`, which is none afterwards. */
static status_t trap_close(enum system_call_number number, uint32_t *handle) {
    status_t status = trap(number, *handle, 0, 0, 0);
    if (status == STATUS_OK) {
        *handle = 0;
    }
    return status;
}

void console_write(const char *text, size_t length) {
    (void)trap(SYSTEM_CONSOLE_WRITE, ADDRESS(text), length, 0, 0);
}

status_t task_spawn(struct child *child, const char *name, client_main *main, struct client_start *start) {
    status_t status = trap(SYSTEM_TASK_SPAWN, ADDRESS(&child->handle), ADDRESS(name), ADDRESS(main), ADDRESS(start));
    if (status == STATUS_OK) {
        start->end.handle = 0;
    }
    return status;
}

status_t task_join(struct child *child, int32_t *result) {
    status_t status = trap(SYSTEM_TASK_JOIN, child->handle, ADDRESS(result), 0, 0);
    if (status == STATUS_OK) {
        child->handle = 0;
    }
    return status;
}

status_t task_detach(struct child *child) {
    return trap_close(SYSTEM_TASK_DETACH, &child->handle);
}

status_t task_query(struct child *child, struct task_status *status) {
    return trap(SYSTEM_TASK_QUERY, child->handle, ADDRESS(status), 0, 0);
}

status_t task_cancel(struct child *child) {
    return trap(SYSTEM_TASK_CANCEL, child->handle, 0, 0, 0);
}

status_t task_cancelled(uint32_t *cancelled) {
    return trap(SYSTEM_TASK_CANCELLED, ADDRESS(cancelled), 0, 0, 0);
}

status_t task_identify(uint32_t *identity) {
    return trap(SYSTEM_TASK_IDENTIFY, ADDRESS(identity), 0, 0, 0);
}

status_t task_rename(const char *name) {
    return trap(SYSTEM_TASK_RENAME, ADDRESS(name), 0, 0, 0);
}

void task_exit(int32_t result) {
    (void)trap(SYSTEM_TASK_EXIT, (uint64_t)(int64_t)result, 0, 0, 0);
    __builtin_trap();
}

status_t scheduler_yield(void) {
    return trap(SYSTEM_SCHEDULER_YIELD, 0, 0, 0, 0);
}

status_t scheduler_sleep(uint64_t nanoseconds) {
    return trap(SYSTEM_SCHEDULER_SLEEP, nanoseconds, 0, 0, 0);
}

status_t scheduler_set_priority(uint32_t priority) {
    return trap(SYSTEM_SCHEDULER_SET_PRIORITY, priority, 0, 0, 0);
}

status_t scheduler_get_priority(uint32_t *priority) {
    return trap(SYSTEM_SCHEDULER_GET_PRIORITY, ADDRESS(priority), 0, 0, 0);
}

status_t clock_read(uint64_t *nanoseconds) {
    return trap(SYSTEM_CLOCK_READ, ADDRESS(nanoseconds), 0, 0, 0);
}

status_t clock_resolution(uint64_t *nanoseconds) {
    return trap(SYSTEM_CLOCK_RESOLUTION, ADDRESS(nanoseconds), 0, 0, 0);
}

status_t memory_map(struct memory_region *region, size_t pages, uint32_t protection, void **address) {
    return trap(SYSTEM_MEMORY_MAP, ADDRESS(&region->address), pages, protection, ADDRESS(address));
}

status_t memory_unmap(struct memory_region *region) {
    status_t status = trap(SYSTEM_MEMORY_UNMAP, region->address, 0, 0, 0);
    if (status == STATUS_OK) {
        region->address = 0;
    }
    return status;
}

status_t memory_protect(struct memory_region *region, uint32_t protection) {
    return trap(SYSTEM_MEMORY_PROTECT, region->address, protection, 0, 0);
}

status_t memory_resize(struct memory_region *region, size_t pages, void **address) {
    return trap(SYSTEM_MEMORY_RESIZE, ADDRESS(&region->address), pages, region->address, ADDRESS(address));
}

status_t memory_query(struct memory_region *region, struct memory_information *information) {
    return trap(SYSTEM_MEMORY_QUERY, region->address, ADDRESS(information), 0, 0);
}

status_t channel_create(struct channel_end *one, struct channel_end *other) {
    return trap(SYSTEM_CHANNEL_CREATE, ADDRESS(&one->handle), ADDRESS(&other->handle), 0, 0);
}

status_t channel_close(struct channel_end *end) {
    return trap_close(SYSTEM_CHANNEL_CLOSE, &end->handle);
}

status_t channel_send(struct channel_end *end, const void *data, size_t size) {
    return trap(SYSTEM_CHANNEL_SEND, end->handle, ADDRESS(data), size, 0);
}

status_t channel_try_send(struct channel_end *end, const void *data, size_t size) {
    return trap(SYSTEM_CHANNEL_TRY_SEND, end->handle, ADDRESS(data), size, 0);
}

status_t channel_receive(struct channel_end *end, void *data, size_t capacity, size_t *size) {
    return trap(SYSTEM_CHANNEL_RECEIVE, end->handle, ADDRESS(data), capacity, ADDRESS(size));
}

status_t channel_try_receive(struct channel_end *end, void *data, size_t capacity, size_t *size) {
    return trap(SYSTEM_CHANNEL_TRY_RECEIVE, end->handle, ADDRESS(data), capacity, ADDRESS(size));
}

status_t channel_status(struct channel_end *end, struct channel_status *status) {
    return trap(SYSTEM_CHANNEL_STATUS, end->handle, ADDRESS(status), 0, 0);
}

status_t volume_create(struct volume *volume) {
    return trap(SYSTEM_VOLUME_CREATE, 0, ADDRESS(&volume->handle), 0, 0);
}

status_t volume_close(struct volume *volume) {
    return trap_close(SYSTEM_VOLUME_CLOSE, &volume->handle);
}

status_t file_open(struct volume *volume, struct file *file, const char *path, uint32_t flags) {
    return trap(SYSTEM_FILE_OPEN, volume->handle, ADDRESS(&file->handle), ADDRESS(path), flags);
}

status_t file_close(struct file *file) {
    return trap_close(SYSTEM_FILE_CLOSE, &file->handle);
}

status_t file_read(struct file *file, void *data, size_t size, size_t *done) {
    return trap(SYSTEM_FILE_READ, file->handle, ADDRESS(data), size, ADDRESS(done));
}

status_t file_write(struct file *file, const void *data, size_t size, size_t *done) {
    return trap(SYSTEM_FILE_WRITE, file->handle, ADDRESS(data), size, ADDRESS(done));
}

status_t file_seek(struct file *file, int64_t offset, enum file_whence whence, uint64_t *position) {
    return trap(SYSTEM_FILE_SEEK, file->handle, (uint64_t)offset, whence, ADDRESS(position));
}

status_t file_stat(struct file *file, struct file_status *result) {
    return trap(SYSTEM_FILE_STAT, file->handle, ADDRESS(result), 0, 0);
}

status_t file_truncate(struct file *file, uint64_t size) {
    return trap(SYSTEM_FILE_TRUNCATE, file->handle, size, 0, 0);
}

status_t file_unlink(struct volume *volume, const char *path) {
    return trap(SYSTEM_FILE_UNLINK, volume->handle, ADDRESS(path), 0, 0);
}

status_t file_rename(struct volume *volume, const char *from, const char *to) {
    return trap(SYSTEM_FILE_RENAME, volume->handle, ADDRESS(from), ADDRESS(to), 0);
}

status_t directory_create(struct volume *volume, const char *path) {
    return trap(SYSTEM_DIRECTORY_CREATE, volume->handle, ADDRESS(path), 0, 0);
}

status_t directory_remove(struct volume *volume, const char *path) {
    return trap(SYSTEM_DIRECTORY_REMOVE, volume->handle, ADDRESS(path), 0, 0);
}

status_t directory_open(struct volume *volume, struct directory *directory, const char *path) {
    return trap(SYSTEM_DIRECTORY_OPEN, volume->handle, ADDRESS(&directory->handle), ADDRESS(path), 0);
}

status_t directory_next(struct directory *directory, struct directory_entry *entry) {
    return trap(SYSTEM_DIRECTORY_NEXT, directory->handle, ADDRESS(entry), 0, 0);
}

status_t directory_close(struct directory *directory) {
    return trap_close(SYSTEM_DIRECTORY_CLOSE, &directory->handle);
}

status_t timer_set_create(struct timer_set *set) {
    return trap(SYSTEM_TIMER_SET_CREATE, ADDRESS(&set->handle), 0, 0, 0);
}

status_t timer_set_close(struct timer_set *set) {
    return trap_close(SYSTEM_TIMER_SET_CLOSE, &set->handle);
}

status_t timer_create(struct timer_set *set, struct timer *timer, timer_callback *callback, void *argument) {
    return trap(SYSTEM_TIMER_CREATE, set->handle, ADDRESS(&timer->handle), ADDRESS(callback), ADDRESS(argument));
}

status_t timer_close(struct timer *timer) {
    return trap_close(SYSTEM_TIMER_CLOSE, &timer->handle);
}

status_t timer_arm(struct timer *timer, uint64_t delay, uint64_t period) {
    return trap(SYSTEM_TIMER_ARM, timer->handle, delay, period, 0);
}

status_t timer_cancel(struct timer *timer) {
    return trap(SYSTEM_TIMER_CANCEL, timer->handle, 0, 0, 0);
}

status_t timer_remaining(struct timer *timer, uint64_t *nanoseconds) {
    return trap(SYSTEM_TIMER_REMAINING, timer->handle, ADDRESS(nanoseconds), 0, 0);
}

status_t timer_wait(struct timer_set *set) {
    struct {
        timer_callback *callback;
        void *argument;
    } call;
    status_t status = trap(SYSTEM_TIMER_WAIT, set->handle, ADDRESS(&call), 0, 0);
    if (status == STATUS_OK) {
        call.callback(call.argument);
    }
    return status;
}

status_t semaphore_create(struct semaphore *semaphore, uint32_t value) {
    return trap(SYSTEM_SEMAPHORE_CREATE, ADDRESS(&semaphore->handle), value, 0, 0);
}

status_t semaphore_close(struct semaphore *semaphore) {
    return trap_close(SYSTEM_SEMAPHORE_CLOSE, &semaphore->handle);
}

status_t semaphore_down(struct semaphore *semaphore) {
    return trap(SYSTEM_SEMAPHORE_DOWN, semaphore->handle, 0, 0, 0);
}

status_t semaphore_try_down(struct semaphore *semaphore) {
    return trap(SYSTEM_SEMAPHORE_TRY_DOWN, semaphore->handle, 0, 0, 0);
}

status_t semaphore_up(struct semaphore *semaphore) {
    return trap(SYSTEM_SEMAPHORE_UP, semaphore->handle, 0, 0, 0);
}

status_t semaphore_value(struct semaphore *semaphore, uint32_t *value) {
    return trap(SYSTEM_SEMAPHORE_VALUE, semaphore->handle, ADDRESS(value), 0, 0);
}

status_t queue_create(struct queue *queue, uint32_t depth) {
    return trap(SYSTEM_QUEUE_CREATE, ADDRESS(&queue->handle), depth, 0, 0);
}

status_t queue_close(struct queue *queue) {
    return trap_close(SYSTEM_QUEUE_CLOSE, &queue->handle);
}

status_t queue_send(struct queue *queue, uint32_t type, const void *data, size_t size) {
    return trap(SYSTEM_QUEUE_SEND, queue->handle, type, ADDRESS(data), size);
}

status_t queue_receive(struct queue *queue, uint32_t type, void *data, size_t capacity, size_t *size) {
    return trap5(SYSTEM_QUEUE_RECEIVE, queue->handle, type, ADDRESS(data), capacity, ADDRESS(size));
}

status_t queue_status(struct queue *queue, struct queue_status *status) {
    return trap(SYSTEM_QUEUE_STATUS, queue->handle, ADDRESS(status), 0, 0);
}

status_t queue_set_depth(struct queue *queue, uint32_t depth) {
    return trap(SYSTEM_QUEUE_SET_DEPTH, queue->handle, depth, 0, 0);
}

status_t topic_create(struct topic *topic) {
    return trap(SYSTEM_TOPIC_CREATE, ADDRESS(&topic->handle), 0, 0, 0);
}

status_t topic_close(struct topic *topic) {
    return trap_close(SYSTEM_TOPIC_CLOSE, &topic->handle);
}

status_t event_subscribe(struct topic *topic, struct subscription *subscription, event_callback *callback, void *argument) {
    return trap(SYSTEM_EVENT_SUBSCRIBE, topic->handle, ADDRESS(&subscription->handle), ADDRESS(callback), ADDRESS(argument));
}

status_t event_unsubscribe(struct subscription *subscription) {
    return trap_close(SYSTEM_EVENT_UNSUBSCRIBE, &subscription->handle);
}

status_t event_publish(struct topic *topic, uint64_t value) {
    return trap(SYSTEM_EVENT_PUBLISH, topic->handle, value, 0, 0);
}

status_t event_dispatch(struct subscription *subscription) {
    struct {
        event_callback *callback;
        void *argument;
        uint64_t value;
    } call;
    status_t status = trap(SYSTEM_EVENT_DISPATCH, subscription->handle, ADDRESS(&call), 0, 0);
    if (status == STATUS_OK) {
        call.callback(call.argument, call.value);
    }
    return status;
}

status_t event_pending(struct subscription *subscription, uint32_t *count) {
    return trap(SYSTEM_EVENT_PENDING, subscription->handle, ADDRESS(count), 0, 0);
}

status_t interrupt_claim(struct interrupt_line *line, uint32_t number) {
    return trap(SYSTEM_INTERRUPT_CLAIM, ADDRESS(&line->handle), number, 0, 0);
}

status_t interrupt_release(struct interrupt_line *line) {
    return trap_close(SYSTEM_INTERRUPT_RELEASE, &line->handle);
}

status_t interrupt_raise(uint32_t number) {
    return trap(SYSTEM_INTERRUPT_RAISE, number, 0, 0, 0);
}

status_t interrupt_wait(struct interrupt_line *line, uint32_t *count) {
    return trap(SYSTEM_INTERRUPT_WAIT, line->handle, ADDRESS(count), 0, 0);
}

status_t interrupt_pending(struct interrupt_line *line, uint32_t *count) {
    return trap(SYSTEM_INTERRUPT_PENDING, line->handle, ADDRESS(count), 0, 0);
}

status_t device_open(struct device *device, const char *name) {
    return trap(SYSTEM_DEVICE_OPEN, 0, ADDRESS(name), ADDRESS(&device->handle), 0);
}

status_t device_close(struct device *device) {
    return trap_close(SYSTEM_DEVICE_CLOSE, &device->handle);
}

status_t device_read(struct device *device, void *data, size_t size, size_t *done) {
    return trap(SYSTEM_DEVICE_READ, device->handle, ADDRESS(data), size, ADDRESS(done));
}

status_t device_write(struct device *device, const void *data, size_t size, size_t *done) {
    return trap(SYSTEM_DEVICE_WRITE, device->handle, ADDRESS(data), size, ADDRESS(done));
}

status_t device_control(struct device *device, uint32_t command, uint64_t argument) {
    return trap(SYSTEM_DEVICE_CONTROL, device->handle, command, argument, 0);
}

status_t device_seek(struct device *device, uint64_t position) {
    return trap(SYSTEM_DEVICE_SEEK, device->handle, position, 0, 0);
}

status_t device_status(struct device *device, struct device_status *status) {
    return trap(SYSTEM_DEVICE_STATUS, device->handle, ADDRESS(status), 0, 0);
}

status_t trial_usage(struct trial_usage *usage) {
    return trap(SYSTEM_TRIAL_USAGE, ADDRESS(usage), 0, 0, 0);
}

status_t trial_starve(uint64_t number, uint32_t *failed) {
    return trap(SYSTEM_TRIAL_STARVE, number, ADDRESS(failed), 0, 0);
}

status_t trial_doom(uint64_t steps) {
    status_t status = trap(SYSTEM_TRIAL_DOOM, steps, 0, 0, 0);
    if (status == STATUS_OK) {
        __asm__ volatile("pushfq\n\torq $0x100, (%%rsp)\n\tpopfq" : : : "memory", "cc"); /* the trap flag: a step at a time */
    }
    return status;
}

/* There are no soft states in this design. */
status_t trial_forget(void) {
    return STATUS_OK;
}

status_t trial_kill(struct child *child) {
    return trap(SYSTEM_TRIAL_KILL, child->handle, 0, 0, 0);
}

status_t trial_secrets(struct trial_secrets *secrets) {
    return trap(SYSTEM_TRIAL_SECRETS, ADDRESS(secrets), 0, 0, 0);
}

status_t trial_integrity(uint32_t *broken) {
    return trap(SYSTEM_TRIAL_INTEGRITY, ADDRESS(broken), 0, 0, 0);
}

status_t trial_requests(uint64_t offset, char *text, size_t size, size_t *done) {
    return trap(SYSTEM_TRIAL_REQUESTS, offset, ADDRESS(text), size, ADDRESS(done));
}
