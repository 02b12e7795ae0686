/* The serial console (COM1). */
#ifndef BASE_CONSOLE_H
#define BASE_CONSOLE_H

#include <api/console.h>

void console_init(void);
/* One line or part of one; at most 255 characters. Formats as format_text. */
void console_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* From now on without the lock: for a CPU that reports why everything ends. */
void console_take_over(void);

#endif
