#ifndef SPILLSCOPE_WORKERS_H
#define SPILLSCOPE_WORKERS_H
/* Runs pieces of work in processes of their own, some at a time. Each gives a short message; the parent takes them in the order they end. */
#include <stdbool.h>
#include <stddef.h>
#include "spillscope/error.h"

#define WORKERS_MESSAGE 1024

struct workers_request {
    size_t count;                                                                       /* pieces of work */
    unsigned jobs;                                                                      /* processes at a time */
    void (*work)(void *context, size_t index, char message[WORKERS_MESSAGE]);           /* in the child */
    struct error *(*done)(void *context, size_t index, const char *message, bool died); /* in the parent; died: no message came */
    void *context;
    int wake_descriptor; /* readable = stop; -1 = none */
};

/* *out_woken tells that it was stopped. Children are ended and reaped in any case. */
struct error *workers_run(const struct workers_request *request, bool *out_woken);

#endif
