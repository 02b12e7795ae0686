/* Counting semaphores, shared by the clients that were given one. */
#ifndef API_SEMAPHORE_H
#define API_SEMAPHORE_H

#include <api/status.h>
#include <objects/semaphore.h>
#include <spillscope_contracts.h>

enum { SEMAPHORE_VALUE_MAX = 1000 };

status_t semaphore_create(struct semaphore *semaphore SPILLSCOPE_ACQUIRES, uint32_t value);
status_t semaphore_close(struct semaphore *semaphore SPILLSCOPE_RELEASES);
/* Blocks while the value is 0. */
status_t semaphore_down(struct semaphore *semaphore);
/* The same without blocking: STATUS_EMPTY. */
status_t semaphore_try_down(struct semaphore *semaphore);
/* STATUS_FULL at SEMAPHORE_VALUE_MAX. */
status_t semaphore_up(struct semaphore *semaphore);
status_t semaphore_value(struct semaphore *semaphore, uint32_t *value);

static indivisible void semaphore_drop(struct semaphore *semaphore SPILLSCOPE_RELEASES) {
    (void)semaphore_close(semaphore);
}

#endif
