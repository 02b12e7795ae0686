#include <base/cpu/cpu.h>
#include <base/interrupts/apic.h>
#include <base/interrupts/interrupts.h>
#include <clock/clock.h>
#include <scheduler/scheduler.h>
#include <syscalls/syscalls.h>
#include <timers/timers.h>

/* Owner: the clock. Lock: none; written by the first CPU's timer interrupt only, read as one word. */
static struct {
    uint64_t ticks;       /* since boot */
    uint64_t nanoseconds; /* the same in nanoseconds */
} clock;

static void clock_interrupt(struct interrupt_frame *frame) {
    (void)frame;
    if (cpu_index() == 0) {
        clock.ticks++;
        clock.nanoseconds += TICK_NANOSECONDS;
        timers_expire(clock.nanoseconds);
    }
    scheduler_tick(clock_now());
}

void clock_start(void) {
    interrupt_route(INTERRUPT_TIMER, clock_interrupt);
    apic_timer_start();
}

uint64_t clock_now(void) {
    return __atomic_load_n(&clock.nanoseconds, __ATOMIC_RELAXED);
}

int64_t sys_clock_read(const struct request *request) {
    uint64_t now = clock_now();
    return copy_to_user(request_pointer(request, 0), &now, sizeof now);
}

int64_t sys_clock_resolution(const struct request *request) {
    uint64_t resolution = TICK_NANOSECONDS;
    return copy_to_user(request_pointer(request, 0), &resolution, sizeof resolution);
}
