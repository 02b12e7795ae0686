#include <api/scheduler.h>
#include <clients/text.h>
#include <clients/worker.h>

void step_channel(struct worker *worker) {
    owned(channel_end) struct channel_end one = {0};
    owned(channel_end) struct channel_end other = {0};
    struct channel_status status = {0};
    uint8_t data[CHANNEL_MESSAGE_MAX + 1];
    size_t size = 0;
    size_t length = worker_random(worker, CHANNEL_MESSAGE_MAX);
    bytes_fill(data, (uint8_t)length, sizeof data);
    EXPECT(worker, channel_status(&one, &status), STATUS_BAD_OBJECT);
    EXPECT(worker, channel_close(&one), STATUS_BAD_OBJECT);
    if (!EXPECT(worker, channel_create(&one, &other), STATUS_OK)) {
        return;
    }
    EXPECT(worker, channel_try_receive(&one, data, sizeof data, &size), STATUS_EMPTY);
    EXPECT(worker, channel_send(&one, data, sizeof data), STATUS_INVALID);
    EXPECT(worker, channel_send(&one, data, length), STATUS_OK);
    for (int i = 1; i < CHANNEL_DEPTH; i++) {
        EXPECT(worker, channel_try_send(&one, data, length), STATUS_OK);
    }
    EXPECT(worker, channel_try_send(&one, data, length), STATUS_FULL);
    EXPECT(worker, channel_status(&other, &status), STATUS_OK);
    REQUIRE(worker, status.received_waiting == CHANNEL_DEPTH);
    EXPECT(worker, channel_receive(&other, data, sizeof data, &size), STATUS_OK);
    REQUIRE(worker, size == length);
    EXPECT(worker, channel_try_receive(&other, data, sizeof data, &size), STATUS_OK);
    EXPECT(worker, channel_close(&one), STATUS_OK);
    EXPECT(worker, channel_send(&other, data, 1), STATUS_CLOSED);
    EXPECT(worker, channel_try_send(&other, data, 1), STATUS_CLOSED);
}

/* Sends back what it gets until the other end closes. */
static int32_t child_echo(struct client_start *start) {
    uint8_t data[CHANNEL_MESSAGE_MAX];
    size_t size;
    while (channel_receive(&start->end, data, sizeof data, &size) == STATUS_OK) {
        if (channel_send(&start->end, data, size) != STATUS_OK) {
            return -1;
        }
    }
    return 0;
}

void step_channel_echo(struct worker *worker) {
    owned(child) struct child child = {0};
    owned(channel_end) struct channel_end mine = {0};
    owned(client_start) struct client_start start = {0};
    uint64_t value = 0;
    size_t size = 0;
    int32_t result = 1;
    if (!EXPECT(worker, channel_create(&mine, &start.end), STATUS_OK) || !EXPECT(worker, task_spawn(&child, "echo", child_echo, &start), STATUS_OK)) {
        return;
    }
    for (uint64_t i = 0, count = 1 + worker_random(worker, 6); i < count; i++) {
        EXPECT(worker, channel_send(&mine, &i, sizeof i), STATUS_OK);
        EXPECT(worker, channel_receive(&mine, &value, sizeof value, &size), STATUS_OK);
        REQUIRE(worker, value == i);
    }
    EXPECT(worker, channel_close(&mine), STATUS_OK);
    EXPECT(worker, task_join(&child, &result), STATUS_OK);
    REQUIRE(worker, result == 0);
}

/* Sends more than fits, so that it blocks. */
static int32_t child_flood(struct client_start *start) {
    for (uint64_t i = 0; i < start->arguments[0]; i++) {
        if (channel_send(&start->end, &i, sizeof i) != STATUS_OK) {
            return -1;
        }
    }
    return 0;
}

void step_channel_blocking(struct worker *worker) {
    owned(child) struct child child = {0};
    owned(channel_end) struct channel_end mine = {0};
    owned(client_start) struct client_start start = {.arguments = {CHANNEL_DEPTH + 1 + worker_random(worker, 4)}};
    uint64_t value = 0;
    size_t size = 0;
    int32_t result = 1;
    if (!EXPECT(worker, channel_create(&mine, &start.end), STATUS_OK) ||
        !EXPECT(worker, task_spawn(&child, "flood", child_flood, &start), STATUS_OK)) {
        return;
    }
    EXPECT(worker, scheduler_yield(), STATUS_OK);
    for (uint64_t i = 0; i < start.arguments[0]; i++) {
        EXPECT(worker, channel_receive(&mine, &value, sizeof value, &size), STATUS_OK);
        REQUIRE(worker, value == i);
    }
    EXPECT(worker, channel_receive(&mine, &value, sizeof value, &size), STATUS_CLOSED);
    EXPECT(worker, task_join(&child, &result), STATUS_OK);
    REQUIRE(worker, result == 0);
}

void step_semaphores(struct worker *worker) {
    owned(semaphore) struct semaphore semaphore = {0};
    struct semaphore *shared = &worker->start->semaphore;
    uint32_t value = 99;
    EXPECT(worker, semaphore_value(&semaphore, &value), STATUS_BAD_OBJECT);
    EXPECT(worker, semaphore_create(&semaphore, SEMAPHORE_VALUE_MAX + 1), STATUS_INVALID);
    EXPECT(worker, semaphore_create(&semaphore, SEMAPHORE_VALUE_MAX), STATUS_OK);
    EXPECT(worker, semaphore_up(&semaphore), STATUS_FULL);
    EXPECT(worker, semaphore_try_down(&semaphore), STATUS_OK);
    EXPECT(worker, semaphore_up(&semaphore), STATUS_OK);
    EXPECT(worker, semaphore_close(&semaphore), STATUS_OK);
    EXPECT(worker, semaphore_close(&semaphore), STATUS_BAD_OBJECT);
    EXPECT(worker, semaphore_create(&semaphore, 0), STATUS_OK);
    EXPECT(worker, semaphore_try_down(&semaphore), STATUS_EMPTY);
    EXPECT(worker, semaphore_value(&semaphore, &value), STATUS_OK);
    REQUIRE(worker, value == 0);
    EXPECT(worker, semaphore_down(shared), STATUS_OK); /* one worker at a time */
    EXPECT(worker, scheduler_yield(), STATUS_OK);
    EXPECT(worker, semaphore_value(shared, &value), STATUS_OK);
    REQUIRE(worker, value == 0);
    EXPECT(worker, semaphore_up(shared), STATUS_OK);
}

