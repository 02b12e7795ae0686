/* Fuzz target: any bytes as a recorder's log. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>
#include "spillscope/record_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    char path[64];
    int descriptor = memfd_create("log", MFD_CLOEXEC);
    if (descriptor < 0 || write(descriptor, bytes, count) != (ssize_t)count) {
        return 1;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    struct log *log = NULL;
    struct error *error = log_open(path, &log);
    const union record *record = NULL;
    size_t position = 0;
    while (!error && !(error = log_next(log, &record)) && record) {
        if (log_position(log) <= position || log_position(log) > count) {
            __builtin_trap(); /* it must move on, and stay inside */
        }
        position = log_position(log);
    }
    error_destroy(error);
    log_close(log);
    close(descriptor);
    return 0;
}
