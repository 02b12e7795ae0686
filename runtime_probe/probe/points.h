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
bool points_watch(const struct points *points, uint64_t address); /* is there a watchpoint that begins there? */
/*
 * What stops the guest when a call comes back: a read of the slot that holds the return address, or where a register holds it, the instruction there.
 * Other calls stop it there too: program counter and stack pointer tell.
 */
struct error *points_add_return(struct points *points, uint64_t slot, uint64_t return_pc);
struct error *points_remove_return(struct points *points, uint64_t slot, uint64_t return_pc);

/* Clears all points in the guest. */
struct error *points_clear(struct points *points);

/* How a breakpoint was passed. */
enum points_passed {
    POINTS_STOPPED, /* something else came before the instruction ended (an interrupt's breakpoint, the guest's end): the stop is to be handled */
    POINTS_PASSED,  /* it was executed */
    POINTS_TOLD     /* it was executed and stopped the guest by itself at a watchpoint: the stop is to be handled, too */
};

/*
 * Executes the one instruction at the breakpoint where the guest stands. *out_stop is the stop after it; where it was executed, its registers are
 * then the guest's. `step`: by a single step, whatever it is.
 */
struct error *points_pass(struct points *points, int timeout_ms, struct stop_reply *out_stop, enum points_passed *out_passed);

#endif
