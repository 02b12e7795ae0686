/* Names of functions, for whoever reads what a panic prints. The table is made from a first link of the kernel (project/symbols.sh). */
#ifndef BASE_SYMBOLS_H
#define BASE_SYMBOLS_H

#include <stdint.h>

/* The function that `address` lies in, and how far; NULL if it lies in none. */
const char *symbol_find(uint64_t address, uint64_t *offset);

#endif
