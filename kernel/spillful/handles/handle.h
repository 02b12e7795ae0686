/* Handle tables: small numbers by which a process names the objects that servers keep for it. 0 names none. */
#ifndef SPILLFUL_HANDLE_H
#define SPILLFUL_HANDLE_H

#include <api/status.h>
#include <stddef.h>

enum { TASK_HANDLES = 48 };

struct task;

/* What a server does with its objects when handles come and go. */
struct handle_operations {
    const char *name;
    void (*share)(void *object); /* one more handle refers to it; NULL: there is only ever one */
    void (*close)(void *object); /* one handle less refers to it */
};

struct handle {
    const struct handle_operations *operations; /* NULL: free */
    void *object;
};

/* Gives `task` a handle to an object. STATUS_LIMIT if its table is full. */
status_t handle_install(struct task *task, const struct handle_operations *operations, void *object, uint32_t *handle);
/* The object of a handle of the calling task, or NULL if it is not one of these operations. */
void *handle_object(uint32_t handle, const struct handle_operations *operations);
/* Takes a handle out of the calling task's table without closing the object. */
void handle_remove(uint32_t handle);
/* Takes it out and closes the object. STATUS_BAD_OBJECT. */
status_t handle_close(uint32_t handle, const struct handle_operations *operations);
/* Closes all handles of the calling task. */
void handle_close_all(void);
/* Gives `child` the calling task's object: a further handle to it. 0 stays 0. */
status_t handle_share(uint32_t handle, const struct handle_operations *operations, struct task *child, uint32_t *result);

#endif
