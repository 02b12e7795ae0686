#include "recording.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "ending.h"
#include "memory_check.h"

enum { SLICE_MS = 250 };

static struct error *recording_add_break(struct run *run, uint64_t address) {
    return address ? points_add(&run->points, SESSION_BREAK_SOFTWARE, address, run->guest.arch->break_length) : NULL;
}

/* Of a loadable object: wherever it runs. */
static struct error *recording_add_entry(struct run *run, uint64_t address) {
    return object_watch_break(&run->objects, run->image, &run->points, address);
}

static struct error *recording_arm_entries(struct run *run) {
    struct error *error = run->objects.layout.list ? object_watch_follow(&run->objects, &run->guest, run->image, &run->points) : NULL;
    for (uint32_t i = 0; !error && i < run->catalog.count; i++) {
        error = recording_add_entry(run, run->catalog.transactions[i].entry);
    }
    for (uint32_t i = 0; !error && i < run->catalog.place_count; i++) {
        error = recording_add_entry(run, run->catalog.places[i].entry);
    }
    for (uint32_t i = 0; !error && i < run->catalog.deferral_count; i++) {
        error = recording_add_entry(run, run->catalog.deferrals[i].entry);
    }
    for (uint32_t i = 0; !error && i < run->sites.allocator_count; i++) {
        error = recording_add_entry(run, run->sites.allocators[i].entry);
    }
    for (uint32_t i = 0; i < run->observer.cpus; i++) {
        run->observer.turn = strcmp(run->observer.threads[i], run->guest.thread) == 0 ? i : run->observer.turn;
    }
    run->recording = !error;
    return error;
}

/* Where mapped RAM does not show what packets show, packets are right. */
static struct error *recording_verify_memory(struct run *run) {
    bool same = true;
    struct error *error = memory_check(run->session, run->memory, &run->guest, &same);
    if (error || same) {
        return error;
    }
    if (run->request->mode == PROBE_RAM) {
        return error_create(ERROR_TARGET, "the mapped RAM differs from what the stub reads: use --mode stub");
    }
    text_append(&run->notices, "the mapped RAM differs from what the stub reads, so guest RAM is read by packets\n");
    guest_memory_destroy(run->memory);
    run->memory = NULL;
    error = guest_memory_create_stub(run->session, &run->memory);
    run->guest.memory = run->memory;
    return error;
}

/* At the first stop where its text can be read: is it the right kernel? Only then something is stored. */
static struct error *recording_verify(struct run *run, bool required) {
    bool known = false;
    if (run->verified) {
        return NULL;
    }
    struct error *error = recording_verify_memory(run);
    if (!error) {
        error = guest_check_identity(&run->guest, run->image, &known);
    }
    if (error) {
        return error;
    }
    if (!known && required) {
        return error_create(ERROR_MISMATCH,
                            "%s is not the kernel that runs: the guest has no readable text at its addresses (build-id of the file: %s)",
                            run->image->path, run->image->build_id[0] ? run->image->build_id : "none");
    }
    if (!known) {
        return NULL;
    }
    struct journal_run row = {
        .mode = guest_memory_is_mapped(run->memory) ? "ram" : "stub",
        .elf = run->request->elf,
        .build_id = run->image->build_id,
        .stub = run->request->stub,
        .command = run->request->command,
        .command_count = run->request->command_count,
        .cpus = run->observer.cpus,
        .resumed = run->resumed,
        .plan = run->plan,
    };
    error = journal_create(run->store, &row, &run->journal);
    run->observer.journal = run->journal;
    run->verified = error == NULL;
    return error;
}

/* A breakpoint where the guest stands; *out_passing tells that the instruction under it must be passed. */
static struct error *recording_break(struct run *run, bool *out_passing) {
    uint64_t pc = run->guest.registers.pc;
    uint64_t home = image_home(run->image, pc); /* what is known of loadable objects is known by home addresses */
    struct error *error = NULL;
    *out_passing = points_has(&run->points, SESSION_BREAK_SOFTWARE, pc);
    if (!*out_passing) {
        return NULL;
    }
    /* The workload's marks may lie in user space, where the kernel's text need not be mapped. */
    error = recording_verify(run, pc != run->catalog.begin && pc != run->catalog.end);
    if (error) {
        return error;
    }
    if (object_watch_is_event(&run->objects, pc)) {
        error = object_watch_follow(&run->objects, &run->guest, run->image, &run->points);
    }
    if (error) {
        return error;
    }
    if (pc == run->catalog.begin && !run->recording) {
        return recording_arm_entries(run);
    }
    if (pc == run->catalog.begin && run->catalog.end) {
        return ending_reboot(run->image, pc);
    }
    if (pc == run->catalog.end) {
        run->finished = run->recording;
        return NULL;
    }
    const struct site_allocator *allocator = run->recording ? sites_allocator_at(&run->sites, home) : NULL;
    if (allocator) {
        error = heap_watch_enter(&run->observer.heap, &run->guest, &run->points, allocator);
    }
    const struct catalog_deferral *deferral = !error && run->recording ? catalog_deferral_at(&run->catalog, home) : NULL;
    if (deferral) {
        error = observer_defer(&run->observer, deferral);
    }
    if (error) {
        return error;
    }
    const struct catalog_transaction *kind = run->recording ? catalog_at(&run->catalog, home) : NULL;
    uint32_t places = 0;
    const struct catalog_place *place = run->recording ? catalog_places_at(&run->catalog, home, &places) : NULL;
    if (kind) {
        error = observer_enter(&run->observer, kind);
    }
    for (uint32_t i = 0; !error && i < places; i++) {
        error = observer_enter_place(&run->observer, &place[i]);
    }
    if (error || kind || places) {
        return error;
    }
    if (run->recording && catalog_is_interrupt(&run->catalog, pc)) {
        return observer_interrupt(&run->observer);
    }
    if (run->recording && pc == run->observer.landing) {
        return observer_switched(&run->observer);
    }
    if (run->recording && pc == run->catalog.switch_entry) {
        *out_passing = false;
        error = observer_learn_switch(&run->observer, STUB_TIMEOUT_MS);
        if (!error && !run->observer.landing) {
            error = error_create(ERROR_MISMATCH, "manifest: [switch] function was never seen to change stacks");
        }
    }
    return error;
}

