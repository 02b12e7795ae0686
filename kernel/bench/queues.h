/* Figure 9.3(a) of the thesis: putting a task that does not run into one of many run queues, and removing it, in the data
 * structures of each design's scheduler. No scheduler ever does this: an ended task is in no queue in either design. */
#ifndef BENCH_QUEUES_H
#define BENCH_QUEUES_H

#include <stdint.h>

enum { BENCH_QUEUES_MAX = 128 };

/* Prints a line "bench: queue_removal QUEUES OPERATIONS TICKS" for each number of queues, as clients/bench.h describes. */
void bench_queues(uint64_t operations);

#endif
