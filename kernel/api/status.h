/* Results of requests, the same in both designs. 0 is success; every failure has a name. */
#ifndef API_STATUS_H
#define API_STATUS_H

#include <stdint.h>

typedef int32_t status_t;

enum status {
    STATUS_OK = 0,
    STATUS_INVALID = -1,        /* an argument out of its range */
    STATUS_BAD_OBJECT = -2,     /* the object is none, closed, or of another kind */
    STATUS_NO_MEMORY = -3,      /* pages, heap or addresses are used up */
    STATUS_NOT_FOUND = -4,      /* no such name */
    STATUS_EXISTS = -5,         /* the name is taken */
    STATUS_FULL = -6,           /* no room now; trying later may succeed */
    STATUS_EMPTY = -7,          /* nothing there now, or never to come */
    STATUS_CLOSED = -8,         /* the other side is gone */
    STATUS_DENIED = -9,         /* the object was not opened for this */
    STATUS_FAULT = -10,         /* a pointer outside of the client's memory */
    STATUS_LIMIT = -11,         /* a fixed limit of the kernel */
    STATUS_NOT_DIRECTORY = -12, /* a part of the path is no directory */
    STATUS_IS_DIRECTORY = -13,  /* a directory where a file is needed */
    STATUS_NOT_EMPTY = -14,     /* a directory with entries */
    STATUS_BUSY = -15,          /* in use by another client */
    STATUS_NO_DEVICE = -16,     /* nothing answers at that address */
};

/* A function that a client which is killed ends first: whoever cleans up is in the middle of giving something back. */
#define indivisible __attribute__((noinline, unused, section(".text.indivisible")))

/* Releases `variable_type` objects where their scope ends: owned(file) struct file f = {0}; */
#define owned(variable_type) __attribute__((cleanup(variable_type##_drop)))

#endif
