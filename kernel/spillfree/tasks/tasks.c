#include <base/boot/design.h>
#include <base/console/console.h>
#include <base/heap/heap.h>
#include <base/lib/string.h>
#include <base/machine/machine.h>
#include <base/memory/layout.h>
#include <state_db/state_db.h>
#include <tasks/share.h>
#include <tasks/task.h>

/* A task with a stack, in no list yet, or NULL. */
static struct task *task_create(uint8_t *stack) {
    struct task *task = stack == NULL ? NULL : kmalloc(sizeof *task);
    if (task != NULL) {
        /* Member by member: the records of an ending are none until there is one. */
        task->kstack = stack;
        task->next = NULL;
        task->context = 0;
        task->lock = (struct spinlock){0};
        task->life = 0;
        task->result = 0;
        task->joiners = (struct wait_list){NULL};
    }
    return task;
}

/* STATUS_LIMIT if there are too many. */
static status_t task_register(struct task *task) {
    uint32_t count = 0;
    uint64_t flags = spinlock_acquire(&state_db.tasks_lock);
    for (const struct task *other = state_db.tasks; other != NULL; other = other->next) {
        count++;
    }
    if (count < TASKS_MAX) {
        task->next = state_db.tasks;
        state_db.tasks = task;
    }
    spinlock_release(&state_db.tasks_lock, flags);
    return count < TASKS_MAX ? STATUS_OK : STATUS_LIMIT;
}

void task_adopt_idle(uint8_t *stack) {
    struct task *task = task_create(stack);
    if (task == NULL) {
        machine_panic("tasks: no memory for the idle task");
    }
    cpu_this()->idle = task;
    cpu_this()->current = task;
    scheduler_adopt_idle();
}

void task_begin(struct task *left) {
    scheduler_begin(left);
    struct launch *launch = task_launch(task_current());
    int32_t result = launch->main(&launch->start);
    client_start_drop(&launch->start);
    task_exit(result);
}

static void task_destroy(struct task *task) {
    uint64_t flags = spinlock_acquire(&state_db.tasks_lock);
    struct task **place = &state_db.tasks;
    while (*place != NULL && *place != task) {
        place = &(*place)->next;
    }
    if (*place != NULL) {
        *place = task->next;
    }
    spinlock_release(&state_db.tasks_lock, flags);
    stack_destroy(task->kstack);
    kfree(task);
}

/* Gives up the one share that `life` is the end of; the last one destroys. */
static void task_release(struct task *task, enum life life) {
    const uint32_t last = LIFE_LEFT | LIFE_DETACHED;
    if (((__atomic_fetch_or(&task->life, life, __ATOMIC_ACQ_REL) | life) & last) == last) {
        task_destroy(task);
    }
}

void task_leave(struct task *task) {
    task_release(task, LIFE_LEFT);
}

void design_explain_fault(uint64_t address) {
    for (struct task *task = state_db.tasks; task != NULL; task = task->next) {
        uint64_t stack = (uint64_t)task->kstack;
        if (address < stack && address >= stack - PAGE_SIZE) {
            console_print("the stack of task %s overflowed\n", task_launch(task)->name);
        }
    }
}

void task_exit(int32_t result) {
    struct task *task = task_current();
    uint64_t flags = spinlock_acquire(&task->lock);
    task->result = result;
    (void)__atomic_fetch_or(&task->life, LIFE_ENDED, __ATOMIC_RELEASE);
    wait_list_wake_all(&task->joiners);
    spinlock_release(&task->lock, flags);
    scheduler_end();
}

/* Moves what `start` holds to a new task: the end itself, and shares of the others. */
static void start_move(struct client_start *to, struct client_start *start) {
    for (unsigned i = 0; i < TASK_ARGUMENTS; i++) {
        to->arguments[i] = start->arguments[i];
    }
    volume_share(&to->volume, &start->volume);
    semaphore_share(&to->semaphore, &start->semaphore);
    queue_share(&to->queue, &start->queue);
    topic_share(&to->topic, &start->topic);
    channel_end_move(&to->end, &start->end);
}

status_t task_spawn(struct child *child, const char *name, client_main *main, struct client_start *start) {
    if (string_length(name) >= TASK_NAME_MAX || main == NULL) {
        return STATUS_INVALID;
    }
    uint8_t *stack = stack_create();
    struct task *task = task_create(stack);
    if (task == NULL) {
        if (stack != NULL) {
            stack_destroy(stack);
        }
        return STATUS_NO_MEMORY;
    }
    status_t status = task_register(task);
    if (status != STATUS_OK) {
        task_destroy(task);
        return status;
    }
    struct launch *launch = task_launch(task);
    *launch = (struct launch){.main = main};
    (void)string_copy(launch->name, name, sizeof launch->name);
    start_move(&launch->start, start);
    task->context = context_prepare(launch);
    child->task = task;
    scheduler_add(task);
    return STATUS_OK;
}

status_t task_join(struct child *child, int32_t *result) {
    struct task *task = child->task;
    if (task == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&task->lock);
    bool waits = true;
    while (!task_lives(task, LIFE_ENDED) && waits) {
        waits = wait_list_block(&task->joiners, &task->lock);
    }
    *result = task->result;
    spinlock_release(&task->lock, flags);
    return task_detach(child);
}

status_t task_detach(struct child *child) {
    if (child->task == NULL) {
        return STATUS_BAD_OBJECT;
    }
    task_release(child->task, LIFE_DETACHED);
    child->task = NULL;
    return STATUS_OK;
}

status_t task_query(struct child *child, struct task_status *status) {
    struct task *task = child->task;
    if (task == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&task->lock);
    status->condition = task_lives(task, LIFE_ENDED) ? TASK_ENDED : TASK_ALIVE;
    status->cancelled = task_lives(task, LIFE_ASKED);
    memcpy(status->name, task_launch(task)->name, sizeof status->name);
    spinlock_release(&task->lock, flags);
    return STATUS_OK;
}

status_t task_cancel(struct child *child) {
    struct task *task = child->task;
    if (task == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&task->lock);
    bool ended = task_lives(task, LIFE_ENDED);
    if (!ended) {
        (void)__atomic_fetch_or(&task->life, LIFE_ASKED, __ATOMIC_RELAXED);
    }
    spinlock_release(&task->lock, flags);
    return ended ? STATUS_CLOSED : STATUS_OK;
}

status_t task_cancelled(uint32_t *cancelled) {
    *cancelled = task_lives(task_current(), LIFE_ASKED);
    return STATUS_OK;
}

/* The number of the stack's address is unique while the task lives, and needs no counter. */
status_t task_identify(uint32_t *identity) {
    *identity = (uint32_t)(((uint64_t)task_current()->kstack - RANGES_BASE) / PAGE_SIZE);
    return STATUS_OK;
}

status_t task_rename(const char *name) {
    struct task *task = task_current();
    if (string_length(name) >= TASK_NAME_MAX) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&task->lock);
    (void)string_copy(task_launch(task)->name, name, TASK_NAME_MAX);
    spinlock_release(&task->lock, flags);
    return STATUS_OK;
}
