#include <api/scheduler.h>
#include <api/task.h>
#include <clients/conformance.h>
#include <clients/text.h>

/* Sends back what it gets, one more, until the other end closes; gives how many those were. */
static int32_t child_echo(struct client_start *start) {
    int32_t count = 0;
    uint64_t value;
    size_t size;
    while (channel_receive(&start->end, &value, sizeof value, &size) == STATUS_OK) {
        value++;
        if (channel_send(&start->end, &value, sizeof value) != STATUS_OK) {
            return -1;
        }
        count++;
    }
    return count;
}

static void check_echo(struct conformance *suite) {
    owned(child) struct child child = {0};
    owned(channel_end) struct channel_end mine = {0};
    struct client_start start = {0};
    uint64_t value = 0;
    size_t size;
    int32_t result = 0;
    bool right = channel_create(&mine, &start.end) == STATUS_OK && task_spawn(&child, "echo", child_echo, &start) == STATUS_OK;
    for (uint64_t i = 0; i < 20 && right; i++) {
        right = channel_send(&mine, &i, sizeof i) == STATUS_OK && channel_receive(&mine, &value, sizeof value, &size) == STATUS_OK && value == i + 1;
    }
    conformance_check(suite, "channel round trips", right);
    (void)channel_close(&mine);
    conformance_check(suite, "the echo ends", task_join(&child, &result) == STATUS_OK && result == 20);
}

/* Sends numbers in order, more than fit. */
static int32_t child_sender(struct client_start *start) {
    for (uint64_t i = 0; i < 3 * CHANNEL_DEPTH; i++) {
        if (channel_send(&start->end, &i, sizeof i) != STATUS_OK) {
            return -1;
        }
    }
    return 0;
}

static void check_blocking(struct conformance *suite) {
    owned(child) struct child child = {0};
    owned(channel_end) struct channel_end mine = {0};
    struct client_start start = {0};
    uint64_t value = 0;
    size_t size;
    int32_t result = 1;
    bool right = channel_create(&mine, &start.end) == STATUS_OK && task_spawn(&child, "sender", child_sender, &start) == STATUS_OK &&
                 scheduler_sleep(10000000) == STATUS_OK;
    for (uint64_t i = 0; i < 3 * CHANNEL_DEPTH && right; i++) {
        right = channel_receive(&mine, &value, sizeof value, &size) == STATUS_OK && value == i && size == sizeof i;
    }
    conformance_check(suite, "messages arrive in order", right);
    conformance_check(suite, "the sender was not lost", task_join(&child, &result) == STATUS_OK && result == 0);
    conformance_check(suite, "channel_receive after it ended", channel_receive(&mine, &value, sizeof value, &size) == STATUS_CLOSED);
}

