#include <api/clock.h>
#include <api/scheduler.h>
#include <base/machine/machine.h>
#include <base/memory/paging.h>
#include <clock/clock.h>
#include <scheduler/scheduler.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

enum { SLICE_TICKS = 2 };

/* Owner: the scheduler. Lock: scheduler.lock, which also guards the scheduling fields of every task. */
static struct {
    struct spinlock lock;
    struct list run[PRIORITY_COUNT]; /* runnable tasks by their run_link, next to run first */
    struct list sleepers;            /* sleeping tasks by their run_link, next to wake first */
    struct task *departed[CPU_MAX];  /* the ended task that this CPU has just left, until it is released */
    uint64_t switches;               /* context switches so far */
} scheduler;

void scheduler_init(void) {
    for (unsigned i = 0; i < PRIORITY_COUNT; i++) {
        list_init(&scheduler.run[i]);
    }
    list_init(&scheduler.sleepers);
}

static void run_queue_add(struct task *task) {
    task->run_state = RUN_RUNNABLE;
    list_insert(&scheduler.run[task->priority], &task->run_link);
}

/* The highest priority with a runnable task, PRIORITY_COUNT if there is none. */
static uint32_t run_queue_best(void) {
    uint32_t priority = 0;
    while (priority < PRIORITY_COUNT && list_empty(&scheduler.run[priority])) {
        priority++;
    }
    return priority;
}

/* Goes on with the next task. The lock is held before and after; the current task has been put where it belongs. */
static void scheduler_switch(void) {
    struct cpu *cpu = cpu_this();
    struct task *previous = cpu->current;
    struct task *next = cpu->idle;
    uint32_t priority = run_queue_best();
    if (priority < PRIORITY_COUNT) {
        next = container_of(scheduler.run[priority].next, struct task, run_link);
        list_remove(&next->run_link);
    }
    next->run_state = RUN_RUNNING;
    next->slice = SLICE_TICKS;
    if (next == previous) {
        return;
    }
    next->switches++;
    scheduler.switches++;
    if (previous->run_state == RUN_ENDED) {
        scheduler.departed[cpu->index] = previous;
    }
    cpu->current = next;
    cpu_set_kernel_stack(cpu, (uint64_t)next->kstack + STACK_SIZE);
    address_space_activate(next->space);
    paging_catch_up();
    (void)context_switch(&previous->context, next->context, NULL, NULL);
}

/* Ends a critical section in which the CPU may have left an ended task. */
static void scheduler_leave(void) {
    struct task **departed = &scheduler.departed[cpu_index()];
    struct task *ended = *departed;
    *departed = NULL;
    spinlock_release_raw(&scheduler.lock);
    if (ended != NULL) {
        task_release(ended);
    }
}

void scheduler_begin(void) {
    scheduler_leave();
    interrupts_enable();
}

void scheduler_add(struct task *task) {
    uint64_t flags = spinlock_acquire(&scheduler.lock);
    run_queue_add(task);
    spinlock_release(&scheduler.lock, flags);
}

void scheduler_end(void) {
    interrupts_disable();
    spinlock_acquire_raw(&scheduler.lock);
    task_current()->run_state = RUN_ENDED;
    scheduler_switch();
    machine_panic("scheduler: an ended task runs");
}

void wait_queue_init(struct wait_queue *queue) {
    list_init(&queue->waiters);
}

bool wait_queue_block(struct wait_queue *queue, struct spinlock *lock) {
    struct task *task = task_current();
    spinlock_acquire_raw(&scheduler.lock);
    if (task->killed) {
        spinlock_release_raw(&scheduler.lock);
        return false;
    }
    task->run_state = RUN_BLOCKED;
    list_insert(&queue->waiters, &task->wait_link);
    spinlock_release_raw(lock);
    scheduler_switch();
    scheduler_leave();
    spinlock_acquire_raw(lock);
    return true;
}

void wait_queue_wake_all(struct wait_queue *queue) {
    uint64_t flags = spinlock_acquire(&scheduler.lock);
    while (!list_empty(&queue->waiters)) {
        struct task *task = container_of(queue->waiters.next, struct task, wait_link);
        list_remove(&task->wait_link);
        run_queue_add(task);
    }
    spinlock_release(&scheduler.lock, flags);
}

void scheduler_kill(struct task *task) {
    uint64_t flags = spinlock_acquire(&scheduler.lock);
    task->killed = true;
    if (task->run_state == RUN_BLOCKED) {
        list_remove(&task->wait_link); /* it is in one of the two, and alone in the other */
        list_remove(&task->run_link);
        run_queue_add(task);
    }
    spinlock_release(&scheduler.lock, flags);
}

void scheduler_tick(uint64_t now) {
    struct task *current = task_current();
    spinlock_acquire_raw(&scheduler.lock);
    while (!list_empty(&scheduler.sleepers)) {
        struct task *sleeper = container_of(scheduler.sleepers.next, struct task, run_link);
        if (sleeper->wake_time > now) {
            break;
        }
        list_remove(&sleeper->run_link);
        run_queue_add(sleeper);
    }
    bool idle = current == cpu_this()->idle;
    current->ticks++;
    if (!idle && current->slice > 0) {
        current->slice--;
    }
    uint32_t best = run_queue_best();
    if (best < PRIORITY_COUNT && (idle || best < current->priority || (best == current->priority && current->slice == 0))) {
        if (!idle) {
            run_queue_add(current);
        }
        scheduler_switch();
    }
    scheduler_leave();
}

int64_t sys_scheduler_yield(const struct request *request) {
    (void)request;
    uint64_t flags = spinlock_acquire(&scheduler.lock);
    run_queue_add(task_current());
    scheduler_switch();
    scheduler_leave();
    interrupts_restore(flags);
    return STATUS_OK;
}

int64_t sys_scheduler_sleep(const struct request *request) {
    struct task *task = task_current();
    uint64_t duration = request->arguments[0];
    if (duration > CLOCK_DELAY_MAX) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&scheduler.lock);
    if (!task->killed) {
        task->wake_time = clock_now() + duration;
        task->run_state = RUN_BLOCKED;
        struct list *place = scheduler.sleepers.next;
        while (place != &scheduler.sleepers && container_of(place, struct task, run_link)->wake_time <= task->wake_time) {
            place = place->next;
        }
        list_insert(place, &task->run_link);
        scheduler_switch();
    }
    scheduler_leave();
    interrupts_restore(flags);
    return STATUS_OK;
}

int64_t sys_scheduler_set_priority(const struct request *request) {
    uint64_t priority = request->arguments[0];
    if (priority >= PRIORITY_COUNT) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&scheduler.lock);
    task_current()->priority = (uint32_t)priority;
    spinlock_release(&scheduler.lock, flags);
    return STATUS_OK;
}

int64_t sys_scheduler_get_priority(const struct request *request) {
    uint32_t priority = task_current()->priority;
    return copy_to_user(request_pointer(request, 0), &priority, sizeof priority);
}
