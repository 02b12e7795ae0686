/* The workload: several client tasks that make every request of the API, again and again, in an order that a seed
 * determines. */
#ifndef CLIENTS_WORKLOAD_H
#define CLIENTS_WORKLOAD_H

#include <stdint.h>

/* Every transaction at least `rounds` times, with success and failure. 0 if no request gave a result it must not give. */
int32_t workload_run(uint64_t rounds, uint64_t seed);
/* Mark the clients' phase for those who watch. */
void workload_begin(void);
void workload_end(void);

#endif
