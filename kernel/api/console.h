/* Text for the operator. Not a transaction: it is how clients are observed. */
#ifndef API_CONSOLE_H
#define API_CONSOLE_H

#include <stddef.h>

void console_write(const char *text, size_t length);

#endif
