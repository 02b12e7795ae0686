#include <api/device.h>
#include <api/interrupt.h>
#include <api/memory.h>
#include <api/scheduler.h>
#include <api/task.h>
#include <api/timer.h>
#include <clients/starve.h>
#include <clients/text.h>
#include <clients/trials.h>

enum { ALLOCATIONS_MAX = 200 }; /* no request makes more */

static void starvation_complain(struct starvation *starvation, const char *request, uint64_t number, const char *what) {
    starvation->wrong++;
    text_print("starve: ");
    text_print(request);
    text_print(" with allocation ");
    text_print_number(number);
    text_print(" failing: ");
    text_print(what);
    text_print("\n");
}

void starvation_prepare(struct starvation *starvation, uint64_t number) {
    uint32_t unused;
    (void)trial_usage(&starvation->before);
    (void)trial_starve(number, &unused);
}

bool starvation_judge(struct starvation *starvation, const char *request, uint64_t number, status_t status) {
    struct trial_usage after = {0};
    uint32_t failed = 0;
    (void)trial_starve(0, &failed);
    (void)trial_usage(&after);
    if (!failed) {
        starvation->requests++;
        if (status != STATUS_OK) {
            starvation_complain(starvation, request, number, "it fails with no allocation left to fail");
        }
        return false;
    }
    starvation->failures++;
    if (status != STATUS_NO_MEMORY) {
        starvation_complain(starvation, request, number, "it is not STATUS_NO_MEMORY");
    }
    if (after.objects != starvation->before.objects || after.addresses != starvation->before.addresses) {
        starvation_complain(starvation, request, number, "it leaves something behind");
    }
    return number < ALLOCATIONS_MAX;
}

static void nothing(void *argument) {
    (void)argument;
}

static void no_event(void *argument, uint64_t value) {
    (void)argument, (void)value;
}

static int32_t child_nothing(struct client_start *start) {
    (void)start;
    return 0;
}

static void starve_files(struct starvation *starvation) {
    owned(volume) struct volume volume = {0};
    owned(file) struct file file = {0};
    owned(directory) struct directory directory = {0};
    struct directory_entry entry;
    struct file_status status;
    uint8_t data[1800] = {1};
    uint64_t position;
    size_t done;
    STARVE(volume_create(&volume));
    STARVE(directory_create(&volume, "/d"));
    STARVE(file_open(&volume, &file, "/d/f", FILE_READ | FILE_WRITE | FILE_CREATE));
    STARVE(file_write(&file, data, sizeof data, &done));
    STARVE(file_seek(&file, 0, FILE_FROM_START, &position));
    STARVE(file_read(&file, data, sizeof data, &done));
    STARVE(file_truncate(&file, 8000));
    STARVE(file_seek(&file, 6000, FILE_FROM_START, &position));
    STARVE(file_write(&file, data, sizeof data, &done));
    STARVE(file_stat(&file, &status));
    STARVE(file_rename(&volume, "/d/f", "/d/g"));
    STARVE(directory_open(&volume, &directory, "/d"));
    STARVE(directory_next(&directory, &entry));
    STARVE(directory_close(&directory));
    STARVE(file_unlink(&volume, "/d/g"));
    STARVE(file_close(&file));
    STARVE(directory_remove(&volume, "/d"));
    STARVE(file_open(&volume, &file, "/f", FILE_WRITE | FILE_CREATE | FILE_EXCLUSIVE));
    STARVE(volume_close(&volume));
}

static void starve_memory(struct starvation *starvation) {
    owned(memory_region) struct memory_region region = {0};
    struct memory_information information;
    void *address;
    STARVE(memory_map(&region, 3, MEMORY_READ | MEMORY_WRITE, &address));
    STARVE(memory_resize(&region, 7, &address));
    STARVE(memory_protect(&region, MEMORY_READ));
    STARVE(memory_resize(&region, MEMORY_PAGES_MAX, &address));
    STARVE(memory_query(&region, &information));
    STARVE(memory_resize(&region, 2, &address));
    STARVE(memory_unmap(&region));
    STARVE(memory_map(&region, 1, MEMORY_READ, &address));
}

