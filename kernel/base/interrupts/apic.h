/* The local APIC: its timer, and acknowledging. */
#ifndef BASE_APIC_H
#define BASE_APIC_H

#include <stdint.h>

enum { TICK_NANOSECONDS = 4000000 };

/* Turns the old interrupt controller off and this CPU's APIC on, and measures the timer against the PIT. */
void apic_init(void);
/* INTERRUPT_TIMER every TICK_NANOSECONDS on this CPU. */
void apic_timer_start(void);
void apic_acknowledge(void);
/* Time stamp counts in a millisecond, as measured by apic_init. */
uint64_t timestamp_rate(void);

#endif
