/* Interrupt lines. A client claims a line and waits until it is raised, as a driver does. */
#ifndef API_INTERRUPT_H
#define API_INTERRUPT_H

#include <api/status.h>
#include <objects/interrupt.h>
#include <spillscope_contracts.h>

enum { INTERRUPT_LINES = 8 };

/* STATUS_INVALID if there is no such line, STATUS_BUSY if it is claimed. The object stays where it is until it is released. */
status_t interrupt_claim(struct interrupt_line *line SPILLSCOPE_ACQUIRES, uint32_t number);
status_t interrupt_release(struct interrupt_line *line SPILLSCOPE_RELEASES);
/* Raises a line, as a device would; if nobody claims it, nobody notices. */
status_t interrupt_raise(uint32_t number);
/* Blocks until the line has been raised since the last wait, and gives how often. */
status_t interrupt_wait(struct interrupt_line *line, uint32_t *count);
/* How often that was, without waiting. */
status_t interrupt_pending(struct interrupt_line *line, uint32_t *count);

static indivisible void interrupt_line_drop(struct interrupt_line *line SPILLSCOPE_RELEASES) {
    (void)interrupt_release(line);
}

#endif