static void starve_timers_and_devices(struct starvation *starvation) {
    owned(timer_set) struct timer_set set = {0};
    owned(timer) struct timer timer = {0};
    owned(device) struct device device = {0};
    owned(interrupt_line) struct interrupt_line line = {0};
    uint32_t count;
    uint8_t data[2] = {0};
    size_t done;
    STARVE(timer_set_create(&set));
    STARVE(timer_create(&set, &timer, nothing, 0));
    STARVE(timer_arm(&timer, 1000000000, 0));
    STARVE(timer_cancel(&timer));
    STARVE(timer_arm(&timer, 1, 0));
    STARVE(timer_wait(&set));
    STARVE(interrupt_claim(&line, 1));
    STARVE(interrupt_raise(1));
    STARVE(interrupt_wait(&line, &count));
    STARVE(device_open(&device, "i2c-0"));
    STARVE(device_control(&device, DEVICE_SELECT, DEVICE_SENSOR));
    STARVE(device_read(&device, data, sizeof data, &done));
    STARVE(device_seek(&device, 0));
    STARVE(device_close(&device));
}

/* A task is given one of each: they are shared or moved, or stay the parent's if it cannot be started. */
static void starve_messages_and_tasks(struct starvation *starvation) {
    owned(channel_end) struct channel_end mine = {0};
    owned(subscription) struct subscription subscription = {0};
    owned(child) struct child child = {0};
    owned(client_start) struct client_start start = {0};
    uint8_t data[8] = {0};
    uint32_t identity;
    int32_t result = 1;
    size_t size;
    STARVE(channel_create(&mine, &start.end));
    STARVE(channel_send(&mine, data, sizeof data));
    STARVE(channel_receive(&start.end, data, sizeof data, &size));
    STARVE(semaphore_create(&start.semaphore, 1));
    STARVE(semaphore_down(&start.semaphore));
    STARVE(semaphore_up(&start.semaphore));
    STARVE(queue_create(&start.queue, 4));
    STARVE(queue_send(&start.queue, 1, data, sizeof data));
    STARVE(queue_receive(&start.queue, 1, data, sizeof data, &size));
    STARVE(topic_create(&start.topic));
    STARVE(event_subscribe(&start.topic, &subscription, no_event, 0));
    STARVE(event_publish(&start.topic, 1));
    STARVE(event_dispatch(&subscription));
    STARVE(volume_create(&start.volume));
    STARVE(task_spawn(&child, "child", child_nothing, &start));
    STARVE(task_join(&child, &result));
    STARVE(task_rename("starving"));
    STARVE(task_identify(&identity));
    STARVE(scheduler_yield());
}

/* Arguments: the design's extras. */
static int32_t starving_main(struct client_start *start) {
    const struct trial_extras *extras = (const struct trial_extras *)start->arguments[0];
    struct starvation starvation = {0};
    starve_files(&starvation);
    starve_memory(&starvation);
    starve_timers_and_devices(&starvation);
    starve_messages_and_tasks(&starvation);
    if (extras != NULL) {
        extras->starve(&starvation);
    }
    text_print("starve: ");
    text_print_number(starvation.requests);
    text_print(" requests, ");
    text_print_number(starvation.failures);
    text_print(" allocations failed, ");
    text_print_number(starvation.wrong);
    text_print(" requests were wrong\n");
    return starvation.wrong == 0 && starvation.failures > 0 ? 0 : 1;
}

/* Twice, so that everything is there that is made once and stays. */
int32_t starve_run(const struct trial_extras *extras) {
    enum { SETTLE = 100000000 };
    struct trial_usage before = {0};
    for (int i = 0; i < 2; i++) {
        owned(child) struct child child = {0};
        struct client_start start = {.arguments = {(uint64_t)extras}};
        int32_t result = 1;
        if (scheduler_sleep(SETTLE) != STATUS_OK || trial_usage(&before) != STATUS_OK ||
            task_spawn(&child, "starving", starving_main, &start) != STATUS_OK || task_join(&child, &result) != STATUS_OK || result != 0) {
            text_print("starve: failed\n");
            return 1;
        }
    }
    if (!usage_settle("starve", &before, true)) {
        return 1;
    }
    text_print("starve: done\n");
    return 0;
}
