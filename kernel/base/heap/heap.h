/* The kernel heap: objects of up to HEAP_OBJECT_MAX bytes in slabs of one page and one object size. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>

enum { HEAP_OBJECT_MAX = 4096 };

/* At start. */
void heap_init(void);
/* An object with undefined contents, aligned to 16 bytes, or NULL. The caller owns it. */
void *kmalloc(size_t size);
/* Takes an object back; NULL is fine. Panics if it was not allocated. */
void kfree(void *object);
/* How many objects are allocated now. */
size_t heap_objects(void);
/* Whether what it knows of its slabs fits together. */
bool heap_consistent(void);

#endif