void conformance_channels(struct conformance *suite) {
    owned(channel_end) struct channel_end one = {0};
    owned(channel_end) struct channel_end other = {0};
    struct channel_status status;
    char data[CHANNEL_MESSAGE_MAX + 1];
    size_t size = 99;

    conformance_check(suite, "channel_send of none", channel_send(&one, "a", 1) == STATUS_BAD_OBJECT);
    conformance_check(suite, "channel_try_send of none", channel_try_send(&one, "a", 1) == STATUS_BAD_OBJECT);
    conformance_check(suite, "channel_receive of none", channel_receive(&one, data, 1, &size) == STATUS_BAD_OBJECT);
    conformance_check(suite, "channel_try_receive of none", channel_try_receive(&one, data, 1, &size) == STATUS_BAD_OBJECT);
    conformance_check(suite, "channel_status of none", channel_status(&one, &status) == STATUS_BAD_OBJECT);
    conformance_check(suite, "channel_close of none", channel_close(&one) == STATUS_BAD_OBJECT);
    conformance_check(suite, "channel_create", channel_create(&one, &other) == STATUS_OK);
    conformance_check(suite, "channel_try_receive of nothing", channel_try_receive(&one, data, sizeof data, &size) == STATUS_EMPTY && size == 99);
    conformance_check(suite, "channel_send", channel_send(&one, "abc", 3) == STATUS_OK);
    conformance_check(suite, "channel_send of too much", channel_send(&one, data, sizeof data) == STATUS_INVALID);
    conformance_check(suite, "channel_try_send of too much", channel_try_send(&one, data, sizeof data) == STATUS_INVALID);
    conformance_check(suite, "channel_status",
                      channel_status(&one, &status) == STATUS_OK && status.received_waiting == 0 && status.sent_waiting == 1 &&
                          status.peer_closed == 0);
    conformance_check(suite, "channel_receive into too little", channel_receive(&other, data, 2, &size) == STATUS_INVALID);
    conformance_check(suite, "channel_receive",
                      channel_receive(&other, data, sizeof data, &size) == STATUS_OK && size == 3 && bytes_equal(data, "abc", 3));
    bool right = true;
    for (int i = 0; i < CHANNEL_DEPTH; i++) {
        right = right && channel_try_send(&other, "x", 1) == STATUS_OK;
    }
    conformance_check(suite, "channel_try_send", right);
    conformance_check(suite, "channel_try_send to a full channel", channel_try_send(&other, "x", 1) == STATUS_FULL);
    conformance_check(suite, "channel_close", channel_close(&other) == STATUS_OK);
    conformance_check(suite, "channel_status after it",
                      channel_status(&one, &status) == STATUS_OK && status.received_waiting == CHANNEL_DEPTH && status.peer_closed == 1);
    conformance_check(suite, "channel_send to a closed end", channel_send(&one, "abc", 3) == STATUS_CLOSED);
    for (int i = 0; i < CHANNEL_DEPTH; i++) {
        right = right && channel_receive(&one, data, sizeof data, &size) == STATUS_OK && size == 1;
    }
    conformance_check(suite, "what was sent before arrives", right);
    conformance_check(suite, "channel_try_receive at the end", channel_try_receive(&one, data, sizeof data, &size) == STATUS_CLOSED);
    check_echo(suite);
    check_blocking(suite);
}

void conformance_queues(struct conformance *suite) {
    owned(queue) struct queue queue = {0};
    struct queue_status status;
    char data[QUEUE_MESSAGE_MAX + 1] = {0};
    size_t size = 0;

    conformance_check(suite, "queue_send to none", queue_send(&queue, 1, "a", 1) == STATUS_BAD_OBJECT);
    conformance_check(suite, "queue_receive from none", queue_receive(&queue, 0, data, 1, &size) == STATUS_BAD_OBJECT);
    conformance_check(suite, "queue_status of none", queue_status(&queue, &status) == STATUS_BAD_OBJECT);
    conformance_check(suite, "queue_set_depth of none", queue_set_depth(&queue, 1) == STATUS_BAD_OBJECT);
    conformance_check(suite, "queue_close of none", queue_close(&queue) == STATUS_BAD_OBJECT);
    conformance_check(suite, "queue_create of no depth", queue_create(&queue, 0) == STATUS_INVALID);
    conformance_check(suite, "queue_create too deep", queue_create(&queue, QUEUE_DEPTH_MAX + 1) == STATUS_INVALID);
    conformance_check(suite, "queue_create", queue_create(&queue, 3) == STATUS_OK);
    conformance_check(suite, "queue_receive of nothing", queue_receive(&queue, 0, data, sizeof data, &size) == STATUS_EMPTY);
    conformance_check(suite, "queue_send without a type", queue_send(&queue, 0, "a", 1) == STATUS_INVALID);
    conformance_check(suite, "queue_send of too much", queue_send(&queue, 1, data, sizeof data) == STATUS_INVALID);
    conformance_check(suite, "queue_send", queue_send(&queue, 1, "one", 3) == STATUS_OK);
    conformance_check(suite, "queue_send again", queue_send(&queue, 2, "seven", 5) == STATUS_OK && queue_send(&queue, 1, "last", 4) == STATUS_OK);
    conformance_check(suite, "queue_send to a full queue", queue_send(&queue, 1, "x", 1) == STATUS_FULL);
    conformance_check(suite, "queue_status",
                      queue_status(&queue, &status) == STATUS_OK && status.messages == 3 && status.bytes == 12 && status.depth == 3);
    conformance_check(suite, "queue_set_depth to less than there is", queue_set_depth(&queue, 2) == STATUS_BUSY);
    conformance_check(suite, "queue_set_depth to nothing", queue_set_depth(&queue, 0) == STATUS_INVALID);
    conformance_check(suite, "queue_set_depth", queue_set_depth(&queue, 4) == STATUS_OK && queue_send(&queue, 3, "", 0) == STATUS_OK);
    conformance_check(suite, "queue_receive into too little", queue_receive(&queue, 2, data, 4, &size) == STATUS_INVALID);
    conformance_check(suite, "queue_receive by type",
                      queue_receive(&queue, 2, data, sizeof data, &size) == STATUS_OK && size == 5 && bytes_equal(data, "seven", 5));
    conformance_check(suite, "queue_receive of the oldest",
                      queue_receive(&queue, 0, data, sizeof data, &size) == STATUS_OK && bytes_equal(data, "one", 3));
    conformance_check(suite, "queue_receive of a missing type", queue_receive(&queue, 2, data, sizeof data, &size) == STATUS_EMPTY);
    conformance_check(suite, "queue_close", queue_close(&queue) == STATUS_OK);
}

