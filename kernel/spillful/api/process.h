/* What conventional processes can do beyond the common API, in this design alone: fork, exec and wait. No transactions of comparisons. */
#ifndef API_PROCESS_H
#define API_PROCESS_H

#include <api/task.h>

/* The calling process twice: `copy` gets 1 in the new one, 0 in the caller, whose `child` it is. It has a copy of all memory, and shares of what can
 * be shared (volumes, semaphores, queues, topics), and handles signals as the caller does; its other objects are none. */
status_t process_fork(struct child *child, uint32_t *copy);
/* Goes on as another program: `main` with `start`, whose objects it keeps. Nothing else remains. Comes back only if it fails. */
status_t process_execute(client_main *main, struct client_start *start);
/* Blocks until any child has ended and gives its result. Its `struct child` is closed afterwards. STATUS_EMPTY if there are no children. */
status_t process_wait(int32_t *result);

#endif
