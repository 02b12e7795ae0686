#include <api/clock.h>
#include <api/scheduler.h>
#include <api/task.h>
#include <clients/conformance.h>
#include <clients/text.h>

static int32_t child_sum(struct client_start *start) {
    return (int32_t)(start->arguments[0] + start->arguments[1]);
}

static int32_t child_wait_for_cancel(struct client_start *start) {
    uint32_t cancelled = 0;
    (void)start;
    while (task_cancelled(&cancelled) == STATUS_OK && !cancelled) {
        (void)scheduler_yield();
    }
    return 7;
}

static __attribute__((noinline)) int32_t leave_if(uint64_t condition) {
    if (condition) {
        task_exit(-5);
    }
    return 1;
}

static int32_t child_exit_deep(struct client_start *start) {
    return leave_if(start->arguments[0]) + 1;
}

static int32_t child_identify(struct client_start *start) {
    uint32_t identity = 0;
    (void)start;
    return task_identify(&identity) == STATUS_OK ? (int32_t)identity : -1;
}

static int32_t child_rename(struct client_start *start) {
    uint32_t cancelled = 0;
    if (task_rename("a name too long for it") != STATUS_INVALID || task_rename("renamed") != STATUS_OK ||
        channel_send(&start->end, "", 0) != STATUS_OK) {
        return -1;
    }
    while (task_cancelled(&cancelled) == STATUS_OK && !cancelled) {
        (void)scheduler_yield();
    }
    return 0;
}

static void check_rename(struct conformance *suite) {
    owned(child) struct child child = {0};
    owned(channel_end) struct channel_end mine = {0};
    struct client_start start = {0};
    struct task_status status = {0};
    int32_t result = 1;
    size_t size;
    status_t made = channel_create(&mine, &start.end);
    conformance_check(suite, "task_spawn moves a channel end",
                      made == STATUS_OK && task_spawn(&child, "before", child_rename, &start) == STATUS_OK &&
                          channel_close(&start.end) == STATUS_BAD_OBJECT);
    conformance_check(suite, "a child sends through it", channel_receive(&mine, &size, sizeof size, &size) == STATUS_OK);
    conformance_check(suite, "task_query sees the new name", task_query(&child, &status) == STATUS_OK && text_equal(status.name, "renamed"));
    conformance_check(suite, "task_cancel of a living child", task_cancel(&child) == STATUS_OK);
    conformance_check(suite, "its result", task_join(&child, &result) == STATUS_OK && result == 0);
}

void conformance_tasks(struct conformance *suite) {
    owned(child) struct child child = {0};
    struct client_start start = {.arguments = {3, 4}};
    struct task_status status = {0};
    int32_t result = 0;
    uint32_t mine = 0, cancelled = 1;

    conformance_check(suite, "task_identify", task_identify(&mine) == STATUS_OK && mine != 0);
    conformance_check(suite, "task_cancelled when nobody asked", task_cancelled(&cancelled) == STATUS_OK && cancelled == 0);
    conformance_check(suite, "task_spawn", task_spawn(&child, "sum", child_sum, &start) == STATUS_OK);
    conformance_check(suite, "task_join gives the result", task_join(&child, &result) == STATUS_OK && result == 7);
    conformance_check(suite, "task_join again", task_join(&child, &result) == STATUS_BAD_OBJECT);
    conformance_check(suite, "task_query of none", task_query(&child, &status) == STATUS_BAD_OBJECT);
    conformance_check(suite, "task_cancel of none", task_cancel(&child) == STATUS_BAD_OBJECT);
    conformance_check(suite, "task_detach of none", task_detach(&child) == STATUS_BAD_OBJECT);
    conformance_check(suite, "task_spawn without code", task_spawn(&child, "none", 0, &start) == STATUS_INVALID);
    conformance_check(suite, "task_spawn with a long name", task_spawn(&child, "a name too long for it", child_sum, &start) == STATUS_INVALID);

    (void)task_spawn(&child, "waiter", child_wait_for_cancel, &start);
    conformance_check(suite, "task_query of a living child",
                      task_query(&child, &status) == STATUS_OK && status.condition == TASK_ALIVE && status.cancelled == 0 &&
                          text_equal(status.name, "waiter"));
    conformance_check(suite, "task_cancel", task_cancel(&child) == STATUS_OK);
    while (task_query(&child, &status) == STATUS_OK && status.condition == TASK_ALIVE) {
        (void)scheduler_yield();
    }
    conformance_check(suite, "task_query of an ended child", status.condition == TASK_ENDED && status.cancelled == 1);
    conformance_check(suite, "task_cancel of an ended child", task_cancel(&child) == STATUS_CLOSED);
    conformance_check(suite, "task_join of an ended child", task_join(&child, &result) == STATUS_OK && result == 7);

    start.arguments[0] = 5;
    (void)task_spawn(&child, "deep", child_exit_deep, &start);
    conformance_check(suite, "task_exit within calls", task_join(&child, &result) == STATUS_OK && result == -5);
    (void)task_spawn(&child, "self", child_identify, &start);
    conformance_check(suite, "a child has another identity", task_join(&child, &result) == STATUS_OK && result > 0 && result != (int32_t)mine);
    (void)task_spawn(&child, "alone", child_identify, &start);
    conformance_check(suite, "task_detach", task_detach(&child) == STATUS_OK);
    check_rename(suite);
}

