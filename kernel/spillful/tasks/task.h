/* Tasks: one structure for all that the kernel knows about a process, as in conventional kernels. */
#ifndef SPILLFUL_TASK_H
#define SPILLFUL_TASK_H

#include <api/scheduler.h>
#include <api/signal.h>
#include <api/task.h>
#include <base/cpu/cpu.h>
#include <base/lib/list.h>
#include <base/memory/stack.h>
#include <handles/handle.h>
#include <memory/address_space.h>
#include <scheduler/scheduler.h>

enum { TASKS_MAX = 64 };

/* A process. Fields are grouped by the lock that guards them. It is freed when nobody refers to it: the task itself
 * until it ended, and each handle to it. */
struct task {
    /* tasks.lock */
    uint32_t id;
    uint32_t references;
    char name[TASK_NAME_MAX];
    struct task *parent;             /* NULL once the parent ended */
    struct list link;                /* in tasks.all */
    struct list children;            /* the living and the ended ones not yet freed */
    struct list sibling;             /* link in the parent's children */
    struct wait_queue family;        /* the task itself, waiting for any child to end */
    uint32_t signals;                /* a bit for each that is to be handled */
    uint64_t handlers[SIGNAL_COUNT]; /* in the client's code; 0: the task ends */
    uint64_t trampoline;             /* through which the client handles them */
    bool cancelled;                  /* somebody asked it to end */
    bool ended;                      /* has given its result */
    int32_t result;
    struct wait_queue joiners;

    /* the scheduler's lock */
    enum run_state run_state;
    bool killed; /* ends when it is about to leave the kernel, and waits for nothing any more */
    uint32_t priority;
    uint32_t slice;        /* ticks left until others of the same priority get their turn */
    uint64_t ticks;        /* ticks that it was running at */
    uint64_t switches;     /* times it was switched to */
    uint64_t wake_time;    /* while it sleeps: nanoseconds since boot */
    struct list run_link;  /* in a run list, or in the list of sleepers */
    struct list wait_link; /* in the wait queue it blocks on */
    uint64_t context;      /* rsp while it does not run; written by context_switch */

    /* set when it is made */
    uint8_t *kstack;             /* lowest address of the kernel stack, STACK_SIZE bytes */
    struct address_space *space; /* NULL for idle tasks and once it ended */

    /* only the task itself, and its parent before it first runs */
    struct handle handles[TASK_HANDLES];
    uint32_t handles_used;
    uint64_t system_calls;
};

void tasks_init(void);
/* The task of this CPU's boot stack becomes its idle task. */
void task_adopt_idle(uint8_t *stack);
/* Makes the first process. Panics if there is no memory. */
struct task *task_create_first(client_main *main, const struct client_start *start);
/* What a parent leaves at the top of the kernel stack of a task that has not run yet. */
struct launch {
    client_main *main;
    struct client_start start;
    uint64_t resume, resume_stack; /* where a copy of a process goes on instead; 0: it is none */
};

extern const struct handle_operations child_operations;

/* A process that will begin as `launch` says, not yet runnable and in no list, or NULL. Takes `space`, which may be NULL if there was no memory. */
struct task *process_create(const char *name, const struct launch *launch, struct address_space *space);
/* Frees one that is in no list. */
void task_destroy(struct task *task);
/* STATUS_LIMIT if there are too many. */
status_t task_register(struct task *task, struct task *parent);
/* Makes it runnable. */
void task_start(struct task *task);
/* Goes on in the client's code, on an empty stack. */
void task_enter(client_main *main, const struct client_start *start) __attribute__((noreturn));
/* The lock of the first group of fields; gives what tasks_unlock needs. */
uint64_t tasks_lock(void);
void tasks_unlock(uint64_t flags);
/* Blocks the calling task as wait_queue_block does, with that lock. */
bool tasks_block(struct wait_queue *queue);
/* Gives one reference up. */
void task_release(struct task *task);
/* Ends the calling task. */
void task_end(int32_t result) __attribute__((noreturn));

static inline struct task *task_current(void) {
    uint64_t flags = interrupts_save();
    struct task *task = cpu_this()->current;
    interrupts_restore(flags);
    return task;
}

#endif
