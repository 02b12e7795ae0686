#include <base/console/console.h>
#include <base/cpu/instructions.h>
#include <base/interrupts/interrupts.h>
#include <base/trial/trial.h>
#include <tasks/ending.h>

enum { UNWIND_STACK = 4096 }; /* what unwinding needs at most before it gives stack back */
enum { INSTRUCTION_RETURN = 0xc3 };

extern const char client_text_begin[], client_text_end[], client_indivisible_begin[], client_indivisible_end[];

bool task_is_doomed(const struct task *task) {
    return task_lives(task, LIFE_KILLED);
}

void task_heed(void) {
    if (task_is_doomed(task_current())) {
        steps_trap();
    }
}

void task_kill(struct task *task) {
    uint64_t flags = spinlock_acquire(&task->lock);
    if (!task_is_doomed(task)) {
        task->returning = false;
        (void)__atomic_fetch_or(&task->life, LIFE_ASKED | LIFE_KILLED, __ATOMIC_RELEASE);
    }
    spinlock_release(&task->lock, flags);
    scheduler_rouse(task);
}

status_t trial_kill(struct child *child) {
    if (!trial_allowed()) {
        return STATUS_DENIED;
    }
    if (child->task == NULL) {
        return STATUS_BAD_OBJECT;
    }
    task_kill(child->task);
    return STATUS_OK;
}

/* A client's last frame has been left: what remains is what its parent gave it. */
static void launch_abandon(void *argument) {
    client_start_drop(&task_launch(argument)->start);
    task_exit(STATUS_FAULT);
}

/* With interrupts on no lock is held, and between its requests a client holds only what its own scopes release. */
static bool client_interrupted(struct task *task, const struct interrupt_frame *frame) {
    bool of_client = frame->rip >= (uint64_t)client_text_begin && frame->rip < (uint64_t)client_text_end;
    bool on_own_stack = frame->rsp >= (uint64_t)task->kstack + UNWIND_STACK && frame->rsp < (uint64_t)task_launch(task);
    return of_client && on_own_stack && (frame->flags & FLAGS_INTERRUPTS) != 0;
}

/* What dooms a task is over: its end has begun. */
static void task_begin_end(struct task *task) {
    (void)__atomic_fetch_or(&task->life, LIFE_ASKED, __ATOMIC_RELAXED);
    (void)__atomic_fetch_and(&task->life, ~(uint32_t)LIFE_KILLED, __ATOMIC_RELAXED);
}

/* A doomed task has been interrupted: ends it, or lets it take one more instruction. `step` is what it took before, which tells whether it
 * has just got back from a call: then that call is what its stack is left from. */
static void task_approach_end(struct task *task, struct interrupt_frame *frame) {
    const struct unwind_region whole = {(uint64_t)client_indivisible_begin, (uint64_t)client_indivisible_end};
    bool returned = task->returning;
    if (client_interrupted(task, frame) && unwind_possible(frame->rip, returned, &whole)) {
        task_begin_end(task);
        frame->rip -= returned ? 1 : 0;
        unwind_stack(&task->unwinding, launch_abandon, task);
    }
    task->returning = *(const uint8_t *)frame->rip == INSTRUCTION_RETURN;
    frame->flags |= FLAGS_TRAP;
}

static void interrupt_end(struct interrupt_frame *frame) {
    struct task *task = task_current();
    if (task_is_doomed(task)) {
        task->returning = false; /* whatever it did last: it may have been interrupted in between */
        task_approach_end(task, frame);
    }
}

/* A single step. Only tasks that are watched take any; flags that one of them saved may be those of a scope's end. */
static bool step_taken(struct interrupt_frame *frame) {
    struct task *task = task_current();
    if (trial_marked(task) && !trial_step()) {
        (void)__atomic_fetch_or(&task->life, LIFE_ASKED | LIFE_KILLED, __ATOMIC_RELAXED);
        task->returning = false;
    }
    if (task_is_doomed(task)) {
        task_approach_end(task, frame);
    } else if (!trial_marked(task)) {
        frame->flags &= ~(uint64_t)FLAGS_TRAP;
    }
    return true;
}

/* A fault in a server is not the client's, and is left to be the end. */
static bool exception_taken(struct interrupt_frame *frame) {
    struct task *task = task_current();
    if (frame->vector == EXCEPTION_DEBUG) {
        return step_taken(frame);
    }
    if (client_interrupted(task, frame)) {
        console_print("%s: exception %lu at %lx, address %lx\n", task_launch(task)->name, frame->vector, frame->rip, fault_address_read());
        task_begin_end(task);
        unwind_stack(&task->unwinding, launch_abandon, task);
    }
    return false;
}

void endings_init(void) {
    unwind_init();
    exception_route_client(exception_taken);
    interrupt_route_end(interrupt_end);
}
