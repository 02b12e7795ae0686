#include <api/process.h>
#include <base/lib/string.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

/* The same objects under the same numbers, as far as they can be shared. */
static void handles_copy(struct task *child, const struct task *parent) {
    for (uint32_t i = 1; i < TASK_HANDLES; i++) {
        const struct handle *handle = &parent->handles[i];
        if (handle->operations != NULL && handle->operations->share != NULL) {
            handle->operations->share(handle->object);
            child->handles[i] = *handle;
            child->handles_used++;
        }
    }
}

/* Arguments: where the child's handle goes, and where and with which stack the copy goes on. */
int64_t sys_process_fork(const struct request *request) {
    struct task *parent = task_current();
    const struct launch launch = {.resume = request->arguments[1], .resume_stack = request->arguments[2]};
    uint32_t handle;
    if (launch.resume == 0 || launch.resume >= USER_END) {
        return STATUS_INVALID;
    }
    struct task *child = process_create(parent->name, &launch, address_space_copy(parent->space));
    if (child == NULL) {
        return STATUS_NO_MEMORY;
    }
    status_t status = task_register(child, parent);
    if (status != STATUS_OK) {
        task_destroy(child);
        return status;
    }
    status = handle_install(parent, &child_operations, child, &handle);
    if (status != STATUS_OK) {
        task_release(child);
        return status;
    }
    handles_copy(child, parent);
    memcpy(child->handlers, parent->handlers, sizeof child->handlers);
    child->trampoline = parent->trampoline;
    task_start(child);
    return copy_to_user(request_pointer(request, 0), &handle, sizeof handle);
}

/* Closes all handles but those that `start` names. */
static void handles_keep(const struct client_start *start) {
    const uint32_t kept[] = {start->end.handle, start->volume.handle, start->semaphore.handle, start->queue.handle, start->topic.handle};
    struct task *task = task_current();
    for (uint32_t i = TASK_HANDLES - 1; i > 0; i--) {
        bool keep = false;
        for (size_t k = 0; k < sizeof kept / sizeof kept[0]; k++) {
            keep = keep || kept[k] == i;
        }
        if (!keep && task->handles[i].operations != NULL) {
            (void)handle_close(i, task->handles[i].operations);
        }
    }
}

/* Whatever the old program was doing in the kernel is over: the new one begins on an empty stack. */
int64_t sys_process_execute(const struct request *request) {
    struct task *task = task_current();
    struct client_start start;
    uint64_t main = request->arguments[0];
    status_t status = copy_from_user(&start, request_pointer(request, 1), sizeof start);
    if (status != STATUS_OK) {
        return status;
    }
    if (main == 0 || main >= USER_END) {
        return STATUS_INVALID;
    }
    struct address_space *before = task->space, *space = address_space_create();
    if (space == NULL) {
        return STATUS_NO_MEMORY;
    }
    handles_keep(&start);
    memset(task->handlers, 0, sizeof task->handlers);
    task->space = space;
    address_space_activate(space);
    address_space_destroy(before);
    task_enter((client_main *)main, &start);
}

/* A handle of an ended child, or 0; `any` tells whether there is any child. tasks.lock is held. */
static uint32_t child_ended(const struct task *parent, bool *any) {
    *any = false;
    for (uint32_t i = 1; i < TASK_HANDLES; i++) {
        if (parent->handles[i].operations == &child_operations) {
            const struct task *child = parent->handles[i].object;
            *any = true;
            if (child->ended) {
                return i;
            }
        }
    }
    return 0;
}

int64_t sys_process_wait(const struct request *request) {
    struct task *parent = task_current();
    bool any, waits = true;
    int32_t result = 0;
    uint64_t flags = tasks_lock();
    uint32_t handle = child_ended(parent, &any);
    while (handle == 0 && any && waits) {
        waits = tasks_block(&parent->family);
        handle = child_ended(parent, &any);
    }
    if (handle != 0) {
        result = ((const struct task *)parent->handles[handle].object)->result;
    }
    tasks_unlock(flags);
    if (handle == 0) {
        return STATUS_EMPTY;
    }
    (void)handle_close(handle, &child_operations);
    return copy_to_user(request_pointer(request, 0), &result, sizeof result);
}
