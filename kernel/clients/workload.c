#include <api/scheduler.h>
#include <clients/text.h>
#include <clients/worker.h>
#include <clients/workload.h>

enum { WORKERS = 4 };

static workload_step *const steps[] = {
    step_task_join, step_task_cancel,  step_task_detach,      step_task_self,  step_scheduler,          step_clock,
    step_timers,    step_memory,       step_file_content,     step_file_names, step_directories,        step_volumes,
    step_channel,   step_channel_echo, step_channel_blocking, step_semaphores, step_semaphore_blocking, step_queues,
    step_events,    step_devices,      step_starvation,       step_interrupts,
};

enum { STEPS = sizeof steps / sizeof steps[0] };

__attribute__((noinline)) void workload_begin(void) {
    __asm__ volatile("");
}

__attribute__((noinline)) void workload_end(void) {
    __asm__ volatile("");
}

uint64_t worker_random(struct worker *worker, uint64_t limit) {
    worker->random ^= worker->random << 13; /* xorshift64, Marsaglia 2003 */
    worker->random ^= worker->random >> 7;
    worker->random ^= worker->random << 17;
    return worker->random % limit;
}

bool worker_expect(struct worker *worker, const char *request, status_t got, status_t expected) {
    if (got != expected) {
        worker->unexpected++;
        text_print("workload: ");
        text_print(request);
        text_print(" gave -");
        text_print_number((uint64_t)-got);
        text_print(", not -");
        text_print_number((uint64_t)-expected);
        text_print("\n");
    }
    return got == expected;
}

void worker_require(struct worker *worker, const char *what, bool holds) {
    if (!holds) {
        worker->unexpected++;
        text_print("workload: not so: ");
        text_print(what);
        text_print("\n");
    }
}

/* Takes every step once, in an order of its own, and yields now and then. */
static void worker_round(struct worker *worker) {
    uint8_t order[STEPS];
    for (unsigned i = 0; i < STEPS; i++) {
        order[i] = (uint8_t)i;
    }
    for (unsigned i = STEPS - 1; i > 0; i--) {
        uint64_t other = worker_random(worker, i + 1);
        uint8_t moved = order[i];
        order[i] = order[other];
        order[other] = moved;
    }
    for (unsigned i = 0; i < STEPS; i++) {
        steps[order[i]](worker);
        if (worker_random(worker, 2) == 0) {
            EXPECT(worker, scheduler_yield(), STATUS_OK);
        }
    }
}

/* Arguments: rounds, seed, number. The result is how many results were unexpected. */
static int32_t worker_main(struct client_start *start) {
    struct worker worker = {
        .start = start,
        .number = (uint32_t)start->arguments[2],
        .random = (start->arguments[1] + 1) * 0x9e3779b97f4a7c15ul + start->arguments[2] * 0xbf58476d1ce4e5b9ul + 1,
    };
    if (worker.random == 0) {
        worker.random = 1;
    }
    for (uint64_t i = 0; i < start->arguments[0]; i++) {
        worker_round(&worker);
    }
    return (int32_t)worker.unexpected;
}

int32_t workload_run(uint64_t rounds, uint64_t seed) {
    owned(volume) struct volume volume = {0};
    owned(semaphore) struct semaphore semaphore = {0};
    owned(queue) struct queue queue = {0};
    owned(topic) struct topic topic = {0};
    struct child workers[WORKERS] = {0};
    int32_t unexpected = 0;

    workload_begin();
    if (volume_create(&volume) != STATUS_OK || semaphore_create(&semaphore, 1) != STATUS_OK || queue_create(&queue, QUEUE_DEPTH_MAX) != STATUS_OK ||
        topic_create(&topic) != STATUS_OK) {
        text_print("workload: cannot make the shared objects\n");
        return 1;
    }
    for (uint64_t i = 0; i < WORKERS; i++) {
        /* The spawn takes shares of the objects; the variables above stay their owners. */
        struct client_start start = {
            .arguments = {(rounds + WORKERS - 1) / WORKERS, seed, i}, .volume = volume, .semaphore = semaphore, .queue = queue, .topic = topic};
        if (task_spawn(&workers[i], "worker", worker_main, &start) != STATUS_OK) {
            unexpected++;
        }
    }
    for (uint64_t i = 0; i < WORKERS; i++) {
        int32_t result = 1;
        (void)task_join(&workers[i], &result);
        unexpected += result;
    }
    workload_end();
    if (unexpected != 0) {
        text_print("workload: unexpected results\n");
        return 1;
    }
    text_print("workload: done\n");
    return 0;
}
