/* A heap that trusts whoever frees: what the kernel's own is measured against (thesis, Table 9.3). Slabs of the same sizes, given back when they
 * are empty as well, but what is known about objects lies in them and in front of them, and nobody checks. */
#ifndef BENCH_HEAP_UNSAFE_H
#define BENCH_HEAP_UNSAFE_H

#include <stddef.h>

void *heap_unsafe_allocate(size_t size);
void heap_unsafe_free(void *object);

#endif
