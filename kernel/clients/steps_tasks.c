#include <api/clock.h>
#include <api/scheduler.h>
#include <api/trial.h>
#include <clients/text.h>
#include <clients/worker.h>

static int32_t child_add(struct client_start *start) {
    return (int32_t)(start->arguments[0] + start->arguments[1]);
}

static int32_t child_until_cancelled(struct client_start *start) {
    uint32_t cancelled = 0;
    (void)start;
    while (task_cancelled(&cancelled) == STATUS_OK && !cancelled) {
        (void)scheduler_yield();
    }
    return 1;
}

void step_task_join(struct worker *worker) {
    owned(child) struct child child = {0};
    struct client_start start = {.arguments = {worker_random(worker, 100), 5}};
    struct client_start bad = {0};
    int32_t result = 0;
    EXPECT(worker, task_spawn(&child, "none", 0, &bad), STATUS_INVALID);
    if (EXPECT(worker, task_spawn(&child, "add", child_add, &start), STATUS_OK)) {
        EXPECT(worker, task_join(&child, &result), STATUS_OK);
        REQUIRE(worker, result == (int32_t)start.arguments[0] + 5);
    }
    EXPECT(worker, task_join(&child, &result), STATUS_BAD_OBJECT);
}

void step_task_cancel(struct worker *worker) {
    owned(child) struct child child = {0};
    struct client_start start = {0};
    struct task_status status = {0};
    int32_t result = 0;
    EXPECT(worker, task_cancel(&child), STATUS_BAD_OBJECT);
    EXPECT(worker, task_query(&child, &status), STATUS_BAD_OBJECT);
    if (EXPECT(worker, task_spawn(&child, "patient", child_until_cancelled, &start), STATUS_OK)) {
        EXPECT(worker, task_query(&child, &status), STATUS_OK);
        REQUIRE(worker, status.condition == TASK_ALIVE && text_equal(status.name, "patient"));
        EXPECT(worker, task_cancel(&child), STATUS_OK);
        EXPECT(worker, task_join(&child, &result), STATUS_OK);
        REQUIRE(worker, result == 1);
    }
}

void step_task_detach(struct worker *worker) {
    owned(child) struct child child = {0};
    struct client_start start = {0};
    if (EXPECT(worker, task_spawn(&child, "alone", child_add, &start), STATUS_OK)) {
        EXPECT(worker, task_detach(&child), STATUS_OK);
    }
    EXPECT(worker, task_detach(&child), STATUS_BAD_OBJECT);
}

void step_task_self(struct worker *worker) {
    uint32_t identity = 0, again = 1, cancelled = 1;
    EXPECT(worker, task_identify(&identity), STATUS_OK);
    EXPECT(worker, task_identify(&again), STATUS_OK);
    REQUIRE(worker, identity == again);
    EXPECT(worker, task_cancelled(&cancelled), STATUS_OK);
    REQUIRE(worker, cancelled == 0);
    EXPECT(worker, task_rename("much too long a name"), STATUS_INVALID);
    EXPECT(worker, task_rename(worker_random(worker, 2) == 0 ? "worker" : "labourer"), STATUS_OK);
}

void step_scheduler(struct worker *worker) {
    uint32_t priority = 99;
    uint32_t wanted = (uint32_t)(1 + worker_random(worker, PRIORITY_COUNT - 1));
    EXPECT(worker, scheduler_yield(), STATUS_OK);
    EXPECT(worker, scheduler_set_priority(PRIORITY_COUNT), STATUS_INVALID);
    EXPECT(worker, scheduler_set_priority(wanted), STATUS_OK);
    EXPECT(worker, scheduler_get_priority(&priority), STATUS_OK);
    REQUIRE(worker, priority == wanted);
    EXPECT(worker, scheduler_sleep(UINT64_MAX), STATUS_INVALID);
    EXPECT(worker, scheduler_sleep(worker_random(worker, 6000000)), STATUS_OK);
    EXPECT(worker, scheduler_set_priority(PRIORITY_NORMAL), STATUS_OK);
}

void step_clock(struct worker *worker) {
    uint64_t before = 0, after = 0, resolution = 0;
    EXPECT(worker, trial_forget(), STATUS_OK);
    EXPECT(worker, clock_read(&before), STATUS_OK);
    EXPECT(worker, clock_resolution(&resolution), STATUS_OK);
    EXPECT(worker, clock_read(&after), STATUS_OK);
    REQUIRE(worker, after >= before && resolution > 0);
}
