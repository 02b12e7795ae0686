/* What tests of a kernel ask of it. No transactions: STATUS_DENIED unless the machine was started for a trial (run=leak, starve, kill, fault;
 * hostile, where nothing may be starved or doomed; driver, where nothing may be doomed, which reads requests). */
#ifndef API_TRIAL_H
#define API_TRIAL_H

#include <api/status.h>
#include <objects/task.h>
#include <stddef.h>

/* What is in use now, of all clients and the kernel. */
struct trial_usage {
    uint64_t objects;   /* of the kernel's heap */
    uint64_t pages;     /* page frames, but those of tables for kernel addresses, which stay */
    uint64_t addresses; /* pages of kernel addresses */
};

status_t trial_usage(struct trial_usage *usage);

/* With run=hostile all kernel memory is filled with this byte when it is allocated: four of them next to each other in a client's memory were
 * read out of the kernel. */
enum { TRIAL_SECRET = 0xa7 };

/* Addresses of kernel memory that is full of TRIAL_SECRET, and that no client may reach. */
struct trial_secrets {
    uint64_t image;  /* a page among the kernel's variables */
    uint64_t direct; /* the same page, where all memory is mapped */
    uint64_t object; /* an object on the heap */
};

status_t trial_secrets(struct trial_secrets *secrets);

/* Parts of a kernel that a client must not be able to change. */
enum trial_part {
    TRIAL_CODE = 1,    /* text, constants */
    TRIAL_SECRETS = 2, /* see trial_secrets */
    TRIAL_HEAP = 4,    /* what the heap knows about its slabs fits together */
    TRIAL_PAGES = 8,   /* and what is known about page frames */
};

/* `broken` gets the sum of the parts that are not as they were at start, or 0. */
status_t trial_integrity(uint32_t *broken);
enum { TRIAL_EVERY = -1 };

/* The calling task's `number`-th allocation from now on fails, once: 1 is the next one, 0 none. With (uint64_t)TRIAL_EVERY each of them fails, until
 * it asks for something else. `failed` gets 1 if the one asked for before has failed. A workload may ask as well. */
status_t trial_starve(uint64_t number, uint32_t *failed);
/* Loses all soft states: no client must notice. A workload may do that as well. */
status_t trial_forget(void);
/* The calling task is killed after `steps` instructions, wherever it is then. One task at a time. A killed task ends with STATUS_FAULT as
 * soon as nobody is hurt by it: a request that it is in is carried out first, but waits no longer. */
status_t trial_doom(uint64_t steps);
/* Kills a child, wherever it is now, asleep in a request as well. */
status_t trial_kill(struct child *child);

enum { TRIAL_REQUESTS_PART = 128 };
/* Up to TRIAL_REQUESTS_PART bytes, from `offset` on, of the text that tells a driver what to do; `done` is 0 behind its end. */
status_t trial_requests(uint64_t offset, char *text, size_t size, size_t *done);

#endif
