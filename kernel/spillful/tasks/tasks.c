#include <base/boot/design.h>
#include <base/console/console.h>
#include <base/heap/heap.h>
#include <base/lib/string.h>
#include <base/machine/machine.h>
#include <base/trial/trial.h>
#include <channels/channels.h>
#include <events/events.h>
#include <files/files.h>
#include <queues/queues.h>
#include <semaphores/semaphores.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

/* Owner: tasks. Lock: tasks.lock, which also guards the first group of fields of every task. */
static struct {
    struct spinlock lock;
    struct list all; /* all tasks but idle ones, by their link */
    uint32_t count;  /* tasks in the list */
    uint32_t next_id;
    uint64_t spawned;   /* tasks made so far */
    struct task *first; /* the first process; its end is the end of the machine */
} tasks;

/* In the clients' code: runs `main(start)` and exits with its result. */
extern void user_start(client_main *main, struct client_start *start);

static void child_close(void *object);

const struct handle_operations child_operations = {.name = "child", .close = child_close};

void tasks_init(void) {
    list_init(&tasks.all);
    tasks.next_id = 1;
}

static struct launch *task_launch(struct task *task) {
    return (struct launch *)(void *)(task->kstack + STACK_SIZE - sizeof(struct launch));
}

/* A task that is in no list yet, with one reference, or NULL. */
static struct task *task_create(const char *name) {
    struct task *task = kmalloc(sizeof *task);
    if (task == NULL) {
        return NULL;
    }
    *task = (struct task){.references = 1, .priority = PRIORITY_NORMAL};
    (void)string_copy(task->name, name, sizeof task->name);
    list_init(&task->link);
    list_init(&task->children);
    list_init(&task->sibling);
    list_init(&task->run_link);
    list_init(&task->wait_link);
    wait_queue_init(&task->joiners);
    wait_queue_init(&task->family);
    return task;
}

void task_destroy(struct task *task) {
    if (task->space != NULL) {
        address_space_destroy(task->space);
    }
    if (task->kstack != NULL) {
        stack_destroy(task->kstack);
    }
    kfree(task);
}

struct task *process_create(const char *name, const struct launch *launch, struct address_space *space) {
    struct task *task = space == NULL ? NULL : task_create(name);
    if (task == NULL) {
        if (space != NULL) {
            address_space_destroy(space);
        }
        return NULL;
    }
    task->space = space;
    task->kstack = stack_create();
    if (task->kstack == NULL) {
        task_destroy(task);
        return NULL;
    }
    *task_launch(task) = *launch;
    task->context = context_prepare(task_launch(task));
    return task;
}

status_t task_register(struct task *task, struct task *parent) {
    status_t status = STATUS_LIMIT;
    uint64_t flags = spinlock_acquire(&tasks.lock);
    if (tasks.count < TASKS_MAX) {
        task->id = tasks.next_id++;
        tasks.count++;
        tasks.spawned++;
        list_insert(&tasks.all, &task->link);
        task->parent = parent;
        if (parent != NULL) {
            task->priority = parent->priority;
            list_insert(&parent->children, &task->sibling);
        }
        status = STATUS_OK;
    }
    spinlock_release(&tasks.lock, flags);
    return status;
}

void task_adopt_idle(uint8_t *stack) {
    struct task *task = task_create("idle");
    if (task == NULL) {
        machine_panic("tasks: no memory for the idle task");
    }
    task->kstack = stack;
    task->run_state = RUN_RUNNING;
    task->priority = PRIORITY_LOWEST;
    struct cpu *cpu = cpu_this();
    cpu->idle = task;
    cpu->current = task;
}

uint64_t tasks_lock(void) {
    return spinlock_acquire(&tasks.lock);
}

void tasks_unlock(uint64_t flags) {
    spinlock_release(&tasks.lock, flags);
}

bool tasks_block(struct wait_queue *queue) {
    return wait_queue_block(queue, &tasks.lock);
}

void task_start(struct task *task) {
    task->references = 2;
    scheduler_add(task);
}