static int32_t child_priority(struct client_start *start) {
    uint32_t priority = 99;
    (void)start;
    return scheduler_get_priority(&priority) == STATUS_OK ? (int32_t)priority : -1;
}

static int32_t child_spin(struct client_start *start) {
    uint64_t begin = 0, now = 0;
    (void)start;
    (void)clock_read(&begin);
    do {
        (void)clock_read(&now);
    } while (now - begin < 50000000);
    return 1;
}

void conformance_scheduler(struct conformance *suite) {
    owned(child) struct child child = {0};
    struct client_start start = {0};
    struct task_status status = {0};
    uint64_t before = 0, after = 0, resolution = 0;
    uint32_t priority = 99;
    int32_t result = 0;

    conformance_check(suite, "clock_read", clock_read(&before) == STATUS_OK);
    conformance_check(suite, "clock_resolution", clock_resolution(&resolution) == STATUS_OK && resolution > 0 && resolution <= 10000000);
    conformance_check(suite, "scheduler_yield", scheduler_yield() == STATUS_OK);
    conformance_check(suite, "scheduler_sleep", scheduler_sleep(10000000) == STATUS_OK);
    conformance_check(suite, "scheduler_sleep takes its time", clock_read(&after) == STATUS_OK && after - before + resolution >= 10000000);
    conformance_check(suite, "scheduler_sleep for ever and a day", scheduler_sleep(UINT64_MAX) == STATUS_INVALID);
    conformance_check(suite, "scheduler_get_priority", scheduler_get_priority(&priority) == STATUS_OK && priority == PRIORITY_NORMAL);
    conformance_check(suite, "scheduler_set_priority", scheduler_set_priority(1) == STATUS_OK);
    conformance_check(suite, "the priority is set", scheduler_get_priority(&priority) == STATUS_OK && priority == 1);
    conformance_check(suite, "scheduler_set_priority out of range", scheduler_set_priority(PRIORITY_COUNT) == STATUS_INVALID);
    (void)task_spawn(&child, "heir", child_priority, &start);
    conformance_check(suite, "a child inherits the priority", task_join(&child, &result) == STATUS_OK && result == 1);
    (void)scheduler_set_priority(PRIORITY_NORMAL);

    (void)task_spawn(&child, "spin", child_spin, &start);
    uint32_t turns = 0;
    while (task_query(&child, &status) == STATUS_OK && status.condition == TASK_ALIVE) {
        (void)scheduler_yield();
        turns++;
    }
    conformance_check(suite, "a spinning child is preempted", task_join(&child, &result) == STATUS_OK && turns > 1);
}
