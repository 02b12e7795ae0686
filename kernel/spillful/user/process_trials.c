/* run=kill and run=starve: what processes can do beyond the common API is tried there as well. */
#include <api/process.h>
#include <api/scheduler.h>
#include <api/signal.h>
#include <clients/first.h>
#include <clients/starve.h>
#include <clients/text.h>
#include <clients/trials.h>

int32_t process_trials_first(struct client_start *start);

enum { COPY_RESULT = 7, PROGRAM_RESULT = 42, SIGNAL_SLEEPER = 2, SETTLE = 40000000 };

static int32_t program_main(struct client_start *start) {
    uint32_t value = 0;
    return semaphore_value(&start->semaphore, &value) == STATUS_OK ? PROGRAM_RESULT : 1;
}

/* What a copy does: it ends, at once or as another program. */
static __attribute__((noreturn)) void copy_run(bool executes, const struct semaphore *semaphore) {
    struct client_start next = {.semaphore = *semaphore};
    task_exit(executes ? process_execute(program_main, &next) : COPY_RESULT);
}

static void fork_and_wait(struct worker *worker, bool executes) {
    struct child child = {0}; /* process_wait closes it */
    uint32_t copy = 0;
    int32_t result = 0;
    status_t status = process_fork(&child, &copy);
    if (status == STATUS_OK && copy == 1) {
        copy_run(executes, &worker->start->semaphore);
    }
    if (EXPECT(worker, status, STATUS_OK)) {
        EXPECT(worker, process_wait(&result), STATUS_OK);
        REQUIRE(worker, result == (executes ? PROGRAM_RESULT : COPY_RESULT));
    }
}

static void note(uint32_t signal) {
    (void)signal;
}

static int32_t child_asleep(struct client_start *start) {
    uint8_t byte;
    size_t size;
    if (signal_handle(SIGNAL_SLEEPER, note) != STATUS_OK) {
        return 1;
    }
    return channel_receive(&start->end, &byte, 1, &size);
}

/* A child that sleeps until it is signalled, or until its parent has ended. */
static void signal_and_join(struct worker *worker) {
    owned(channel_end) struct channel_end mine = {0};
    owned(client_start) struct client_start start = {0};
    owned(child) struct child child = {0};
    int32_t result = 0;
    if (EXPECT(worker, channel_create(&mine, &start.end), STATUS_OK) &&
        EXPECT(worker, task_spawn(&child, "asleep", child_asleep, &start), STATUS_OK)) {
        EXPECT(worker, scheduler_yield(), STATUS_OK);
        EXPECT(worker, signal_send(&child, SIGNAL_KILL), STATUS_OK);
        EXPECT(worker, task_join(&child, &result), STATUS_OK);
        REQUIRE(worker, result == STATUS_FAULT);
    }
}

static void step_processes(struct worker *worker) {
    switch (worker_random(worker, 3)) {
    case 0:
        fork_and_wait(worker, false);
        break;
    case 1:
        fork_and_wait(worker, true);
        break;
    default:
        signal_and_join(worker);
        break;
    }
}

static status_t sleep_in_wait(void) {
    owned(channel_end) struct channel_end mine = {0};
    owned(client_start) struct client_start start = {0};
    owned(child) struct child child = {0};
    int32_t result;
    status_t status = channel_create(&mine, &start.end);
    if (status == STATUS_OK) {
        status = task_spawn(&child, "patient", child_asleep, &start);
    }
    return status == STATUS_OK ? process_wait(&result) : status;
}

static status_t fork_once(struct child *child) {
    uint32_t copy = 0;
    status_t status = process_fork(child, &copy);
    if (status == STATUS_OK && copy == 1) {
        task_exit(COPY_RESULT);
    }
    return status;
}

/* The new program says how it went for the old one. Arguments: requests that were wrong, allocations that failed. */
static int32_t starved_main(struct client_start *start) {
    uint32_t failed = 1;
    return trial_starve(0, &failed) == STATUS_OK && failed == 0 && start->arguments[0] == 0 && start->arguments[1] > 0 ? PROGRAM_RESULT : 1;
}

/* Executes with one allocation after the other failing: once none does, it does not come back. */
static int32_t executing_main(struct client_start *start) {
    struct starvation starvation = {0};
    uint64_t try = 0;
    status_t status;
    (void)start;
    do {
        struct client_start next = {.arguments = {starvation.wrong, starvation.failures}};
        starvation_prepare(&starvation, ++try);
        status = process_execute(starved_main, &next);
    } while (starvation_judge(&starvation, "process_execute(starved_main, &next)", try, status));
    return 1;
}

static void starve_processes(struct starvation *starvation) {
    struct child forked = {0}; /* process_wait closes it */
    owned(child) struct child executing = {0};
    struct client_start start = {0};
    int32_t result = 0;
    STARVE(signal_handle(SIGNAL_SLEEPER, note));
    STARVE(fork_once(&forked));
    STARVE(process_wait(&result));
    (void)scheduler_sleep(SETTLE); /* then the copy is gone */
    STARVE(task_spawn(&executing, "executing", executing_main, &start));
    STARVE(task_join(&executing, &result));
    if (result != PROGRAM_RESULT) {
        starvation->wrong++;
        text_print("starve: a process could not go on as another program\n");
    }
}

static const struct trial_extras extras = {step_processes, sleep_in_wait, starve_processes};

int32_t process_trials_first(struct client_start *start) {
    return start->arguments[2] == CLIENT_PLAN_STARVE ? starve_run(&extras) : kill_run(start->arguments[0], start->arguments[1], &extras);
}
