#include <clients/bench.h>
#include <clients/conformance.h>
#include <clients/driver.h>
#include <clients/first.h>
#include <clients/trials.h>
#include <clients/workload.h>

/* Needs more stack than there is, whatever there is: shows that guard pages are there. */
static uint64_t overflow(uint64_t depth) {
    volatile uint64_t frame[32];
    frame[depth % 32] = depth;
    return depth == UINT64_MAX ? 0 : overflow(depth + 1) + frame[depth % 32];
}

int32_t client_first(struct client_start *start) {
    int32_t result = 0;
    switch (start->arguments[2]) {
    case CLIENT_PLAN_OVERFLOW:
        return (int32_t)overflow(0);
    case CLIENT_PLAN_BENCH:
        return bench_run(start->arguments[0], start->arguments[3]);
    case CLIENT_PLAN_LEAK:
        return leak_run(start->arguments[0], start->arguments[1]);
    case CLIENT_PLAN_STARVE:
        return starve_run(NULL);
    case CLIENT_PLAN_KILL:
        return kill_run(start->arguments[0], start->arguments[1], NULL);
    case CLIENT_PLAN_FAULT:
        return fault_run(start->arguments[0], start->arguments[1]);
    case CLIENT_PLAN_DRIVER:
        return driver_run(start->arguments[0], start->arguments[1]);
    default:
        break;
    }
    if (start->arguments[2] != CLIENT_PLAN_WORKLOAD) {
        result = conformance_run();
    }
    if (start->arguments[2] != CLIENT_PLAN_CONFORMANCE && result == 0) {
        result = workload_run(start->arguments[0], start->arguments[1]);
    }
    return result;
}
