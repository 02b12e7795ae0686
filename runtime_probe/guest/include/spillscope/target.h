#ifndef SPILLSCOPE_TARGET_H
#define SPILLSCOPE_TARGET_H
/* A QEMU of our own, connected and standing still before its first instruction: the machine with session, memory and registers. */
#include "spillscope/arch.h"
#include "spillscope/guest.h"
#include "spillscope/guest_memory.h"
#include "spillscope/machine.h"
#include "spillscope/session.h"

struct target {
    struct machine *machine;
    struct session *session;
    struct guest_memory *memory;
    struct guest guest;
};

/*
 * Starts the machine as requested (`stopped` is implied) and attaches to its stub; guest RAM is mapped where the request wants it and the
 * machine allows it. The error tells how QEMU ended, if it did. On failure nothing is left behind.
 */
struct error *target_launch(const struct machine_request *request, const struct arch *arch, int timeout_ms, struct target *out_target);

/* Ends the machine, if it still runs. A zeroed target is fine. */
void target_deinit(struct target *target);

#endif