static int32_t child_down(struct client_start *start) {
    status_t status = semaphore_down(&start->semaphore);
    return status == STATUS_OK ? 1 : status;
}

void conformance_semaphores(struct conformance *suite) {
    owned(semaphore) struct semaphore semaphore = {0};
    owned(child) struct child child = {0};
    struct client_start start = {0};
    struct task_status status = {0};
    uint32_t value = 99;
    int32_t result = 0;

    conformance_check(suite, "semaphore_down of none", semaphore_down(&semaphore) == STATUS_BAD_OBJECT);
    conformance_check(suite, "semaphore_try_down of none", semaphore_try_down(&semaphore) == STATUS_BAD_OBJECT);
    conformance_check(suite, "semaphore_up of none", semaphore_up(&semaphore) == STATUS_BAD_OBJECT);
    conformance_check(suite, "semaphore_value of none", semaphore_value(&semaphore, &value) == STATUS_BAD_OBJECT);
    conformance_check(suite, "semaphore_close of none", semaphore_close(&semaphore) == STATUS_BAD_OBJECT);
    conformance_check(suite, "semaphore_create beyond the limit", semaphore_create(&semaphore, SEMAPHORE_VALUE_MAX + 1) == STATUS_INVALID);
    conformance_check(suite, "semaphore_create at the limit", semaphore_create(&semaphore, SEMAPHORE_VALUE_MAX) == STATUS_OK);
    conformance_check(suite, "semaphore_up beyond the limit", semaphore_up(&semaphore) == STATUS_FULL);
    conformance_check(suite, "semaphore_close", semaphore_close(&semaphore) == STATUS_OK);
    conformance_check(suite, "semaphore_create", semaphore_create(&semaphore, 1) == STATUS_OK);
    conformance_check(suite, "semaphore_down", semaphore_down(&semaphore) == STATUS_OK);
    conformance_check(suite, "semaphore_try_down at zero", semaphore_try_down(&semaphore) == STATUS_EMPTY);
    conformance_check(suite, "semaphore_value", semaphore_value(&semaphore, &value) == STATUS_OK && value == 0);

    start.semaphore = semaphore; /* shared by the spawn: the variable above stays the owner */
    conformance_check(suite, "task_spawn shares a semaphore", task_spawn(&child, "down", child_down, &start) == STATUS_OK);
    (void)scheduler_sleep(10000000);
    conformance_check(suite, "semaphore_down blocks", task_query(&child, &status) == STATUS_OK && status.condition == TASK_ALIVE);
    conformance_check(suite, "semaphore_up", semaphore_up(&semaphore) == STATUS_OK);
    conformance_check(suite, "semaphore_down goes on", task_join(&child, &result) == STATUS_OK && result == 1);
    conformance_check(suite, "semaphore_try_down", semaphore_up(&semaphore) == STATUS_OK && semaphore_try_down(&semaphore) == STATUS_OK);
}