static int32_t child_down(struct client_start *start) {
    return semaphore_down(&start->semaphore);
}

void step_semaphore_blocking(struct worker *worker) {
    owned(semaphore) struct semaphore semaphore = {0};
    owned(child) struct child child = {0};
    struct semaphore none = {0};
    int32_t result = 1;
    EXPECT(worker, semaphore_down(&none), STATUS_BAD_OBJECT);
    if (!EXPECT(worker, semaphore_create(&semaphore, 0), STATUS_OK)) {
        return;
    }
    struct client_start start = {.semaphore = semaphore};
    if (EXPECT(worker, task_spawn(&child, "down", child_down, &start), STATUS_OK)) {
        EXPECT(worker, scheduler_yield(), STATUS_OK);
        EXPECT(worker, semaphore_up(&semaphore), STATUS_OK);
        EXPECT(worker, task_join(&child, &result), STATUS_OK);
        REQUIRE(worker, result == STATUS_OK);
    }
}

void step_queues(struct worker *worker) {
    owned(queue) struct queue queue = {0};
    struct queue *shared = &worker->start->queue;
    struct queue_status status = {0};
    uint32_t type = worker->number + 1;
    uint8_t data[QUEUE_MESSAGE_MAX];
    size_t size = 0;
    size_t length = worker_random(worker, sizeof data);
    bytes_fill(data, (uint8_t)type, sizeof data);
    EXPECT(worker, queue_status(&queue, &status), STATUS_BAD_OBJECT);
    EXPECT(worker, queue_close(&queue), STATUS_BAD_OBJECT);
    EXPECT(worker, queue_create(&queue, 0), STATUS_INVALID);
    EXPECT(worker, queue_create(&queue, 1), STATUS_OK);
    EXPECT(worker, queue_receive(&queue, 0, data, sizeof data, &size), STATUS_EMPTY);
    EXPECT(worker, queue_send(&queue, 7, data, length), STATUS_OK);
    EXPECT(worker, queue_send(&queue, 7, data, length), STATUS_FULL);
    EXPECT(worker, queue_set_depth(&queue, 0), STATUS_INVALID);
    EXPECT(worker, queue_set_depth(&queue, 2), STATUS_OK);
    EXPECT(worker, queue_send(&queue, 8, data, length), STATUS_OK);
    EXPECT(worker, queue_status(&queue, &status), STATUS_OK);
    REQUIRE(worker, status.messages == 2 && status.bytes == 2 * length);
    EXPECT(worker, queue_receive(&queue, 8, data, sizeof data, &size), STATUS_OK);
    REQUIRE(worker, size == length);
    if (queue_send(shared, type, data, length) == STATUS_OK) { /* the others may have filled it */
        EXPECT(worker, queue_receive(shared, type, data, sizeof data, &size), STATUS_OK);
        REQUIRE(worker, size == length);
    }
    EXPECT(worker, queue_close(&queue), STATUS_OK);
}

static void add_value(void *argument, uint64_t value) {
    uint64_t *sum = argument;
    *sum += value;
}

void step_events(struct worker *worker) {
    owned(topic) struct topic topic = {0};
    owned(subscription) struct subscription own = {0};
    owned(subscription) struct subscription shared = {0};
    uint64_t sum = 0, overheard = 0;
    uint32_t count = 0;
    uint64_t value = 1 + worker_random(worker, 1000);
    EXPECT(worker, topic_close(&topic), STATUS_BAD_OBJECT);
    EXPECT(worker, event_publish(&topic, 1), STATUS_BAD_OBJECT);
    EXPECT(worker, event_unsubscribe(&own), STATUS_BAD_OBJECT);
    EXPECT(worker, event_pending(&own, &count), STATUS_BAD_OBJECT);
    EXPECT(worker, topic_create(&topic), STATUS_OK);
    EXPECT(worker, event_subscribe(&topic, &own, 0, &sum), STATUS_INVALID);
    EXPECT(worker, event_subscribe(&topic, &own, add_value, &sum), STATUS_OK);
    EXPECT(worker, event_subscribe(&worker->start->topic, &shared, add_value, &overheard), STATUS_OK);
    EXPECT(worker, event_dispatch(&own), STATUS_EMPTY);
    EXPECT(worker, event_publish(&topic, value), STATUS_OK);
    EXPECT(worker, event_publish(&worker->start->topic, value), STATUS_OK);
    EXPECT(worker, event_pending(&own, &count), STATUS_OK);
    REQUIRE(worker, count == 1);
    EXPECT(worker, event_dispatch(&own), STATUS_OK);
    REQUIRE(worker, sum == value);
    EXPECT(worker, event_dispatch(&shared), STATUS_OK);
    REQUIRE(worker, overheard > 0);
    EXPECT(worker, event_unsubscribe(&own), STATUS_OK);
    EXPECT(worker, topic_close(&topic), STATUS_OK);
}