struct task *task_create_first(client_main *main, const struct client_start *start) {
    const struct launch launch = {.main = main, .start = *start};
    struct task *task = process_create("first", &launch, address_space_create());
    if (task == NULL || task_register(task, NULL) != STATUS_OK) {
        machine_panic("tasks: no memory for the first process");
    }
    tasks.first = task;
    scheduler_add(task);
    return task;
}

void task_enter(client_main *main, const struct client_start *start) {
    void user_address *stack = (void user_address *)(USER_STACK_TOP - USER_STACK_PAGES * PAGE_SIZE);
    uint64_t begin = (USER_STACK_TOP - sizeof *start) & ~15ul;
    if (clear_user(stack, USER_STACK_PAGES * PAGE_SIZE) != STATUS_OK || copy_to_user((void user_address *)begin, start, sizeof *start) != STATUS_OK) {
        task_end(STATUS_FAULT);
    }
    user_enter((uint64_t)user_start, begin - 8, (uint64_t)main, begin);
}

void task_begin(struct task *left) {
    (void)left; /* scheduler.departed says it */
    scheduler_begin();
    const struct launch *launch = task_launch(task_current());
    if (launch->resume != 0) {
        user_enter(launch->resume, launch->resume_stack, 0, 0);
    }
    task_enter(launch->main, &launch->start);
}

void task_release(struct task *task) {
    uint64_t flags = spinlock_acquire(&tasks.lock);
    bool last = --task->references == 0;
    if (last) {
        list_remove(&task->link);
        list_remove(&task->sibling);
        tasks.count--;
    }
    spinlock_release(&tasks.lock, flags);
    if (last) {
        task_destroy(task);
    }
}

void design_explain_fault(uint64_t address) {
    list_for_each(link, &tasks.all) {
        const struct task *task = container_of(link, struct task, link);
        uint64_t stack = (uint64_t)task->kstack;
        if (address < stack && address >= stack - PAGE_SIZE) {
            console_print("the kernel stack of process %s overflowed\n", task->name);
        }
    }
}

void task_end(int32_t result) {
    struct task *task = task_current();
    struct address_space *space = task->space;
    if (task == tasks.first) {
        machine_exit((uint32_t)result & 0x7f);
    }
    handle_close_all();
    task->space = NULL;
    address_space_activate(NULL);
    address_space_destroy(space);

    uint64_t flags = spinlock_acquire(&tasks.lock);
    list_for_each_safe(link, &task->children) {
        struct task *child = container_of(link, struct task, sibling);
        list_remove(&child->sibling);
        child->parent = NULL;
    }
    task->result = result;
    task->ended = true;
    wait_queue_wake_all(&task->joiners);
    if (task->parent != NULL) {
        wait_queue_wake_all(&task->parent->family);
    }
    spinlock_release(&tasks.lock, flags);
    scheduler_end();
}

/* Gives the child what `start` holds, by handles of its own; `start` gets their numbers. */
static status_t start_share(struct task *child, struct client_start *start) {
    uint32_t end = 0;
    status_t status = handle_share(start->volume.handle, &volume_operations, child, &start->volume.handle);
    if (status == STATUS_OK) {
        status = handle_share(start->semaphore.handle, &semaphore_operations, child, &start->semaphore.handle);
    }
    if (status == STATUS_OK) {
        status = handle_share(start->queue.handle, &queue_operations, child, &start->queue.handle);
    }
    if (status == STATUS_OK) {
        status = handle_share(start->topic.handle, &topic_operations, child, &start->topic.handle);
    }
    if (status == STATUS_OK && start->end.handle != 0) {
        void *object = handle_object(start->end.handle, &channel_operations);
        status = object == NULL ? STATUS_BAD_OBJECT : handle_install(child, &channel_operations, object, &end);
        if (status == STATUS_OK) {
            handle_remove(start->end.handle);
            start->end.handle = end;
        }
    }
    return status;
}

/* Closes what a child that never ran was given; nothing was moved to it yet. */
static void start_unshare(struct task *child) {
    for (uint32_t i = 1; i < TASK_HANDLES; i++) {
        if (child->handles[i].operations != NULL) {
            child->handles[i].operations->close(child->handles[i].object);
        }
    }
}