struct heard {
    uint64_t sum;
    uint32_t count;
};

static void hear(void *argument, uint64_t value) {
    struct heard *heard = argument;
    heard->sum += value;
    heard->count++;
}

void conformance_events(struct conformance *suite) {
    owned(topic) struct topic topic = {0};
    owned(subscription) struct subscription one = {0};
    owned(subscription) struct subscription other = {0};
    struct heard heard = {0, 0};
    struct heard overheard = {0, 0};
    uint32_t count = 99;

    conformance_check(suite, "event_publish to none", event_publish(&topic, 1) == STATUS_BAD_OBJECT);
    conformance_check(suite, "event_subscribe to none", event_subscribe(&topic, &one, hear, &heard) == STATUS_BAD_OBJECT);
    conformance_check(suite, "event_dispatch of none", event_dispatch(&one) == STATUS_BAD_OBJECT);
    conformance_check(suite, "event_pending of none", event_pending(&one, &count) == STATUS_BAD_OBJECT);
    conformance_check(suite, "event_unsubscribe of none", event_unsubscribe(&one) == STATUS_BAD_OBJECT);
    conformance_check(suite, "topic_close of none", topic_close(&topic) == STATUS_BAD_OBJECT);
    conformance_check(suite, "topic_create", topic_create(&topic) == STATUS_OK);
    conformance_check(suite, "event_publish to nobody", event_publish(&topic, 100) == STATUS_OK);
    conformance_check(suite, "event_subscribe without a callback", event_subscribe(&topic, &one, 0, &heard) == STATUS_INVALID);
    conformance_check(suite, "event_subscribe", event_subscribe(&topic, &one, hear, &heard) == STATUS_OK);
    conformance_check(suite, "event_dispatch of nothing", event_dispatch(&one) == STATUS_EMPTY && heard.count == 0);
    (void)event_publish(&topic, 1);
    conformance_check(suite, "event_subscribe later", event_subscribe(&topic, &other, hear, &overheard) == STATUS_OK);
    (void)event_publish(&topic, 2);
    conformance_check(suite, "event_pending",
                      event_pending(&one, &count) == STATUS_OK && count == 2 && event_pending(&other, &count) == STATUS_OK && count == 1);
    conformance_check(suite, "event_dispatch", event_dispatch(&one) == STATUS_OK && heard.sum == 1);
    conformance_check(suite, "event_dispatch again", event_dispatch(&one) == STATUS_OK && heard.sum == 3 && event_dispatch(&one) == STATUS_EMPTY);
    conformance_check(suite, "the later one hears the later event", event_dispatch(&other) == STATUS_OK && overheard.sum == 2);
    for (uint64_t i = 1; i <= EVENT_BACKLOG + 2; i++) {
        (void)event_publish(&topic, i * 1000);
    }
    heard.sum = 0;
    conformance_check(suite, "the backlog is bounded", event_pending(&one, &count) == STATUS_OK && count == EVENT_BACKLOG);
    conformance_check(suite, "the oldest are lost", event_dispatch(&one) == STATUS_OK && heard.sum == 3000);
    conformance_check(suite, "topic_close", topic_close(&topic) == STATUS_OK);
    conformance_check(suite, "a subscription outlives it", event_dispatch(&one) == STATUS_OK && heard.sum == 7000);
    conformance_check(suite, "event_unsubscribe", event_unsubscribe(&one) == STATUS_OK);
}
