/* The local APIC: its timer, and acknowledging. */
#ifndef BASE_APIC_H
#define BASE_APIC_H

#include <stdint.h>

enum { TICK_NANOSECONDS = 4000000 };

/* Turns the old interrupt controller off and this CPU's APIC on, and measures the timer against the PIT. */
void apic_init(void);
/* Turns on the APIC of a further CPU. */
void apic_init_processor(void);
/* The number of this CPU's APIC. */
uint32_t apic_number(void);
/* Starts a further CPU in real mode at `address` (below 1 MiB, a page). */
void apic_start_processor(uint32_t number, uint32_t address);
/* Lets microseconds pass. */
void apic_delay(uint64_t microseconds);
/* INTERRUPT_TIMER every TICK_NANOSECONDS on this CPU. */
void apic_timer_start(void);
void apic_acknowledge(void);
/* Time stamp counts in a millisecond, as measured by apic_init. */
uint64_t timestamp_rate(void);

#endif
