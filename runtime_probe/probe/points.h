#ifndef SPILLSCOPE_POINTS_H
#define SPILLSCOPE_POINTS_H
/*
 * Breakpoints and watchpoints that are set, counted by user, and how to get past them. Setting costs a packet; being stopped by a breakpoint
 * or a step makes QEMU translate all code anew, being stopped by a watchpoint does not: so a breakpoint is passed, where the
 * instruction allows it, by clearing it for one instruction that a watchpoint ends.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/guest.h"

struct point {
    enum session_point kind;
    uint64_t address;
    uint32_t length;
    uint32_t users;
};

struct points {
    struct guest *guest; /* must outlive it */
    struct point *list;  /* unordered */
    size_t count;
    size_t capacity;
    uint64_t passes_watched; /* breakpoints passed by a watchpoint */
    uint64_t passes_stepped; /* by a single step */
};

void points_deinit(struct points *points); /* clears nothing in the guest */

struct error *points_add(struct points *points, enum session_point kind, uint64_t address, uint32_t length);
struct error *points_remove(struct points *points, enum session_point kind, uint64_t address, uint32_t length);
bool points_has(const struct points *points, enum session_point kind, uint64_t address);
/*
 * What stops the guest when a call comes back: a read of the slot that holds the return address, or where a register holds it, the instruction there.
 * Other calls stop it there too: program counter and stack pointer tell.
 */
struct error *points_add_return(struct points *points, uint64_t slot, uint64_t return_pc);
struct error *points_remove_return(struct points *points, uint64_t slot, uint64_t return_pc);

/* Clears all points in the guest. */
struct error *points_clear(struct points *points);

/*
 * Executes the one instruction at the breakpoint where the guest stands. *out_stop is the stop after it, whose registers are then the guest's.
 * *out_done is false when something else stopped the guest before the instruction ended (an interrupt's breakpoint, the guest's end): *out_stop is
 * then to be handled as any other.
 */
struct error *points_pass(struct points *points, int timeout_ms, struct stop_reply *out_stop, bool *out_done);

#endif
