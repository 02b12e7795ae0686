/* Memory and strings. */
#ifndef BASE_STRING_H
#define BASE_STRING_H

#include <stdbool.h>
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *one, const void *other, size_t size);

size_t string_length(const char *text);
bool string_equal(const char *one, const char *other);
/* Copies at most capacity - 1 characters and always terminates. Returns the characters copied. */
size_t string_copy(char *to, const char *from, size_t capacity);

#endif
