/* A hostile process: system calls with arguments that no honest stub would pass. Only this design has a boundary that it could
 * break through. It passes if the kernel goes on and serves others as before. */
#include <clients/conformance.h>
#include <clients/text.h>
#include <clients/worker.h>
#include <syscalls/numbers.h>

int32_t hostile_first(struct client_start *start);

/* Calls that could block for ever when they happen to be right, and the console, whose output is looked at. */
static bool number_skipped(uint64_t number) {
    return number == SYSTEM_CONSOLE_WRITE || number == SYSTEM_TASK_EXIT || number == SYSTEM_TASK_JOIN || number == SYSTEM_SCHEDULER_SLEEP ||
           number == SYSTEM_CHANNEL_SEND || number == SYSTEM_CHANNEL_RECEIVE || number == SYSTEM_TIMER_WAIT || number == SYSTEM_SEMAPHORE_DOWN;
}

static uint64_t hostile_argument(struct worker *worker, uint8_t *buffer) {
    static const uint64_t addresses[] = {
        0,
        1,
        0x00007fffffffffff,
        0x0000800000000000,
        0xffff800000000000, /* the direct map */
        0xffff800000100000,
        0xffffffff80100000, /* the kernel */
        0xffffffffffffffff,
        0x0000000000400000, /* the clients' code: cannot be written */
        0x0000000015000000, /* nothing */
    };
    switch (worker_random(worker, 4)) {
    case 0:
        return addresses[worker_random(worker, sizeof addresses / sizeof addresses[0])];
    case 1:
        return worker_random(worker, 64); /* handles, sizes, flags */
    case 2:
        return worker_random(worker, UINT64_MAX);
    default:
        return (uint64_t)buffer;
    }
}

static int64_t hostile_call(uint64_t number, const uint64_t arguments[6]) {
    int64_t result;
    register uint64_t fourth __asm__("r10") = arguments[3];
    register uint64_t fifth __asm__("r8") = arguments[4];
    register uint64_t sixth __asm__("r9") = arguments[5];
    uint64_t first = arguments[0], second = arguments[1], third = arguments[2];
    __asm__ volatile("syscall"
                     : "=a"(result), "+D"(first), "+S"(second), "+d"(third), "+r"(fourth), "+r"(fifth), "+r"(sixth)
                     : "0"(number)
                     : "rcx", "r11", "memory");
    return result;
}

/* Arguments: calls, seed. The result is 1 if the kernel wrote to or read from where it must not. */
static int32_t hostile_main(struct client_start *start) {
    struct worker worker = {.random = start->arguments[1] * 2 + 1};
    uint8_t buffer[2048];
    bytes_fill(buffer, '/', sizeof buffer);
    for (uint64_t i = 0; i < start->arguments[0]; i++) {
        uint64_t number = worker_random(&worker, 20) == 0 ? worker_random(&worker, UINT64_MAX) : worker_random(&worker, SYSTEM_COUNT);
        uint64_t arguments[6];
        for (unsigned n = 0; n < 6; n++) {
            arguments[n] = hostile_argument(&worker, buffer);
        }
        if (number_skipped(number) || (number == SYSTEM_TASK_SPAWN && worker_random(&worker, 200) != 0)) {
            continue;
        }
        /* A result of a known kind; a kernel address among the results would be one read out of the kernel. */
        int64_t result = hostile_call(number, arguments);
        if (result > STATUS_OK || result < STATUS_NO_DEVICE) {
            return 1;
        }
        buffer[worker_random(&worker, sizeof buffer)] = '\0';
    }
    return 0;
}

/* Arguments: rounds of a thousand calls, seed. Afterwards the conformance suite must pass. */
int32_t hostile_first(struct client_start *start) {
    owned(child) struct child child = {0};
    struct client_start hostile = {.arguments = {start->arguments[0] * 1000, start->arguments[1]}};
    int32_t result = 1;
    if (task_spawn(&child, "hostile", hostile_main, &hostile) != STATUS_OK || task_join(&child, &result) != STATUS_OK || result != 0) {
        text_print("FAIL hostile calls\n");
        return 1;
    }
    text_print("ok hostile calls\n");
    return conformance_run();
}