/*
 * Ends the turn, or lets a return settle: a transaction has ended when its caller goes on, as the recorder sees it. What others do between its return
 * and the caller's next instruction would tell the two apart; a step lets no interrupt come before that instruction. *out_done: the stop asks for
 * nothing else; a point is met again in the CPU's next turn.
 */
static struct error *recording_turn(struct run *run, const char *turn, bool returned, bool *out_done) {
    if (turn_stopped(&run->turn, returned)) {
        *out_done = true;
        turn_begin(&run->turn);
        return observer_turn_next(&run->observer);
    }
    if (!returned) {
        return NULL;
    }
    /* An interruption may be told of any CPU. */
    struct error *error = strcmp(run->guest.thread, turn) != 0 ? guest_look(&run->guest, turn) : NULL;
    if (!error && !points_has(&run->points, SESSION_BREAK_SOFTWARE, run->guest.registers.pc)) {
        *out_done = true;
        turn_settle(&run->turn, run->guest.registers.pc, run->guest.registers.sp);
    }
    return error;
}

/* Has the processor whose turn it is not even begun what it returned to? It is looked at then. */
static struct error *recording_settle(struct run *run, const char *turn, bool *out_again) {
    struct error *error = NULL;
    if (run->turn.steps == 0) {
        return NULL;
    }
    error = strcmp(run->guest.thread, turn) != 0 ? guest_look(&run->guest, turn) : NULL;
    *out_again = !error && turn_unsettled(&run->turn, run->guest.registers.pc, run->guest.registers.sp);
    return error;
}

/* The processor whose turn it is was resumed, and has stopped. */
static void recording_note_untold(struct run *run, const struct stop_reply *reply) {
    const char *turn = observer_turn(&run->observer);
    bool itself = reply->code == SIGTRAP && strcmp(reply->thread, turn) == 0;
    if (reply->kind == STOP_SIGNAL && (itself || reply->code != SIGTRAP)) {
        untold_note(&run->untold, run->observer.turn, itself, observer_turn_is_busy(&run->observer));
    }
}

/* Has the processor that was held executed nothing, though an interrupt may have come? */
static struct error *recording_stood(struct run *run, bool *out_stood) {
    uint64_t pc = run->guest.registers.pc;
    struct guest_return back = {0};
    bool valid = false;
    struct error *error = NULL;
    if (run->held && pc != run->held_pc && catalog_is_interrupt(&run->catalog, pc)) {
        error = guest_interrupt_return(&run->guest, &back, &valid);
    }
    *out_stood = run->held && (pc == run->held_pc || (valid && back.pc == run->held_pc));
    return error;
}

/* Acts on one stop. */
static struct error *recording_stop(struct run *run, const struct stop_reply *reply, bool *out_passing) {
    *out_passing = false;
    if (reply->kind != STOP_SIGNAL) {
        run->gone = true;
        run->last = *reply;
        return NULL;
    }
    struct error *error = guest_stopped(&run->guest, reply);
    if (error) {
        return error;
    }
    uint64_t completed = run->observer.completed;
    bool stood = false;
    if (run->recording) {
        error = recording_stood(run, &stood);
    }
    if (!error && run->recording && !stood) {
        error = observer_stores(&run->observer, reply, run->late);
    }
    if (!error && run->recording) {
        error = observer_returns(&run->observer);
    }
    const char *turn = run->recording ? observer_turn(&run->observer) : NULL;
    /* A point is told of the CPU that met it. */
    run->observer.crowded = run->observer.crowded || (turn && reply->code == SIGTRAP && strcmp(reply->thread, turn) != 0);
    bool over = false;
    if (!error && turn) {
        error = recording_settle(run, turn, &over);
    }
    if (!error && turn && !over) {
        error = recording_turn(run, turn, run->observer.completed != completed, &over);
    }
    /* Also where a watchpoint is told: QEMU 7.2 may tell of one that another stop came before, or of none that is set. */
    return error || over ? error : recording_break(run, out_passing);
}

