/* The first client, which runs what the command line asks for. Client code has no writable globals, and meets the kernel
 * only through api/: so the same sources serve both designs. */
#ifndef CLIENTS_FIRST_H
#define CLIENTS_FIRST_H

#include <api/task.h>

enum client_plan {
    CLIENT_PLAN_UNKNOWN,
    CLIENT_PLAN_CONFORMANCE,
    CLIENT_PLAN_WORKLOAD,
    CLIENT_PLAN_ALL,
    CLIENT_PLAN_OVERFLOW,
    CLIENT_PLAN_BENCH,
    CLIENT_PLAN_LEAK,
    CLIENT_PLAN_STARVE,
    CLIENT_PLAN_KILL,
    CLIENT_PLAN_FAULT,
    CLIENT_PLAN_DRIVER,
    CLIENT_PLAN_COUNT
};

/* What `run=` on the command line means. */
static inline enum client_plan client_plan(const char *text) {
    static const char *const names[] = {"", "conformance", "workload", "all", "overflow", "bench", "leak", "starve", "kill", "fault", "driver"};
    for (enum client_plan plan = CLIENT_PLAN_CONFORMANCE; plan < CLIENT_PLAN_COUNT; plan++) {
        const char *name = names[plan];
        size_t i = 0;
        while (name[i] != '\0' && name[i] == text[i]) {
            i++;
        }
        if (name[i] == text[i]) {
            return plan;
        }
    }
    return CLIENT_PLAN_UNKNOWN;
}

/* Arguments: rounds, seed, enum client_plan, the most mappings of a benchmark. The result is the machine's exit code: 0 if all went well. */
int32_t client_first(struct client_start *start);

#endif