int64_t sys_task_spawn(const struct request *request) {
    struct task *parent = task_current();
    char name[TASK_NAME_MAX];
    struct client_start start;
    uint32_t handle;
    uint64_t main = request->arguments[2];
    status_t status = copy_string_from_user(name, request_pointer(request, 1), sizeof name);
    if (status == STATUS_OK) {
        status = copy_from_user(&start, request_pointer(request, 3), sizeof start);
    }
    if (status != STATUS_OK) {
        return status;
    }
    if (main == 0 || main >= USER_END) {
        return STATUS_INVALID;
    }
    const struct launch launch = {.main = (client_main *)main};
    struct task *child = process_create(name, &launch, address_space_create());
    if (child == NULL) {
        return STATUS_NO_MEMORY;
    }
    status = handle_install(parent, &child_operations, child, &handle);
    if (status != STATUS_OK) {
        task_destroy(child);
        return status;
    }
    status = task_register(child, parent);
    if (status != STATUS_OK) {
        handle_remove(handle);
        task_destroy(child);
        return status;
    }
    status = start_share(child, &start);
    if (status != STATUS_OK) {
        start_unshare(child);
        handle_remove(handle);
        task_release(child);
        return status;
    }
    task_launch(child)->start = start;
    task_start(child);
    return copy_to_user(request_pointer(request, 0), &handle, sizeof handle);
}

int64_t sys_task_exit(const struct request *request) {
    task_end((int32_t)request->arguments[0]);
}

int64_t sys_task_join(const struct request *request) {
    uint32_t handle = (uint32_t)request->arguments[0];
    struct task *child = handle_object(handle, &child_operations);
    if (child == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&tasks.lock);
    bool waits = true;
    while (!child->ended && waits) {
        waits = wait_queue_block(&child->joiners, &tasks.lock);
    }
    int32_t result = child->result;
    spinlock_release(&tasks.lock, flags);
    handle_remove(handle);
    task_release(child);
    return copy_to_user(request_pointer(request, 1), &result, sizeof result);
}

static void child_close(void *object) {
    task_release(object);
}

int64_t sys_task_detach(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &child_operations);
}

int64_t sys_task_query(const struct request *request) {
    const struct task *child = handle_object((uint32_t)request->arguments[0], &child_operations);
    struct task_status status;
    if (child == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&tasks.lock);
    status.condition = child->ended ? TASK_ENDED : TASK_ALIVE;
    status.cancelled = child->cancelled;
    memcpy(status.name, child->name, sizeof status.name);
    spinlock_release(&tasks.lock, flags);
    return copy_to_user(request_pointer(request, 1), &status, sizeof status);
}

int64_t sys_task_cancel(const struct request *request) {
    struct task *child = handle_object((uint32_t)request->arguments[0], &child_operations);
    if (child == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&tasks.lock);
    bool ended = child->ended;
    if (!ended) {
        child->cancelled = true;
    }
    spinlock_release(&tasks.lock, flags);
    return ended ? STATUS_CLOSED : STATUS_OK;
}

int64_t sys_trial_kill(const struct request *request) {
    struct task *child = handle_object((uint32_t)request->arguments[0], &child_operations);
    if (!trial_allowed()) {
        return STATUS_DENIED;
    }
    if (child == NULL) {
        return STATUS_BAD_OBJECT;
    }
    scheduler_kill(child);
    return STATUS_OK;
}

int64_t sys_task_cancelled(const struct request *request) {
    uint32_t cancelled = task_current()->cancelled;
    return copy_to_user(request_pointer(request, 0), &cancelled, sizeof cancelled);
}

int64_t sys_task_identify(const struct request *request) {
    uint32_t id = task_current()->id;
    return copy_to_user(request_pointer(request, 0), &id, sizeof id);
}

int64_t sys_task_rename(const struct request *request) {
    struct task *task = task_current();
    char name[TASK_NAME_MAX];
    status_t status = copy_string_from_user(name, request_pointer(request, 0), sizeof name);
    if (status != STATUS_OK) {
        return status;
    }
    uint64_t flags = spinlock_acquire(&tasks.lock);
    memcpy(task->name, name, sizeof task->name);
    spinlock_release(&tasks.lock, flags);
    return STATUS_OK;
}
