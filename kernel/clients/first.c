#include <clients/conformance.h>
#include <clients/first.h>
#include <clients/workload.h>

int32_t client_first(struct client_start *start) {
    int32_t result = 0;
    if (start->arguments[2] != CLIENT_PLAN_WORKLOAD) {
        result = conformance_run();
    }
    if (start->arguments[2] != CLIENT_PLAN_CONFORMANCE && result == 0) {
        result = workload_run(start->arguments[0], start->arguments[1]);
    }
    return result;
}
