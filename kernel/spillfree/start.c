#include <base/boot/design.h>
#include <base/boot/processors.h>
#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/interrupts/apic.h>
#include <base/lib/string.h>
#include <base/machine/machine.h>
#include <base/trial/trial.h>
#include <base/unwind/unwind.h>
#include <bench/heap.h>
#include <bench/queues.h>
#include <clients/first.h>
#include <clock/clock.h>
#include <interrupts/interrupts.h>
#include <tasks/ending.h>
#include <tasks/task.h>

const char design_name[] = "spillfree";

extern uint8_t boot_stack_bottom[];

/* The end of the first client is the end of the machine. */
static int32_t first_main(struct client_start *start) {
    machine_exit((uint32_t)client_first(start) & 0x7f);
}

void design_start(const struct boot_options *options) {
    struct client_start start = {.arguments = {
                                     boot_option_number(options, "rounds", 20),
                                     boot_option_number(options, "seed", 1),
                                     0, /* the plan, see below */
                                     boot_option_number(options, "mappings", 65536),
                                 }};
    struct child first;
    char what[16];
    if (boot_option(options, "run", what, sizeof what) == 0) {
        (void)string_copy(what, "all", sizeof what);
    }
    start.arguments[2] = client_plan(what);
    if (start.arguments[2] == CLIENT_PLAN_UNKNOWN) {
        machine_panic("command line: run=%s is not one of conformance, workload, all, overflow, bench, leak, starve, kill, fault, driver", what);
    }
    trial_init(options);
    endings_init();
    lines_init();
    task_adopt_idle(boot_stack_bottom);
    if (task_spawn(&first, "first", first_main, &start) != STATUS_OK || task_detach(&first) != STATUS_OK) {
        machine_panic("tasks: no memory for the first task");
    }
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
    unwind_init_processor();
    task_adopt_idle(stack);
    apic_timer_start();
    for (;;) {
        cpu_wait();
    }
}
