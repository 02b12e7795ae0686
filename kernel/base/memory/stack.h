/* Kernel stacks: STACK_SIZE bytes with an unmapped guard page below. */
#ifndef BASE_STACK_H
#define BASE_STACK_H

#include <stdbool.h>
#include <stdint.h>

enum { STACK_SIZE = 16384 };

/* The lowest usable address of a new stack, or NULL. */
uint8_t *stack_create(void);
void stack_destroy(uint8_t *stack);

#endif
