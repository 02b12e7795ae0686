#include <api/signal.h>
#include <base/lib/list.h>
#include <signals/signals.h>
#include <tasks/task.h>

enum { RED_ZONE = 128, FLAGS_CLIENT = 0xcd5 /* arithmetic, direction */ };

/* What lies on a client's stack while it handles a signal; trampoline in user/signals.c. */
struct signal_frame {
    uint64_t handler;
    uint64_t signal;
    uint64_t rip, flags, rsp; /* where it goes on */
    uint64_t result;          /* of the system call that it was about to leave */
};

int64_t sys_signal_handle(const struct request *request) {
    uint64_t signal = request->arguments[0];
    if (signal == SIGNAL_KILL || signal >= SIGNAL_COUNT || request->arguments[1] >= USER_END || request->arguments[2] >= USER_END) {
        return STATUS_INVALID;
    }
    struct task *task = task_current();
    uint64_t flags = tasks_lock();
    task->handlers[signal] = request->arguments[1];
    task->trampoline = request->arguments[2];
    tasks_unlock(flags);
    return STATUS_OK;
}

int64_t sys_signal_send(const struct request *request) {
    struct task *child = handle_object((uint32_t)request->arguments[0], &child_operations);
    uint64_t signal = request->arguments[1];
    if (child == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (signal >= SIGNAL_COUNT) {
        return STATUS_INVALID;
    }
    uint64_t flags = tasks_lock();
    bool ended = child->ended;
    bool handled = child->handlers[signal] != 0;
    if (!ended && handled) {
        child->signals |= 1u << signal;
    }
    tasks_unlock(flags);
    if (ended) {
        return STATUS_CLOSED;
    }
    if (!handled) {
        scheduler_kill(child);
    }
    return STATUS_OK;
}

/* The next pending signal and its handler; false if there is none. */
static bool signal_take(struct task *task, struct signal_frame *frame) {
    bool taken = false;
    uint64_t flags = tasks_lock();
    for (uint32_t signal = 0; signal < SIGNAL_COUNT && !taken; signal++) {
        if (task->signals & 1u << signal) {
            task->signals &= ~(1u << signal);
            frame->signal = signal;
            frame->handler = task->handlers[signal];
            taken = frame->handler != 0;
        }
    }
    tasks_unlock(flags);
    return taken;
}

static struct system_frame *request_frame(const struct request *request) {
    return container_of(request, struct system_frame, request);
}

int64_t signals_deliver(const struct request *request, int64_t result) {
    struct task *task = task_current();
    struct system_frame *system = request_frame(request);
    struct signal_frame frame = {.rip = system->rip, .flags = system->flags, .rsp = system->rsp, .result = (uint64_t)result};
    if (!signal_take(task, &frame)) {
        return result;
    }
    uint64_t stack = ((system->rsp - RED_ZONE - sizeof frame) & ~15ul);
    if (copy_to_user((void user_address *)stack, &frame, sizeof frame) != STATUS_OK) {
        task_end(STATUS_FAULT);
    }
    system->rip = task->trampoline;
    system->rsp = stack;
    return 0;
}

/* Only flags that a client may set, and only to an address that sysret takes: it would fault in the kernel. */
int64_t sys_signal_return(const struct request *request) {
    struct system_frame *system = request_frame(request);
    struct signal_frame frame;
    if (copy_from_user(&frame, request_pointer(request, 0), sizeof frame) != STATUS_OK || frame.rip >= USER_END) {
        task_end(STATUS_FAULT);
    }
    system->rip = frame.rip;
    system->flags = (frame.flags & FLAGS_CLIENT) | FLAGS_INTERRUPTS | FLAGS_FIXED;
    system->rsp = frame.rsp;
    return (int64_t)frame.result;
}
