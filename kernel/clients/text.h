/* Text and bytes for clients, which have no C library. */
#ifndef CLIENTS_TEXT_H
#define CLIENTS_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool text_equal(const char *one, const char *other);
/* Prints a string; a number in decimal. */
void text_print(const char *text);
void text_print_number(uint64_t number);
bool bytes_equal(const void *one, const void *other, size_t size);
void bytes_fill(void *bytes, uint8_t value, size_t size);

#endif
