#include <base/interrupts/interrupts.h>
#include <base/interrupts/trigger.h>

/* The instruction takes no variable. */
#define TRIGGER(number)                                                                                                                              \
    case number:                                                                                                                                     \
        __asm__ volatile("int %0" : : "i"(TRIGGER_FIRST + (number)));                                                                                \
        break

_Static_assert(TRIGGER_FIRST + TRIGGER_COUNT <= INTERRUPT_SPURIOUS, "the lines have vectors of their own");

void interrupt_trigger(unsigned number) {
    switch (number) {
        TRIGGER(0);
        TRIGGER(1);
        TRIGGER(2);
        TRIGGER(3);
        TRIGGER(4);
        TRIGGER(5);
        TRIGGER(6);
        TRIGGER(7);
    default:
        break;
    }
}
