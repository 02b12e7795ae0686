#include <api/interrupt.h>
#include <api/scheduler.h>
#include <clients/worker.h>

static int32_t child_raise(struct client_start *start) {
    (void)scheduler_yield();
    return interrupt_raise((uint32_t)start->arguments[0]);
}

/* Each worker has a line of its own. */
void step_interrupts(struct worker *worker) {
    owned(interrupt_line) struct interrupt_line line = {0};
    owned(interrupt_line) struct interrupt_line same = {0};
    owned(child) struct child child = {0};
    struct client_start start = {.arguments = {worker->number}};
    uint32_t count = 0;
    int32_t result = 1;
    uint64_t times = 1 + worker_random(worker, 3);
    EXPECT(worker, interrupt_wait(&line, &count), STATUS_BAD_OBJECT);
    EXPECT(worker, interrupt_pending(&line, &count), STATUS_BAD_OBJECT);
    EXPECT(worker, interrupt_release(&line), STATUS_BAD_OBJECT);
    EXPECT(worker, interrupt_raise(INTERRUPT_LINES), STATUS_INVALID);
    if (!EXPECT(worker, interrupt_claim(&line, worker->number), STATUS_OK)) {
        return;
    }
    EXPECT(worker, interrupt_claim(&same, worker->number), STATUS_BUSY);
    for (uint64_t i = 0; i < times; i++) {
        EXPECT(worker, interrupt_raise(worker->number), STATUS_OK);
    }
    EXPECT(worker, interrupt_pending(&line, &count), STATUS_OK);
    REQUIRE(worker, count == times);
    EXPECT(worker, interrupt_wait(&line, &count), STATUS_OK);
    REQUIRE(worker, count == times);
    if (EXPECT(worker, task_spawn(&child, "raise", child_raise, &start), STATUS_OK)) {
        EXPECT(worker, interrupt_wait(&line, &count), STATUS_OK);
        EXPECT(worker, task_join(&child, &result), STATUS_OK);
        REQUIRE(worker, count == 1 && result == STATUS_OK);
    }
    EXPECT(worker, interrupt_release(&line), STATUS_OK);
}
