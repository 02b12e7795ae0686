/* Interrupt lines: an interrupt finds who claims its line in the state store. */
#ifndef SPILLFREE_INTERRUPTS_H
#define SPILLFREE_INTERRUPTS_H

void lines_init(void);

#endif
