#include "points.h"

#include <stdio.h>
#include <stdlib.h>

enum { CODE_BYTES = 8, SLOT = 8, PASS_TRIES = 64 };

void points_deinit(struct points *points) {
    free(points->list);
}

static struct point *points_find(const struct points *points, enum session_point kind, uint64_t address, uint32_t length) {
    for (size_t i = 0; i < points->count; i++) {
        if (points->list[i].kind == kind && points->list[i].address == address && points->list[i].length == length) {
            return &points->list[i];
        }
    }
    return NULL;
}

bool points_has(const struct points *points, enum session_point kind, uint64_t address) {
    bool found = false;
    for (size_t i = 0; !found && i < points->count; i++) {
        found = points->list[i].kind == kind && points->list[i].address == address;
    }
    return found;
}

bool points_watch(const struct points *points, uint64_t address) {
    return points_has(points, SESSION_WATCH_WRITE, address) || points_has(points, SESSION_WATCH_READ, address);
}

struct error *points_add(struct points *points, enum session_point kind, uint64_t address, uint32_t length) {
    struct point *point = points_find(points, kind, address, length);
    if (point) {
        point->users++;
        return NULL;
    }
    if (points->count == points->capacity) {
        size_t capacity = points->capacity ? points->capacity * 2 : 64;
        struct point *grown = realloc(points->list, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        points->list = grown;
        points->capacity = capacity;
    }
    struct error *error = session_set_point(points->guest->session, kind, address, length);
    if (!error) {
        points->list[points->count++] = (struct point){.kind = kind, .address = address, .length = length, .users = 1};
    }
    return error;
}

struct error *points_remove(struct points *points, enum session_point kind, uint64_t address, uint32_t length) {
    struct point *point = points_find(points, kind, address, length);
    if (!point || --point->users > 0) {
        return NULL;
    }
    *point = points->list[--points->count];
    return session_clear_point(points->guest->session, kind, address, length);
}

struct error *points_add_return(struct points *points, uint64_t slot, uint64_t return_pc) {
    const struct guest *guest = points->guest;
    return guest->named->link.name ? points_add(points, SESSION_BREAK_SOFTWARE, return_pc, guest->arch->break_length)
                                   : points_add(points, SESSION_WATCH_READ, slot, guest->arch->pointer_size);
}

struct error *points_remove_return(struct points *points, uint64_t slot, uint64_t return_pc) {
    const struct guest *guest = points->guest;
    return guest->named->link.name ? points_remove(points, SESSION_BREAK_SOFTWARE, return_pc, guest->arch->break_length)
                                   : points_remove(points, SESSION_WATCH_READ, slot, guest->arch->pointer_size);
}

struct error *points_clear(struct points *points) {
    struct error *error = NULL;
    while (!error && points->count > 0) {
        const struct point *point = &points->list[--points->count];
        error = session_clear_point(points->guest->session, point->kind, point->address, point->length);
    }
    return error ? error : session_flush_points(points->guest->session);
}

/* How the instruction at pc touches the stack, if that is all a watchpoint needs to know. */
enum stack_access { ACCESS_NONE, ACCESS_PUSH, ACCESS_POP };

static enum stack_access instruction_access(const struct arch *arch, const uint8_t *code, uint32_t count, uint64_t sp) {
    /* An interrupt taken first would store its frame below the stack pointer rounded down to 16 bytes: a push must end above that. */
    if (arch_entry_pushes(arch, code, count)) {
        return sp % 16 == SLOT ? ACCESS_PUSH : ACCESS_NONE;
    }
    return arch_entry_pops(arch, code, count) ? ACCESS_POP : ACCESS_NONE;
}

static struct error *pass_wait(struct points *points, int timeout_ms, struct stop_reply *out_stop) {
    enum session_wait outcome = SESSION_TIMEOUT;
    struct error *error = session_wait(points->guest->session, timeout_ms, -1, &outcome, out_stop);
    if (!error && outcome != SESSION_STOPPED) {
        error = error_create(ERROR_TARGET, "the guest did not get past the breakpoint at 0x%llx in %d ms",
                             (unsigned long long)points->guest->registers.pc, timeout_ms);
    }
    return error;
}

static struct error *pass_watched(struct points *points, enum stack_access access, int timeout_ms, struct stop_reply *out_stop, bool *out_done) {
    struct guest *guest = points->guest;
    uint64_t pc = guest->registers.pc;
    uint64_t slot = access == ACCESS_PUSH ? guest->registers.sp - SLOT : guest->registers.sp;
    enum session_point watch = access == ACCESS_PUSH ? SESSION_WATCH_WRITE : SESSION_WATCH_READ;
    struct error *error = session_clear_point(guest->session, SESSION_BREAK_SOFTWARE, pc, guest->arch->break_length);
    if (!error) {
        error = points_add(points, watch, slot, SLOT);
    }
    if (!error) {
        error = session_continue(guest->session, guest->thread);
    }
    if (!error) {
        error = pass_wait(points, timeout_ms, out_stop);
    }
    if (error || out_stop->kind != STOP_SIGNAL) {
        *out_done = false;
        return error;
    }
    *out_done = out_stop->watch != STOP_WATCH_NONE && out_stop->watch_address == slot;
    error = points_remove(points, watch, slot, SLOT);
    if (!error) {
        error = session_set_point(guest->session, SESSION_BREAK_SOFTWARE, pc, guest->arch->break_length);
    }
    points->passes_watched++;
    return error;
}

/* By a step, during which QEMU lets no interrupt come. A watchpoint that is told is the instruction's own. */
static struct error *pass_stepped(struct points *points, int timeout_ms, struct stop_reply *out_stop) {
    struct error *error = session_step(points->guest->session, points->guest->thread);
    points->passes_stepped++;
    return error ? error : pass_wait(points, timeout_ms, out_stop);
}

static struct error *pass_once(struct points *points, int timeout_ms, struct stop_reply *out_stop, enum points_passed *out_passed) {
    struct guest *guest = points->guest;
    uint8_t code[CODE_BYTES];
    bool valid = false;
    struct error *error = guest_memory_read(guest->memory, guest->registers.pc, code, sizeof code, &valid);
    enum stack_access access = !error && valid ? instruction_access(guest->arch, code, sizeof code, guest->registers.sp) : ACCESS_NONE;
    bool done = false;
    if (error) {
        return error;
    }
    if (access != ACCESS_NONE) {
        error = pass_watched(points, access, timeout_ms, out_stop, &done);
        *out_passed = done ? POINTS_PASSED : POINTS_STOPPED;
        return error;
    }
    error = pass_stepped(points, timeout_ms, out_stop);
    if (!error) {
        *out_passed = out_stop->kind != STOP_SIGNAL ? POINTS_STOPPED : out_stop->watch == STOP_WATCH_NONE ? POINTS_PASSED : POINTS_TOLD;
    }
    return error;
}

struct error *points_pass(struct points *points, int timeout_ms, struct stop_reply *out_stop, enum points_passed *out_passed) {
    struct guest *guest = points->guest;
    uint64_t pc = guest->registers.pc;
    uint64_t sp = guest->registers.sp;
    char thread[STOP_THREAD_LENGTH];
    struct error *error = NULL;
    bool moved = false;
    snprintf(thread, sizeof thread, "%s", guest->thread);
    /* Now and then QEMU tells of a step in which the CPU did nothing. A repeated instruction stays, too, and is passed by its last repetition. */
    for (int tries = 0; !error && !moved && tries < PASS_TRIES; tries++) {
        error = pass_once(points, timeout_ms, out_stop, out_passed);
        if (error || *out_passed == POINTS_STOPPED) {
            return error;
        }
        error = guest_look(guest, thread);
        moved = guest->registers.pc != pc || guest->registers.sp != sp;
        if (!error && !moved && *out_passed == POINTS_TOLD) {
            *out_passed = POINTS_STOPPED; /* a watchpoint is told in the place of a breakpoint, or at each repetition: it is met again */
            return NULL;
        }
    }
    return error;
}
