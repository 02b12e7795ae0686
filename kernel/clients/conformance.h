/* The conformance suite: what every design must answer. Prints a line for each check, the same in all designs. */
#ifndef CLIENTS_CONFORMANCE_H
#define CLIENTS_CONFORMANCE_H

#include <stdbool.h>
#include <stdint.h>

struct conformance {
    uint32_t passed;
    uint32_t failed;
};

/* Counts a check and prints "ok NAME" or "FAIL NAME". */
void conformance_check(struct conformance *suite, const char *name, bool passed);

/* Runs all checks and prints the sum. 0 if all passed. */
int32_t conformance_run(void);

void conformance_tasks(struct conformance *suite);
void conformance_scheduler(struct conformance *suite);
void conformance_memory(struct conformance *suite);
void conformance_channels(struct conformance *suite);
void conformance_files(struct conformance *suite);
void conformance_directories(struct conformance *suite);
void conformance_timers(struct conformance *suite);
void conformance_semaphores(struct conformance *suite);
void conformance_queues(struct conformance *suite);
void conformance_events(struct conformance *suite);
void conformance_interrupts(struct conformance *suite);
void conformance_devices(struct conformance *suite);

#endif
