/* Interrupts that software raises, as a device would: lines of their own behind the timer's. */
#ifndef BASE_TRIGGER_H
#define BASE_TRIGGER_H

enum { TRIGGER_FIRST = 40, TRIGGER_COUNT = 8 };

/* Interrupts this CPU with vector TRIGGER_FIRST + number, now. */
void interrupt_trigger(unsigned number);

#endif
