#include <api/memory.h>
#include <api/scheduler.h>
#include <api/timer.h>
#include <clients/text.h>
#include <clients/trials.h>
#include <clients/worker.h>

enum fault_kind { FAULT_LOAD, FAULT_STORE, FAULT_DIVIDE, FAULT_KINDS };
enum fault_place { FAULT_CALL, FAULT_CALLBACK, FAULT_PLACES };

enum { DEPTH_MAX = 6, WILD_ADDRESS = 0x10 };

struct descent {
    struct client_start *start;
    uint64_t kind;
    uint64_t depth; /* calls still to be made */
};

static __attribute__((noinline)) uint64_t fault_now(uint64_t kind) {
    volatile uint64_t address = WILD_ADDRESS, zero = 0;
    switch (kind) {
    case FAULT_LOAD:
        return *(volatile uint64_t *)address;
    case FAULT_STORE:
        *(volatile uint64_t *)address = kind;
        return 0;
    default:
        return address / zero;
    }
}

/* Holds one object of each kind at each level; the fault lies below all of them. Never returns. */
static __attribute__((noinline)) uint64_t descend(const struct descent *descent) {
    owned(volume) struct volume volume = {0};
    owned(file) struct file file = {0};
    owned(semaphore) struct semaphore semaphore = {0};
    owned(queue) struct queue queue = {0};
    owned(memory_region) struct memory_region region = {0};
    void *address;
    if (volume_create(&volume) != STATUS_OK || file_open(&volume, &file, "/held", FILE_WRITE | FILE_CREATE) != STATUS_OK ||
        semaphore_create(&semaphore, 1) != STATUS_OK || queue_create(&queue, 1) != STATUS_OK ||
        memory_map(&region, 2, MEMORY_READ | MEMORY_WRITE, &address) != STATUS_OK) {
        task_exit(STATUS_NO_MEMORY);
    }
    if (descent->depth == 0) {
        return fault_now(descent->kind) + 1;
    }
    struct descent deeper = {descent->start, descent->kind, descent->depth - 1};
    return descend(&deeper) + 1;
}

static void descend_in_callback(void *argument) {
    (void)descend(argument);
}

/* A server calls the client back, whose fault then has frames of the server above it. */
static int32_t fault_in_callback(struct descent *descent) {
    owned(timer_set) struct timer_set set = {0};
    owned(timer) struct timer timer = {0};
    if (timer_set_create(&set) != STATUS_OK || timer_create(&set, &timer, descend_in_callback, descent) != STATUS_OK ||
        timer_arm(&timer, 1, 0) != STATUS_OK) {
        return STATUS_NO_MEMORY;
    }
    return timer_wait(&set);
}

/* Arguments: enum fault_kind, enum fault_place, depth. */
static int32_t faulting_main(struct client_start *start) {
    struct descent descent = {start, start->arguments[0], start->arguments[2]};
    if (start->arguments[1] == FAULT_CALLBACK) {
        return fault_in_callback(&descent);
    }
    return (int32_t)descend(&descent);
}

/* One client that faults. Its end of the channel is closed by that, and what it shared is as usable as before. */
static void fault_one(struct worker *worker, uint64_t kind, uint64_t place, uint64_t depth) {
    owned(child) struct child child = {0};
    owned(channel_end) struct channel_end mine = {0};
    owned(client_start) struct client_start start = {.arguments = {kind, place, depth}};
    uint8_t byte = 0;
    size_t size;
    int32_t result = 0;
    if (!EXPECT(worker, channel_create(&mine, &start.end), STATUS_OK) || !EXPECT(worker, semaphore_create(&start.semaphore, 1), STATUS_OK) ||
        !EXPECT(worker, task_spawn(&child, "faulting", faulting_main, &start), STATUS_OK)) {
        return;
    }
    EXPECT(worker, channel_receive(&mine, &byte, sizeof byte, &size), STATUS_CLOSED);
    EXPECT(worker, task_join(&child, &result), STATUS_OK);
    REQUIRE(worker, result == STATUS_FAULT);
    EXPECT(worker, semaphore_down(&start.semaphore), STATUS_OK);
}

int32_t fault_run(uint64_t clients, uint64_t seed) {
    enum { SETTLE = 100000000 };
    struct worker worker = {.random = seed * 2 + 1};
    struct trial_usage before;
    /* One of each to begin with: then everything is there that is made once and stays. */
    for (uint64_t i = 0; i < (uint64_t)FAULT_KINDS * FAULT_PLACES; i++) {
        fault_one(&worker, i % FAULT_KINDS, i / FAULT_KINDS, DEPTH_MAX);
    }
    if (scheduler_sleep(SETTLE) != STATUS_OK || trial_usage(&before) != STATUS_OK) {
        text_print("fault: cannot begin\n");
        return 1;
    }
    bool fine = true;
    for (uint64_t i = 0; i < clients && fine && worker.unexpected == 0; i++) {
        fault_one(&worker, worker_random(&worker, FAULT_KINDS), worker_random(&worker, FAULT_PLACES), worker_random(&worker, DEPTH_MAX + 1));
        fine = usage_settle("fault", &before, false);
    }
    fine = fine && worker.unexpected == 0 && usage_settle("fault", &before, true);
    text_print("fault: ");
    text_print_number(clients);
    text_print(fine ? " clients\nfault: done\n" : " clients\nfault: failed\n");
    return fine ? 0 : 1;
}
