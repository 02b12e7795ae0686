#include <api/interrupt.h>
#include <base/interrupts/interrupts.h>
#include <base/interrupts/trigger.h>
#include <interrupts/interrupts.h>
#include <scheduler/scheduler.h>
#include <state_db/state_db.h>

/* This entity has no state of its own: a claimed line is its client's. Only where it lies is kept, in the state store, for the interrupt. */

static void line_interrupt(struct interrupt_frame *frame) {
    spinlock_acquire_raw(&state_db.lines_lock);
    struct interrupt_line *line = state_db.lines[frame->vector - TRIGGER_FIRST];
    if (line != NULL) {
        line->pending++;
        wait_list_wake_all(&line->waiters);
    }
    spinlock_release_raw(&state_db.lines_lock);
}

void lines_init(void) {
    for (unsigned number = 0; number < INTERRUPT_LINES; number++) {
        interrupt_route(TRIGGER_FIRST + number, line_interrupt);
    }
}

status_t interrupt_claim(struct interrupt_line *line, uint32_t number) {
    if (number >= INTERRUPT_LINES) {
        return STATUS_INVALID;
    }
    uint64_t flags = spinlock_acquire(&state_db.lines_lock);
    bool free = state_db.lines[number] == NULL;
    if (free) {
        *line = (struct interrupt_line){.claimed = 1, .number = number};
        state_db.lines[number] = line;
    }
    spinlock_release(&state_db.lines_lock, flags);
    return free ? STATUS_OK : STATUS_BUSY;
}

status_t interrupt_release(struct interrupt_line *line) {
    if (!line->claimed) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&state_db.lines_lock);
    state_db.lines[line->number] = NULL;
    spinlock_release(&state_db.lines_lock, flags);
    *line = (struct interrupt_line){0};
    return STATUS_OK;
}

status_t interrupt_raise(uint32_t number) {
    if (number >= INTERRUPT_LINES) {
        return STATUS_INVALID;
    }
    interrupt_trigger(number);
    return STATUS_OK;
}

status_t interrupt_wait(struct interrupt_line *line, uint32_t *count) {
    bool waits = true;
    if (!line->claimed) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&state_db.lines_lock);
    while (line->pending == 0 && waits) {
        waits = wait_list_block(&line->waiters, &state_db.lines_lock);
    }
    *count = line->pending;
    line->pending = 0;
    spinlock_release(&state_db.lines_lock, flags);
    return STATUS_OK;
}

status_t interrupt_pending(struct interrupt_line *line, uint32_t *count) {
    if (!line->claimed) {
        return STATUS_BAD_OBJECT;
    }
    uint64_t flags = spinlock_acquire(&state_db.lines_lock);
    *count = line->pending;
    spinlock_release(&state_db.lines_lock, flags);
    return STATUS_OK;
}
