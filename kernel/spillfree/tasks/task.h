/* Tasks: the bare necessities. What a task uses, it holds itself, on its stack. */
#ifndef SPILLFREE_TASK_H
#define SPILLFREE_TASK_H

#include <api/task.h>
#include <base/cpu/cpu.h>
#include <base/cpu/instructions.h>
#include <base/memory/stack.h>
#include <base/unwind/unwind.h>
#include <scheduler/scheduler.h>

/* How far a task's life is, in flags: each is set once, but for LIFE_KILLED, and all of them atomically. */
enum life {
    LIFE_ASKED = 1,    /* somebody wants it to end */
    LIFE_KILLED = 2,   /* it is to end, and has not begun to */
    LIFE_ENDED = 4,    /* it has given its result */
    LIFE_LEFT = 8,     /* it will not run again, and its stack is in use no more */
    LIFE_DETACHED = 16 /* nobody holds it as a child */
};

/* A task, shared by itself until it is left, and by who holds it as a child. */
struct task {
    /* set when it is made */
    uint8_t *kstack;   /* lowest address of its stack, STACK_SIZE bytes */
    struct task *next; /* in state_db.tasks; guarded by its lock */

    /* the scheduler's lock */
    uint64_t context; /* rsp while it does not run; written by context_switch */

    /* lock */
    struct spinlock lock;
    uint32_t life; /* LIFE_*; the lock is held where LIFE_ENDED decides */
    int32_t result;
    struct wait_list joiners;

    /* the task itself */
    struct unwinding unwinding; /* once its stack is left */
    bool returning;             /* while it is killed: the instruction that it takes is a return */
};

/* What a parent leaves at the top of the stack of a new task: from then on that task's own. */
struct launch {
    client_main *main;
    struct client_start start;
    char name[TASK_NAME_MAX]; /* guarded by the task's lock */
};

static inline struct launch *task_launch(struct task *task) {
    return (struct launch *)(void *)(task->kstack + STACK_SIZE - sizeof(struct launch));
}

/* The task of this CPU's boot stack becomes its idle task. */
void task_adopt_idle(uint8_t *stack);
/* A task that ended has been left for good. */
void task_leave(struct task *task);

static inline bool task_lives(const struct task *task, uint32_t life) {
    return (__atomic_load_n(&task->life, __ATOMIC_ACQUIRE) & life) != 0;
}

static inline struct task *task_current(void) {
    uint64_t flags = interrupts_save();
    struct task *task = cpu_this()->current;
    interrupts_restore(flags);
    return task;
}

#endif
