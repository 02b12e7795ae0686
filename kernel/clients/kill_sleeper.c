#include <api/clock.h>
#include <api/device.h>
#include <api/interrupt.h>
#include <api/memory.h>
#include <api/scheduler.h>
#include <api/timer.h>
#include <clients/kill.h>
#include <clients/trials.h>
#include <stdbool.h>

static void nothing(void *argument) {
    (void)argument;
}

static void no_event(void *argument, uint64_t value) {
    (void)argument, (void)value;
}

/* Ends when its parent, which holds the other end of its channel, has ended. */
static int32_t child_until_closed(struct client_start *start) {
    uint8_t byte;
    size_t size;
    return channel_receive(&start->end, &byte, sizeof byte, &size);
}

static status_t sleep_in_join(void) {
    owned(channel_end) struct channel_end mine = {0};
    owned(client_start) struct client_start start = {0};
    owned(child) struct child child = {0};
    int32_t result;
    status_t status = channel_create(&mine, &start.end);
    if (status == STATUS_OK) {
        status = task_spawn(&child, "patient", child_until_closed, &start);
    }
    return status == STATUS_OK ? task_join(&child, &result) : status;
}

static status_t sleep_in_timer(void) {
    owned(timer_set) struct timer_set set = {0};
    owned(timer) struct timer timer = {0};
    status_t status = timer_set_create(&set);
    if (status == STATUS_OK) {
        status = timer_create(&set, &timer, nothing, NULL);
    }
    if (status == STATUS_OK) {
        status = timer_arm(&timer, CLOCK_DELAY_MAX, 0);
    }
    return status == STATUS_OK ? timer_wait(&set) : status;
}

static status_t sleep_in_channel(bool sends) {
    owned(channel_end) struct channel_end one = {0};
    owned(channel_end) struct channel_end other = {0};
    uint8_t byte = 0;
    size_t size;
    status_t status = channel_create(&one, &other);
    while (status == STATUS_OK && sends) {
        status = channel_send(&one, &byte, sizeof byte);
    }
    return status == STATUS_OK ? channel_receive(&other, &byte, sizeof byte, &size) : status;
}

static status_t sleep_in_interrupt(void) {
    owned(interrupt_line) struct interrupt_line line = {0};
    uint32_t count;
    status_t status = interrupt_claim(&line, INTERRUPT_LINES - 1);
    return status == STATUS_OK ? interrupt_wait(&line, &count) : status;
}

static status_t sleep_in(enum kill_sleep place) {
    owned(semaphore) struct semaphore semaphore = {0};
    switch (place) {
    case KILL_SLEEP_RECEIVE:
    case KILL_SLEEP_SEND:
        return sleep_in_channel(place == KILL_SLEEP_SEND);
    case KILL_SLEEP_SEMAPHORE:
        return semaphore_create(&semaphore, 0) == STATUS_OK ? semaphore_down(&semaphore) : STATUS_NO_MEMORY;
    case KILL_SLEEP_JOIN:
        return sleep_in_join();
    case KILL_SLEEP_INTERRUPT:
        return sleep_in_interrupt();
    case KILL_SLEEP_TIMER:
        return sleep_in_timer();
    default:
        return scheduler_sleep(CLOCK_DELAY_MAX);
    }
}

int32_t kill_sleeper_main(struct client_start *start) {
    owned(volume) struct volume volume = {0};
    owned(file) struct file file = {0};
    owned(queue) struct queue queue = {0};
    owned(topic) struct topic topic = {0};
    owned(subscription) struct subscription subscription = {0};
    owned(device) struct device device = {0};
    owned(memory_region) struct memory_region region = {0};
    void *address;
    if (volume_create(&volume) != STATUS_OK || file_open(&volume, &file, "/held", FILE_WRITE | FILE_CREATE) != STATUS_OK ||
        queue_create(&queue, 1) != STATUS_OK || queue_send(&queue, 1, "held", 4) != STATUS_OK || topic_create(&topic) != STATUS_OK ||
        event_subscribe(&topic, &subscription, no_event, NULL) != STATUS_OK || device_open(&device, "i2c-0") != STATUS_OK ||
        memory_map(&region, 2, MEMORY_READ | MEMORY_WRITE, &address) != STATUS_OK) {
        return 1;
    }
    if (start->arguments[1] == KILL_SLEEP_EXTRA) {
        (void)((const struct trial_extras *)start->arguments[2])->sleep();
    } else {
        (void)sleep_in((enum kill_sleep)start->arguments[1]);
    }
    return 1; /* nothing but its end gets it back */
}
