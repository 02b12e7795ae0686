#include <api/clock.h>
#include <api/scheduler.h>
#include <base/lib/list.h>
#include <base/machine/machine.h>
#include <base/memory/paging.h>
#include <clock/clock.h>
#include <scheduler/scheduler.h>
#include <state_db/state_db.h>
#include <tasks/ending.h>
#include <tasks/task.h>

/* A task that waits for time to pass, on its own stack. */
struct sleeper {
    struct waiter waiter;
    uint64_t deadline; /* nanoseconds since boot */
};

static uint64_t sleeper_deadline(const struct waiter *waiter) {
    return container_of(waiter, struct sleeper, waiter)->deadline;
}

static struct run_queues *const run_queues = &state_db.run_queues;

static void run_queue_add(struct run_entry entry) {
    run_queue_put(&run_queues->queues[entry.priority], entry.task);
}

/* The highest priority with a runnable task, PRIORITY_COUNT if there is none. */
static uint32_t run_queue_best(void) {
    uint32_t priority = 0;
    while (priority < PRIORITY_COUNT && run_queue_empty(&run_queues->queues[priority])) {
        priority++;
    }
    return priority;
}

/* Goes on with the next task. The lock is held before and after; the running entry has been put where it belongs.
 * `waiter`: what it waits with, NULL if it can run. `ended`: it will never run again. Back again, gives the ended task that this CPU came
 * from, which nobody but the caller knows of, or NULL. */
static struct task *scheduler_switch(struct waiter *waiter, bool ended) {
    struct cpu *cpu = cpu_this();
    struct task *previous = cpu->current;
    uint32_t priority = run_queue_best();
    struct task *next = cpu->idle;
    if (priority < PRIORITY_COUNT) {
        next = run_queue_take(&run_queues->queues[priority]);
    } else {
        priority = PRIORITY_LOWEST;
    }
    run_queues->running[cpu->index] = priority;
    if (next == previous) {
        return NULL;
    }
    cpu->current = next;
    paging_catch_up();
    return context_switch(&previous->context, next->context, waiter, ended ? previous : NULL);
}

/* Ends a critical section in which the CPU may have come from an ended task, whose stack is in use no more. */
static void scheduler_leave(struct task *ended) {
    spinlock_release_raw(&run_queues->lock);
    if (ended != NULL) {
        task_leave(ended);
    }
}

/* The priority of the calling task. */
static uint32_t *running_here(void) {
    return &run_queues->running[cpu_index()];
}

/* What the calling task needs to run again. */
static struct run_entry current_entry(void) {
    return (struct run_entry){cpu_this()->current, *running_here()};
}

void scheduler_adopt_idle(void) {
    *running_here() = PRIORITY_NORMAL;
}

void scheduler_begin(struct task *ended) {
    scheduler_leave(ended);
    task_heed();
    interrupts_enable();
}

void scheduler_add(struct task *task) {
    uint64_t flags = spinlock_acquire(&run_queues->lock);
    run_queue_add((struct run_entry){task, *running_here()});
    spinlock_release(&run_queues->lock, flags);
}

void scheduler_end(void) {
    interrupts_disable();
    spinlock_acquire_raw(&run_queues->lock);
    (void)scheduler_switch(NULL, true);
    machine_panic("scheduler: an ended task runs");
}

/* After a switch back to the calling task, or instead of one. */
static void scheduler_return(struct task *ended) {
    scheduler_leave(ended);
    task_heed();
}

bool wait_list_block(struct wait_list *list, struct spinlock *lock) {
    spinlock_acquire_raw(&run_queues->lock);
    bool blocks = !task_is_doomed(task_current());
    if (blocks) {
        struct waiter waiter = {&list->first, NULL, current_entry()};
        struct waiter **end = &list->first;
        while (*end != NULL) {
            end = &(*end)->next;
        }
        *end = &waiter;
        spinlock_release_raw(lock);
        scheduler_return(scheduler_switch(&waiter, false));
        spinlock_acquire_raw(lock);
    } else {
        scheduler_return(NULL);
    }
    return blocks;
}

/* The first of a list can run again. */
static void waiter_wake(struct waiter **list) {
    struct waiter *waiter = *list;
    *list = waiter->next;
    waiter->list = NULL;
    run_queue_add(waiter->entry);
}

void wait_list_wake_all(struct wait_list *list) {
    uint64_t flags = spinlock_acquire(&run_queues->lock);
    while (list->first != NULL) {
        waiter_wake(&list->first);
    }
    spinlock_release(&run_queues->lock, flags);
}

bool scheduler_wait_until(uint64_t deadline) {
    uint64_t flags = spinlock_acquire(&run_queues->lock);
    struct sleeper sleeper = {{&state_db.sleepers, NULL, current_entry()}, deadline};
    struct task *ended = NULL;
    if (!task_is_doomed(task_current())) {
        struct waiter **place = &state_db.sleepers;
        while (*place != NULL && sleeper_deadline(*place) <= deadline) {
            place = &(*place)->next;
        }
        sleeper.waiter.next = *place;
        *place = &sleeper.waiter;
        ended = scheduler_switch(&sleeper.waiter, false);
    }
    scheduler_return(ended);
    interrupts_restore(flags);
    return !task_is_doomed(task_current());
}

static bool task_runs(const struct task *task) {
    for (uint32_t i = 0; i < CPU_MAX; i++) {
        if (cpus[i].current == task) {
            return true;
        }
    }
    return false;
}

/* What a task waits with is known to its own context alone, which is there while it does not run. */
void scheduler_rouse(struct task *task) {
    uint64_t flags = spinlock_acquire(&run_queues->lock);
    struct waiter *waiter = task_runs(task) ? NULL : ((struct context_frame *)task->context)->note;
    if (waiter != NULL && waiter->list != NULL) {
        struct waiter **place = waiter->list;
        while (*place != waiter) {
            place = &(*place)->next;
        }
        waiter_wake(place);
    }
    spinlock_release(&run_queues->lock, flags);
}

void scheduler_tick(uint64_t now) {
    spinlock_acquire_raw(&run_queues->lock);
    while (state_db.sleepers != NULL && sleeper_deadline(state_db.sleepers) <= now) {
        waiter_wake(&state_db.sleepers);
    }
    bool idle = cpu_this()->current == cpu_this()->idle;
    uint32_t best = run_queue_best();
    struct task *ended = NULL;
    if (best < PRIORITY_COUNT && (idle || best <= *running_here())) {
        if (!idle) {
            run_queue_add(current_entry());
        }
        ended = scheduler_switch(NULL, false);
    }
    scheduler_leave(ended);
}

status_t scheduler_yield(void) {
    uint64_t flags = spinlock_acquire(&run_queues->lock);
    run_queue_add(current_entry());
    scheduler_return(scheduler_switch(NULL, false));
    interrupts_restore(flags);
    return STATUS_OK;
}

status_t scheduler_sleep(uint64_t nanoseconds) {
    if (nanoseconds > CLOCK_DELAY_MAX) {
        return STATUS_INVALID;
    }
    (void)scheduler_wait_until(clock_now() + nanoseconds);
    return STATUS_OK;
}

status_t scheduler_set_priority(uint32_t priority) {
    if (priority >= PRIORITY_COUNT) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&run_queues->lock);
    *running_here() = priority;
    spinlock_release(&run_queues->lock, flags);
    return STATUS_OK;
}

status_t scheduler_get_priority(uint32_t *priority) {
    uint64_t flags = spinlock_acquire(&run_queues->lock);
    *priority = *running_here();
    spinlock_release(&run_queues->lock, flags);
    return STATUS_OK;
}
