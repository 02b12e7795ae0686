#include <api/device.h>
#include <api/memory.h>
#include <api/timer.h>
#include <api/trial.h>
#include <clients/worker.h>

static int32_t child_nothing(struct client_start *start) {
    (void)start;
    return 0;
}

static void no_event(void *argument, uint64_t value) {
    (void)argument, (void)value;
}

/* Requests that need memory in both designs. */
static void starve_makers(struct worker *worker) {
    owned(channel_end) struct channel_end one = {0};
    owned(channel_end) struct channel_end other = {0};
    owned(volume) struct volume volume = {0};
    owned(semaphore) struct semaphore semaphore = {0};
    owned(queue) struct queue queue = {0};
    owned(topic) struct topic topic = {0};
    owned(memory_region) struct memory_region region = {0};
    owned(child) struct child child = {0};
    struct client_start start = {0};
    void *address;
    EXPECT(worker, channel_create(&one, &other), STATUS_NO_MEMORY);
    EXPECT(worker, volume_create(&volume), STATUS_NO_MEMORY);
    EXPECT(worker, semaphore_create(&semaphore, 1), STATUS_NO_MEMORY);
    EXPECT(worker, queue_create(&queue, 1), STATUS_NO_MEMORY);
    EXPECT(worker, topic_create(&topic), STATUS_NO_MEMORY);
    EXPECT(worker, memory_map(&region, 1, MEMORY_READ, &address), STATUS_NO_MEMORY);
    EXPECT(worker, task_spawn(&child, "never", child_nothing, &start), STATUS_NO_MEMORY);
}

/* The same on objects that are there. */
static void starve_users(struct worker *worker, struct memory_region *region) {
    struct client_start *start = worker->start;
    void *address;
    EXPECT(worker, memory_resize(region, 3, &address), STATUS_NO_MEMORY);
    EXPECT(worker, queue_send(&start->queue, worker->number + 1, "x", 1), STATUS_NO_MEMORY);
    EXPECT(worker, directory_create(&start->volume, "/starved"), STATUS_NO_MEMORY);
}

/* Requests whose state is a client's own in one design, which needs no memory for it. */
static void starve_either(struct worker *worker) {
    owned(timer_set) struct timer_set set = {0};
    owned(subscription) struct subscription subscription = {0};
    owned(device) struct device device = {0};
    status_t status = timer_set_create(&set);
    REQUIRE(worker, status == STATUS_NO_MEMORY || status == STATUS_OK);
    status = event_subscribe(&worker->start->topic, &subscription, no_event, NULL);
    REQUIRE(worker, status == STATUS_NO_MEMORY || status == STATUS_OK);
    status = device_open(&device, "i2c-0");
    REQUIRE(worker, status == STATUS_NO_MEMORY || status == STATUS_OK);
}

/* With no memory to be had; one worker at a time, as trials are. */
void step_starvation(struct worker *worker) {
    owned(memory_region) struct memory_region region = {0};
    uint32_t unused;
    void *address;
    if (!EXPECT(worker, semaphore_down(&worker->start->semaphore), STATUS_OK)) {
        return;
    }
    if (EXPECT(worker, memory_map(&region, 1, MEMORY_READ, &address), STATUS_OK) &&
        EXPECT(worker, trial_starve((uint64_t)TRIAL_EVERY, &unused), STATUS_OK)) {
        starve_makers(worker);
        starve_users(worker, &region);
        starve_either(worker);
        EXPECT(worker, trial_starve(0, &unused), STATUS_OK);
    }
    EXPECT(worker, semaphore_up(&worker->start->semaphore), STATUS_OK);
}
