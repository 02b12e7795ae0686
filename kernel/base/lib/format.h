/* Formatted text: %s %c %d %u %x %p %%, with l for 64 bits, a width and a leading 0. */
#ifndef BASE_FORMAT_H
#define BASE_FORMAT_H

#include <stdarg.h>
#include <stddef.h>

/* Writes at most capacity - 1 characters and terminates. Returns the characters written. */
size_t format_text(char *text, size_t capacity, const char *format, va_list arguments);

#endif
