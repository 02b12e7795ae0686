#include <handles/handle.h>
#include <tasks/task.h>

status_t handle_install(struct task *task, const struct handle_operations *operations, void *object, uint32_t *handle) {
    for (uint32_t i = 1; i < TASK_HANDLES; i++) {
        if (task->handles[i].operations == NULL) {
            task->handles[i] = (struct handle){operations, object};
            task->handles_used++;
            *handle = i;
            return STATUS_OK;
        }
    }
    return STATUS_LIMIT;
}

void *handle_object(uint32_t handle, const struct handle_operations *operations) {
    struct task *task = task_current();
    if (handle == 0 || handle >= TASK_HANDLES || task->handles[handle].operations != operations) {
        return NULL;
    }
    return task->handles[handle].object;
}

void handle_remove(uint32_t handle) {
    struct task *task = task_current();
    task->handles[handle] = (struct handle){NULL, NULL};
    task->handles_used--;
}

status_t handle_close(uint32_t handle, const struct handle_operations *operations) {
    void *object = handle_object(handle, operations);
    if (object == NULL) {
        return STATUS_BAD_OBJECT;
    }
    handle_remove(handle);
    operations->close(object);
    return STATUS_OK;
}

void handle_close_all(void) {
    struct task *task = task_current();
    /* From the end: what was made later may depend on what was made before. */
    for (uint32_t i = TASK_HANDLES - 1; i > 0; i--) {
        struct handle handle = task->handles[i];
        if (handle.operations != NULL) {
            handle_remove(i);
            handle.operations->close(handle.object);
        }
    }
}

status_t handle_share(uint32_t handle, const struct handle_operations *operations, struct task *child, uint32_t *result) {
    if (handle == 0) {
        *result = 0;
        return STATUS_OK;
    }
    void *object = handle_object(handle, operations);
    if (object == NULL) {
        return STATUS_BAD_OBJECT;
    }
    status_t status = handle_install(child, operations, object, result);
    if (status == STATUS_OK) {
        operations->share(object);
    }
    return status;
}
