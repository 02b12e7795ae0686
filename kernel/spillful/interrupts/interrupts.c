#include <api/interrupt.h>
#include <base/heap/heap.h>
#include <base/interrupts/interrupts.h>
#include <base/interrupts/trigger.h>
#include <clock/clock.h>
#include <interrupts/interrupts.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

/* A client's claim of a line, which the kernel keeps for it. */
struct line_claim {
    struct task *owner;
    uint32_t number;
    uint32_t pending;   /* times that it was raised since the owner waited */
    uint64_t last_time; /* when that was, nanoseconds since boot */
    struct wait_queue waiters;
};

/* Owner: interrupts. Lock: lines.lock, which guards all claims, too. */
static struct {
    struct spinlock lock;
    struct line_claim *claims[INTERRUPT_LINES];
    uint64_t raised[INTERRUPT_LINES]; /* so far */
    uint32_t claimed;                 /* lines */
} lines;

static void line_interrupt(struct interrupt_frame *frame) {
    uint64_t number = frame->vector - TRIGGER_FIRST;
    spinlock_acquire_raw(&lines.lock);
    struct line_claim *claim = lines.claims[number];
    lines.raised[number]++;
    if (claim != NULL) {
        claim->pending++;
        claim->last_time = clock_now();
        wait_queue_wake_all(&claim->waiters);
    }
    spinlock_release_raw(&lines.lock);
}

void lines_init(void) {
    for (unsigned number = 0; number < INTERRUPT_LINES; number++) {
        interrupt_route(TRIGGER_FIRST + number, line_interrupt);
    }
}

static void claim_close(void *object) {
    struct line_claim *claim = object;
    uint64_t flags = spinlock_acquire(&lines.lock);
    lines.claims[claim->number] = NULL;
    lines.claimed--;
    spinlock_release(&lines.lock, flags);
    kfree(claim);
}

static const struct handle_operations claim_operations = {"interrupt line", NULL, claim_close};

int64_t sys_interrupt_claim(const struct request *request) {
    uint64_t number = request->arguments[1];
    uint32_t handle;
    if (number >= INTERRUPT_LINES) {
        return STATUS_INVALID;
    }
    struct line_claim *claim = kmalloc(sizeof *claim);
    if (claim == NULL) {
        return STATUS_NO_MEMORY;
    }
    *claim = (struct line_claim){.owner = task_current(), .number = (uint32_t)number};
    wait_queue_init(&claim->waiters);
    uint64_t flags = spinlock_acquire(&lines.lock);
    bool free = lines.claims[number] == NULL;
    if (free) {
        lines.claims[number] = claim;
        lines.claimed++;
    }
    spinlock_release(&lines.lock, flags);
    if (!free) {
        kfree(claim);
        return STATUS_BUSY;
    }
    status_t status = handle_install(task_current(), &claim_operations, claim, &handle);
    if (status != STATUS_OK) {
        claim_close(claim);
        return status;
    }
    return copy_to_user(request_pointer(request, 0), &handle, sizeof handle);
}

int64_t sys_interrupt_release(const struct request *request) {
    return handle_close((uint32_t)request->arguments[0], &claim_operations);
}

int64_t sys_interrupt_raise(const struct request *request) {
    uint64_t number = request->arguments[0];
    if (number >= INTERRUPT_LINES) {
        return STATUS_INVALID;
    }
    interrupt_trigger((unsigned)number);
    return STATUS_OK;
}

int64_t sys_interrupt_wait(const struct request *request) {
    struct line_claim *claim = handle_object((uint32_t)request->arguments[0], &claim_operations);
    bool waits = true;
    if (claim == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&lines.lock);
    while (claim->pending == 0 && waits) {
        waits = wait_queue_block(&claim->waiters, &lines.lock);
    }
    uint32_t count = claim->pending;
    claim->pending = 0;
    spinlock_release(&lines.lock, flags);
    return copy_to_user(request_pointer(request, 1), &count, sizeof count);
}

int64_t sys_interrupt_pending(const struct request *request) {
    struct line_claim *claim = handle_object((uint32_t)request->arguments[0], &claim_operations);
    if (claim == NULL) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&lines.lock);
    uint32_t count = claim->pending;
    spinlock_release(&lines.lock, flags);
    return copy_to_user(request_pointer(request, 1), &count, sizeof count);
}