/* A time limit or a signal of the user's. */
static struct error *recording_check_limits(struct run *run) {
    run->interrupted = interruption_seen(&run->interruption) || run->interrupted;
    progress_step(run->progress, (size_t)run->observer.completed);
    if (transport_clock() <= run->deadline) {
        return NULL;
    }
    run->told_late = true;
    return error_create(ERROR_TARGET, "no end within %d s; %s", run->request->timeout_s,
                        run->journal ? "what was seen is stored" : "the workload has not begun");
}

/* Waits for a stop, a signal or the deadline, and shows the guest's output meanwhile. */
static struct error *recording_wait(struct run *run, struct stop_reply *out_reply, bool *out_stopped) {
    *out_stopped = false;
    for (;;) {
        enum session_wait outcome = SESSION_TIMEOUT;
        const char *turn = run->recording ? observer_turn(&run->observer) : NULL;
        int limit = turn && !run->turn.asked ? turn_patience(&run->turn) : SLICE_MS;
        struct error *error = session_wait(run->session, limit, run->interruption.descriptor, &outcome, out_reply);
        if (run->machine) {
            machine_drain(run->machine);
        }
        if (error || outcome == SESSION_STOPPED) {
            run->running = false;
            *out_stopped = error == NULL;
            return error;
        }
        run->running = true;
        error = recording_check_limits(run);
        if (error || run->interrupted) {
            return error;
        }
        if (turn && turn_ask(&run->turn)) {
            error = session_interrupt(run->session);
        }
        if (error) {
            return error;
        }
    }
}

/*
 * Lets the processor whose turn it is stop where it stands: a breakpoint there stops it before it executes anything, which makes QEMU tell of what it
 * has not told. A step would not do: after a stop that was asked for QEMU 7.2 may step two instructions, and pass a breakpoint that is yet to be met.
 */
static struct error *recording_hold(struct run *run, const char *turn) {
    struct error *error = strcmp(run->guest.thread, turn) != 0 ? guest_look(&run->guest, turn) : NULL;
    run->held = true;
    run->held_pc = run->guest.registers.pc;
    return error ? error : recording_add_break(run, run->held_pc);
}

static struct error *recording_let_go(struct run *run) {
    return points_remove(&run->points, SESSION_BREAK_SOFTWARE, run->held_pc, run->guest.arch->break_length);
}

static struct error *recording_pass(struct run *run, struct stop_reply *out_reply, bool *out_stopped) {
    enum points_passed passed = POINTS_STOPPED;
    uint64_t pc = run->guest.registers.pc;
    uint64_t sp = run->guest.registers.sp;
    struct error *error = points_pass(&run->points, STUB_TIMEOUT_MS, out_reply, &passed);
    if (!error && passed != POINTS_STOPPED) {
        observer_passed(&run->observer, pc, sp);
    }
    *out_stopped = !error && passed != POINTS_PASSED;
    return error;
}

/* Lets the guest go on until something is to be done. */
static struct error *recording_resume(struct run *run, bool passing, struct stop_reply *out_reply, bool *out_stopped) {
    const char *turn = run->recording ? observer_turn(&run->observer) : NULL;
    struct error *error = run->recording ? observer_arm(&run->observer) : NULL;
    *out_stopped = false;
    run->held = false;
    run->late = turn && untold_may_be(&run->untold, run->observer.turn);
    if (!error && passing && points_has(&run->points, SESSION_BREAK_SOFTWARE, run->guest.registers.pc)) {
        error = recording_pass(run, out_reply, out_stopped);
    } else if (!error && run->late && !run->turn.settling) {
        error = recording_hold(run, turn);
    }
    if (error || *out_stopped) {
        return error;
    }
    error = run->turn.settling ? session_step(run->session, run->guest.thread) : session_continue(run->session, turn);
    if (!error) {
        error = recording_wait(run, out_reply, out_stopped);
    }
    if (!error && *out_stopped && run->held) {
        error = recording_let_go(run);
    }
    if (!error && *out_stopped && turn) {
        recording_note_untold(run, out_reply);
    }
    return error;
}

struct error *recording_loop(struct run *run) {
    struct error *error = NULL;
    bool passing = false;
    error = object_watch_arm(&run->objects, &run->points);
    if (error) {
        return error;
    }
    if (run->catalog.begin) {
        error = recording_add_break(run, run->catalog.begin);
    } else {
        error = recording_arm_entries(run);
    }
    if (!error) {
        error = recording_add_break(run, run->catalog.end);
    }
    while (!error && !run->finished && !run->gone && !run->interrupted) {
        struct stop_reply reply;
        bool stopped = false;
        error = recording_check_limits(run);
        if (!error && !run->interrupted) {
            error = recording_resume(run, passing, &reply, &stopped);
        }
        if (!error && stopped) {
            error = recording_stop(run, &reply, &passing);
        }
        if (run->request->transactions > 0 && run->observer.completed + (uint64_t)run->resumed.completed >= (uint64_t)run->request->transactions) {
            run->finished = true;
        }
    }
    return error;
}
