/* The driver: random yet meaningful requests, as a seed and what it is told determine. */
#ifndef CLIENTS_DRIVER_H
#define CLIENTS_DRIVER_H

#include <stdint.h>

/*
 * Carries out the lines that the machine was given (api/trial.h): `AREA COUNT SEED`, so many random requests of an area, after which the objects
 * that are left are given up. Areas are named like the entities that serve them: tasks, scheduler, clock, memory, channels, files, timers,
 * semaphores, queues, events, devices, interrupts; `steps` are those of the workload. Without any line: `rounds` requests of each area.
 * 0 unless a line could not be read, or a request gave what is no status.
 */
int32_t driver_run(uint64_t rounds, uint64_t seed);

#endif
