/* Interrupt lines: who is told when one is raised. */
#ifndef SPILLFUL_INTERRUPTS_H
#define SPILLFUL_INTERRUPTS_H

void lines_init(void);

#endif
