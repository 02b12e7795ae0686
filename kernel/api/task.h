/* Tasks. A task starts with what its parent gives it, and ends with a result for whoever joins it. */
#ifndef API_TASK_H
#define API_TASK_H

#include <api/channel.h>
#include <api/event.h>
#include <api/file.h>
#include <api/queue.h>
#include <api/semaphore.h>
#include <api/status.h>
#include <objects/task.h>
#include <spillscope_contracts.h>

enum { TASK_NAME_MAX = 16, TASK_ARGUMENTS = 4 };

/* What a new task is given. Objects that are none are left out. */
struct client_start {
    uint64_t arguments[TASK_ARGUMENTS];
    struct channel_end end;                  /* moved: none in the parent's copy after a successful spawn */
    struct volume volume SPILLSCOPE_BORROWS; /* shared, as the following ones: the parent keeps its own */
    struct semaphore semaphore SPILLSCOPE_BORROWS;
    struct queue queue SPILLSCOPE_BORROWS;
    struct topic topic SPILLSCOPE_BORROWS;
};

/* The task's code. `start` lives on its stack; what it still holds at the return is released. */
typedef int32_t client_main(struct client_start *start);

enum task_condition { TASK_ALIVE = 1, TASK_ENDED = 2 };

struct task_status {
    uint32_t condition; /* enum task_condition */
    uint32_t cancelled; /* 1 once somebody asked it to end */
    char name[TASK_NAME_MAX];
};

status_t task_spawn(struct child *child SPILLSCOPE_ACQUIRES, const char *name, client_main *main, struct client_start *start);
/* Blocks until the child ends, gives its result, and sets `child` to none. */
status_t task_join(struct child *child SPILLSCOPE_RELEASES, int32_t *result);
/* Lets it go on alone. */
status_t task_detach(struct child *child SPILLSCOPE_RELEASES);
status_t task_query(struct child *child, struct task_status *status);
/* Asks it to end; it sees that with task_cancelled. STATUS_CLOSED if it has ended already. */
status_t task_cancel(struct child *child);
/* 1 if somebody asked the calling task to end. */
status_t task_cancelled(uint32_t *cancelled);
/* A number that no other living task has. */
status_t task_identify(uint32_t *identity);
status_t task_rename(const char *name);
/* Ends the calling task. Does not return. */
void task_exit(int32_t result) __attribute__((noreturn));

static indivisible void child_drop(struct child *child SPILLSCOPE_RELEASES) {
    (void)task_detach(child);
}

static indivisible void client_start_drop(struct client_start *start) {
    (void)channel_close(&start->end);
    (void)volume_close(&start->volume);
    (void)semaphore_close(&start->semaphore);
    (void)queue_close(&start->queue);
    (void)topic_close(&start->topic);
}

#endif
