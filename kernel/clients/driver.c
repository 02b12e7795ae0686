#include <api/trial.h>
#include <clients/driver.h>
#include <clients/pool.h>
#include <clients/text.h>
#include <clients/workload.h>

enum { DRIVERS = 3, LINE_MAX = 48, NUMBER_MAX = 1000000 };

static void pool_steps(struct pool *pool) {
    static workload_step *const steps[] = {
        step_task_join, step_task_cancel,  step_task_detach,      step_task_self,  step_scheduler,          step_clock,
        step_timers,    step_memory,       step_file_content,     step_file_names, step_directories,        step_volumes,
        step_channel,   step_channel_echo, step_channel_blocking, step_semaphores, step_semaphore_blocking, step_queues,
        step_events,    step_devices,      step_starvation,       step_interrupts,
    };
    steps[worker_random(&pool->worker, sizeof steps / sizeof steps[0])](&pool->worker);
}

static const struct area {
    const char *name;
    pool_request *request;
} areas[] = {
    {"tasks", pool_tasks},     {"scheduler", pool_scheduler},   {"clock", pool_clock},           {"memory", pool_memory}, {"channels", pool_channels},
    {"files", pool_files},     {"timers", pool_timers},         {"semaphores", pool_semaphores}, {"queues", pool_queues}, {"events", pool_events},
    {"devices", pool_devices}, {"interrupts", pool_interrupts}, {"steps", pool_steps},
};

enum { AREAS = sizeof areas / sizeof areas[0] };

/* Arguments: area, requests, seed, number. The result is how many results were unexpected. */
static int32_t driver_main(struct client_start *start) {
    struct pool pool = {.worker = {.start = start, .number = (uint32_t)start->arguments[3]}};
    pool.worker.random = (start->arguments[2] + 1) * 0x9e3779b97f4a7c15ul + start->arguments[3] * 0xbf58476d1ce4e5b9ul + start->arguments[0];
    if (pool.worker.random == 0) {
        pool.worker.random = 1;
    }
    for (uint64_t i = 0; i < start->arguments[1]; i++) {
        areas[start->arguments[0]].request(&pool);
    }
    pool_empty(&pool);
    return (int32_t)pool.worker.unexpected;
}

/* Several drivers at a time, on objects of their own and some that they share. */
static int32_t area_drive(uint64_t area, uint64_t count, uint64_t seed) {
    owned(volume) struct volume volume = {0};
    owned(semaphore) struct semaphore semaphore = {0};
    owned(queue) struct queue queue = {0};
    owned(topic) struct topic topic = {0};
    struct child drivers[DRIVERS] = {0};
    int32_t unexpected = 0;
    if (volume_create(&volume) != STATUS_OK || semaphore_create(&semaphore, 1) != STATUS_OK || queue_create(&queue, QUEUE_DEPTH_MAX) != STATUS_OK ||
        topic_create(&topic) != STATUS_OK) {
        text_print("driver: cannot make the shared objects\n");
        return 1;
    }
    for (uint64_t i = 0; i < DRIVERS; i++) {
        struct client_start start = {
            .arguments = {area, (count + DRIVERS - 1) / DRIVERS, seed, i}, .volume = volume, .semaphore = semaphore, .queue = queue, .topic = topic};
        if (task_spawn(&drivers[i], "driver", driver_main, &start) != STATUS_OK) {
            unexpected++;
        }
    }
    for (uint64_t i = 0; i < DRIVERS; i++) {
        int32_t result = 1;
        (void)task_join(&drivers[i], &result);
        unexpected += result;
    }
    return unexpected;
}

/* The number at `*text`, which moves behind it and one space; NUMBER_MAX + 1 if there is none. */
static uint64_t number_take(const char **text) {
    uint64_t number = 0;
    const char *at = *text;
    while (*at >= '0' && *at <= '9' && number <= NUMBER_MAX) {
        number = number * 10 + (uint64_t)(*at++ - '0');
    }
    if (at == *text) {
        return NUMBER_MAX + 1;
    }
    *text = *at == ' ' ? at + 1 : at;
    return number;
}

/* Carries out one line; false if it is none. */
static bool line_drive(char *line, int32_t *unexpected) {
    uint64_t area = 0;
    char *end = line;
    while (*end != '\0' && *end != ' ') {
        end++;
    }
    const char *rest = *end == ' ' ? end + 1 : end;
    *end = '\0';
    while (area < AREAS && !text_equal(areas[area].name, line)) {
        area++;
    }
    uint64_t count = number_take(&rest);
    uint64_t seed = number_take(&rest);
    if (area == AREAS || count > NUMBER_MAX || seed > NUMBER_MAX || *rest != '\0') {
        return false;
    }
    *unexpected += area_drive(area, count, seed);
    return true;
}

/* The next line, from `*offset` on, which moves behind it; false at the end. */
static bool line_read(uint64_t *offset, char line[LINE_MAX]) {
    size_t length = 0;
    char byte = '\0';
    size_t done = 0;
    line[0] = '\0';
    while (trial_requests(*offset, &byte, 1, &done) == STATUS_OK && done == 1) {
        ++*offset;
        if (byte == '\n') {
            return true;
        }
        if (length + 1 < LINE_MAX) {
            line[length++] = byte;
            line[length] = '\0';
        }
    }
    return length > 0;
}

int32_t driver_run(uint64_t rounds, uint64_t seed) {
    char line[LINE_MAX];
    uint64_t offset = 0;
    uint64_t lines = 0;
    int32_t unexpected = 0;
    workload_begin();
    for (; line_read(&offset, line); lines++) {
        if (!line_drive(line, &unexpected)) {
            text_print("driver: no request: ");
            text_print(line);
            text_print("\n");
            unexpected++;
        }
    }
    for (uint64_t area = 0; lines == 0 && area < AREAS; area++) {
        unexpected += area_drive(area, rounds, seed);
    }
    workload_end();
    if (unexpected != 0) {
        text_print("driver: unexpected results\n");
        return 1;
    }
    text_print("driver: done\n");
    return 0;
}
