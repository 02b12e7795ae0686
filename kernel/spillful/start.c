#include <base/boot/design.h>
#include <base/boot/processors.h>
#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/interrupts/apic.h>
#include <base/lib/string.h>
#include <base/machine/machine.h>
#include <base/trial/trial.h>
#include <bench/heap.h>
#include <bench/queues.h>
#include <clients/first.h>
#include <clock/clock.h>
#include <devices/devices.h>
#include <interrupts/interrupts.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>
#include <timers/timers.h>

const char design_name[] = "spillful";

extern uint8_t boot_stack_bottom[];

/* In user/hostile.c, user/process_checks.c and user/process_trials.c. */
int32_t hostile_first(struct client_start *start);
int32_t process_first(struct client_start *start);
int32_t process_trials_first(struct client_start *start);

/* Those of this design alone, or client_first. */
static client_main *first_main(const char *what) {
    if (string_equal(what, "hostile")) {
        return hostile_first;
    }
    if (string_equal(what, "processes")) {
        return process_first;
    }
    return string_equal(what, "kill") || string_equal(what, "starve") ? process_trials_first : client_first;
}

void design_start(const struct boot_options *options) {
    struct client_start start = {.arguments = {
                                     boot_option_number(options, "rounds", 20),
                                     boot_option_number(options, "seed", 1),
                                     0, /* the plan, see below */
                                     boot_option_number(options, "mappings", 65536),
                                 }};
    char what[16];
    if (boot_option(options, "run", what, sizeof what) == 0) {
        (void)string_copy(what, "all", sizeof what);
    }
    client_main *first = first_main(what);
    start.arguments[2] = client_plan(what);
    if (start.arguments[2] == CLIENT_PLAN_UNKNOWN && first == client_first) {
        machine_panic(
            "command line: run=%s is not one of conformance, workload, all, overflow, bench, leak, starve, kill, fault, driver, hostile, processes",
            what);
    }
    scheduler_init();
    tasks_init();
    trial_init(options);
    task_adopt_idle(boot_stack_bottom);
    syscalls_init();
    timers_init();
    i2c_init();
    lines_init();
    (void)task_create_first(first, &start);
    if (start.arguments[2] == CLIENT_PLAN_BENCH) {
        console_print("bench: %lu ticks in a millisecond\n", timestamp_rate());
        bench_heap(100 * start.arguments[0]);
        bench_queues(100 * start.arguments[0]);
    }
    clock_start();
    processors_start(options);
    for (;;) {
        cpu_wait();
    }
}

void design_start_processor(uint8_t *stack) {
    task_adopt_idle(stack);
    syscalls_init();
    apic_timer_start();
    for (;;) {
        cpu_wait();
    }
}
