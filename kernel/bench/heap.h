/* Table 9.3 of the thesis: what it costs that a heap checks who frees what. */
#ifndef BENCH_HEAP_H
#define BENCH_HEAP_H

#include <stdint.h>

/* Prints lines "bench: BENCHMARK_HEAP 0 OPERATIONS TICKS", as clients/bench.h describes, for threadtest (small objects, many at a time) and shbench
 * (1 to 1000 bytes, of mixed ages), over the kernel's heap (checked) and bench/heap_unsafe.h (unsafe). An operation is an allocation and its end. */
void bench_heap(uint64_t operations);

#endif
