#include <api/clock.h>
#include <base/cpu/instructions.h>
#include <base/interrupts/apic.h>
#include <base/interrupts/interrupts.h>
#include <clock/clock.h>
#include <scheduler/scheduler.h>

static void clock_interrupt(struct interrupt_frame *frame) {
    (void)frame;
    scheduler_tick(clock_now());
}

void clock_start(void) {
    interrupt_route(INTERRUPT_TIMER, clock_interrupt);
    apic_timer_start();
}

uint64_t clock_now(void) {
    uint64_t rate = timestamp_rate();
    uint64_t count = timestamp_read();
    return count / rate * 1000000 + count % rate * 1000000 / rate;
}

status_t clock_read(uint64_t *nanoseconds) {
    *nanoseconds = clock_now();
    return STATUS_OK;
}

status_t clock_resolution(uint64_t *nanoseconds) {
    *nanoseconds = TICK_NANOSECONDS;
    return STATUS_OK;
}
