#include <api/clock.h>
#include <api/scheduler.h>
#include <base/machine/machine.h>
#include <base/memory/paging.h>
#include <clock/clock.h>
#include <scheduler/run_queue.h>
#include <scheduler/scheduler.h>
#include <state_db/state_db.h>
#include <tasks/task.h>

enum { SLICE_TICKS = 2 };

/* A task that waits for time to pass, on its own stack. */
struct sleeper {
    struct sleeper *next; /* with the next later deadline */
    uint64_t deadline;    /* nanoseconds since boot */
    struct run_entry entry;
};

/* How a CPU runs its current task. */
struct running {
    uint32_t priority;
    uint32_t slice; /* ticks left until others of the same priority get their turn */
};

/* The clock's interrupt has no client to ask who shall run: all of this is unavoidable.
 * Owner: the scheduler. Lock: run_queues.lock, which also guards wait lists, sleepers, and the contexts of tasks. */
static struct {
    struct spinlock lock;
    struct run_queue queues[PRIORITY_COUNT];
    struct running running[CPU_MAX];
    struct task *departed[CPU_MAX]; /* the ended task that this CPU has just left, until it is released */
} run_queues;

static void run_queue_add(struct run_entry entry) {
    run_queue_put(&run_queues.queues[entry.priority], entry.task);
}

/* The highest priority with a runnable task, PRIORITY_COUNT if there is none. */
static uint32_t run_queue_best(void) {
    uint32_t priority = 0;
    while (priority < PRIORITY_COUNT && run_queues.queues[priority].count == 0) {
        priority++;
    }
    return priority;
}

/* Goes on with the next task. The lock is held before and after; the running entry has been put where it belongs.
 * `ended`: the task that runs now will never run again. */
static void scheduler_switch(bool ended) {
    struct cpu *cpu = cpu_this();
    struct task *previous = cpu->current;
    uint32_t priority = run_queue_best();
    struct task *next = cpu->idle;
    if (priority < PRIORITY_COUNT) {
        next = run_queue_take(&run_queues.queues[priority]);
    } else {
        priority = PRIORITY_LOWEST;
    }
    run_queues.running[cpu->index] = (struct running){priority, SLICE_TICKS};
    if (next == previous) {
        return;
    }
    if (ended) {
        run_queues.departed[cpu->index] = previous;
    }
    cpu->current = next;
    paging_catch_up();
    context_switch(&previous->context, next->context);
}

/* Ends a critical section in which the CPU may have left an ended task. */
static void scheduler_leave(void) {
    struct task **departed = &run_queues.departed[cpu_index()];
    struct task *ended = *departed;
    if (ended != NULL) {
        *departed = NULL;
    }
    spinlock_release_raw(&run_queues.lock);
    if (ended != NULL) {
        task_release(ended);
    }
}

static struct running *running_here(void) {
    return &run_queues.running[cpu_index()];
}

/* What the calling task needs to run again. */
static struct run_entry current_entry(void) {
    return (struct run_entry){cpu_this()->current, running_here()->priority};
}

void scheduler_adopt_idle(void) {
    *running_here() = (struct running){PRIORITY_NORMAL, 0};
}

void scheduler_begin(void) {
    scheduler_leave();
    interrupts_enable();
}

void scheduler_add(struct task *task) {
    uint64_t flags = spinlock_acquire(&run_queues.lock);
    run_queue_add((struct run_entry){task, running_here()->priority});
    spinlock_release(&run_queues.lock, flags);
}

void scheduler_end(void) {
    interrupts_disable();
    spinlock_acquire_raw(&run_queues.lock);
    scheduler_switch(true);
    machine_panic("scheduler: an ended task runs");
}

void wait_list_block(struct wait_list *list, struct spinlock *lock) {
    spinlock_acquire_raw(&run_queues.lock);
    struct waiter waiter = {NULL, current_entry()};
    struct waiter **end = &list->first;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = &waiter;
    spinlock_release_raw(lock);
    scheduler_switch(false);
    scheduler_leave();
    spinlock_acquire_raw(lock);
}

void wait_list_wake_all(struct wait_list *list) {
    uint64_t flags = spinlock_acquire(&run_queues.lock);
    while (list->first != NULL) {
        struct waiter *waiter = list->first;
        list->first = waiter->next;
        run_queue_add(waiter->entry);
    }
    spinlock_release(&run_queues.lock, flags);
}

void scheduler_wait_until(uint64_t deadline) {
    uint64_t flags = spinlock_acquire(&run_queues.lock);
    struct sleeper sleeper = {NULL, deadline, current_entry()};
    struct sleeper **place = &state_db.sleepers;
    while (*place != NULL && (*place)->deadline <= deadline) {
        place = &(*place)->next;
    }
    sleeper.next = *place;
    *place = &sleeper;
    scheduler_switch(false);
    scheduler_leave();
    interrupts_restore(flags);
}

void scheduler_tick(uint64_t now) {
    spinlock_acquire_raw(&run_queues.lock);
    while (state_db.sleepers != NULL && state_db.sleepers->deadline <= now) {
        struct sleeper *sleeper = state_db.sleepers;
        state_db.sleepers = sleeper->next;
        run_queue_add(sleeper->entry);
    }
    struct running *running = running_here();
    bool idle = cpu_this()->current == cpu_this()->idle;
    if (!idle && running->slice > 0) {
        running->slice--;
    }
    uint32_t best = run_queue_best();
    if (best < PRIORITY_COUNT && (idle || best < running->priority || (best == running->priority && running->slice == 0))) {
        if (!idle) {
            run_queue_add(current_entry());
        }
        scheduler_switch(false);
    }
    scheduler_leave();
}

status_t scheduler_yield(void) {
    uint64_t flags = spinlock_acquire(&run_queues.lock);
    run_queue_add(current_entry());
    scheduler_switch(false);
    scheduler_leave();
    interrupts_restore(flags);
    return STATUS_OK;
}

status_t scheduler_sleep(uint64_t nanoseconds) {
    if (nanoseconds > CLOCK_DELAY_MAX) {
        return STATUS_INVALID;
    }
    scheduler_wait_until(clock_now() + nanoseconds);
    return STATUS_OK;
}

status_t scheduler_set_priority(uint32_t priority) {
    if (priority >= PRIORITY_COUNT) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&run_queues.lock);
    running_here()->priority = priority;
    spinlock_release(&run_queues.lock, flags);
    return STATUS_OK;
}

status_t scheduler_get_priority(uint32_t *priority) {
    uint64_t flags = spinlock_acquire(&run_queues.lock);
    *priority = running_here()->priority;
    spinlock_release(&run_queues.lock, flags);
    return STATUS_OK;
}
