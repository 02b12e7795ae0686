#include <api/clock.h>
#include <base/cpu/instructions.h>
#include <base/interrupts/apic.h>
#include <base/interrupts/interrupts.h>
#include <clock/clock.h>
#include <scheduler/scheduler.h>
#include <state_db/soft_state.h>

static void clock_interrupt(struct interrupt_frame *frame) {
    (void)frame;
    scheduler_tick(clock_now());
}

void clock_start(void) {
    interrupt_route(INTERRUPT_TIMER, clock_interrupt);
    apic_timer_start();
}

enum { SCALE_BITS = 24 };

/* Nanoseconds in a time stamp count, times 2^SCALE_BITS. */
static uint64_t scale_measure(uint64_t unused) {
    (void)unused;
    return (1000000ul << SCALE_BITS) / timestamp_rate();
}

/* Soft: saves two divisions whenever somebody asks for the time. */
SOFT_STATE(clock_scale, 1, scale_measure)

uint64_t clock_now(void) {
    uint64_t count = timestamp_read();
    uint64_t scale = clock_scale(0);
    return ((count >> 32) * scale << (32 - SCALE_BITS)) + ((count & 0xffffffff) * scale >> SCALE_BITS);
}

status_t clock_read(uint64_t *nanoseconds) {
    *nanoseconds = clock_now();
    return STATUS_OK;
}

status_t clock_resolution(uint64_t *nanoseconds) {
    *nanoseconds = TICK_NANOSECONDS;
    return STATUS_OK;
}
