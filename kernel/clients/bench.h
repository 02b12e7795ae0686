/* What requests cost. Prints lines "bench: NAME SIZE OPERATIONS TICKS", TICKS being the time stamp counter's for all the
 * operations together: instructions under `-icount shift=0`, else time, at the rate that the kernel prints at start. */
#ifndef CLIENTS_BENCH_H
#define CLIENTS_BENCH_H

#include <stdint.h>

/* Each measurement makes `operations` requests or more; mappings grow up to `mappings`, and stay. 0 if no request failed. */
int32_t bench_run(uint64_t operations, uint64_t mappings);

#endif
