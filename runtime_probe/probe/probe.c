#include "spillscope/probe.h"

#include <errno.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ending.h"
#include "memory_check.h"
#include "observer.h"
#include "recorder_run.h"
#include "../ledger/kernel_layout.h"
#include "turn.h"
#include "spillscope/interruption.h"
#include "spillscope/machine.h"
#include "spillscope/text.h"

enum { STUB_TIMEOUT_MS = 10000, CONNECT_TIMEOUT_MS = 10000, SLICE_MS = 250, DRAIN_MS = 30000, RELEASE_MS = 5000 };

/* All that one run holds; released in reverse order by run_deinit. */
struct run {
    const struct probe_request *request;
    struct store *store;
    struct image *image;
    struct plan *plan;
    struct catalog catalog;
    struct sites sites;
    struct machine *machine; /* NULL with --gdb */
    struct session *session;
    struct guest_memory *memory;
    struct guest guest;
    struct points points;
    struct observer observer;
    bool observer_ready;
    struct resumption resumed; /* run_id 0 = the run is a new one */
    struct journal *journal;
    struct interruption interruption;
    bool verified;          /* ELF and guest were compared */
    bool recording;         /* entries are armed */
    bool finished;          /* the workload's end, or the limit, was reached */
    bool gone;              /* the guest has ended, or nothing can be said to it any more */
    struct stop_reply last; /* as which its end was told, when it was */
    bool interrupted;
    bool told_late; /* the time limit ended the loop */
    bool running;   /* the guest was left running */
    struct turn turn;
    int64_t deadline; /* transport_clock */
    struct text notices;
};

static void run_deinit(struct run *run) {
    journal_destroy(run->journal);
    if (run->observer_ready) {
        observer_deinit(&run->observer);
    }
    points_deinit(&run->points);
    guest_memory_destroy(run->memory);
    session_destroy(run->session);
    machine_destroy(run->machine);
    catalog_deinit(&run->catalog);
    sites_deinit(&run->sites);
    plan_destroy(run->plan);
    image_close(run->image);
    store_close(run->store);
    text_deinit(&run->notices);
    interruption_release(&run->interruption);
}

/* ------------------------------------------------------------------------------------------------ beginning */

static struct error *run_open_inputs(struct run *run) {
    char *root SCOPE_FREE = NULL;
    bool placed = false;
    struct error *error = store_open(run->request->database, STORE_WRITE, &run->store);
    error = error ? error : kernel_layout_wanted(run->store, &placed);
    if (!error && placed) { /* a stub sees no allocator run before it came, and no stores */
        error =
            error_create(ERROR_USAGE, "states of this kernel are found by where they lie (manifest: [pages] records), which only --recorder does");
    }
    if (!error && run->request->resume) {
        error = resumption_find(run->store, run->request->transactions, &run->resumed);
    }
    if (!error) {
        error = store_meta_get(run->store, "source_root", &root);
    }
    if (!error) {
        error = image_open(run->request->elf, root, NULL, &run->image);
    }
    if (!error) {
        error = plan_create(run->store, run->image, &run->plan);
    }
    if (!error) {
        error = catalog_load(run->store, run->plan, run->request->everything, &run->catalog);
    }
    return error ? error : sites_load(run->store, run->image, &run->sites);
}

static struct error *run_plugin(void *context, const char *ram_path, uint64_t ram_size, char **out_argument) {
    struct run *run = context;
    return run->request->recorder(run->request->recorder_context, run->store, run->image, ram_path, ram_size, out_argument);
}

static struct error *run_launch(struct run *run) {
    const struct probe_request *request = run->request;
    struct machine_request machine = {
        .command = request->command,
        .command_count = request->command_count,
        .plugins = {{.make = request->recorder ? run_plugin : NULL, .context = run}},
        .stopped = true,
        .want_ram = request->mode != PROBE_STUB || request->recorder,
        .require_ram = request->mode == PROBE_RAM,
        .log_path = request->log,
        .timeout_ms = CONNECT_TIMEOUT_MS,
    };
    struct error *error = machine_launch(&machine, &run->machine);
    if (!error && machine_notice(run->machine)) {
        text_append_format(&run->notices, "%s\n", machine_notice(run->machine));
    }
    return error;
}

static struct error *run_connect(struct run *run) {
    int limit_s = run->request->timeout_s < STUB_TIMEOUT_MS / 1000 ? run->request->timeout_s : STUB_TIMEOUT_MS / 1000;
    struct transport *transport = NULL;
    const char *address = run->machine ? machine_socket(run->machine) : run->request->stub;
    struct error *error = transport_connect(address, CONNECT_TIMEOUT_MS, &transport);
    if (!error) {
        error = session_create(transport, limit_s * 1000, &run->session);
    }
    if (error) {
        return ending_explain(run->machine, error);
    }
    if (run->machine) {
        machine_hide_files(run->machine);
    }
    return error;
}

static struct error *run_create_memory(struct run *run, const struct arch *arch) {
    if (run->request->mode != PROBE_STUB && run->machine && machine_ram_descriptor(run->machine) >= 0) {
        return guest_memory_create_ram(run->session, arch, machine_ram_descriptor(run->machine), machine_ram_size(run->machine), &run->memory);
    }
    if (run->request->mode == PROBE_RAM) {
        return error_create(ERROR_USAGE, "--mode ram needs a QEMU that the probe starts itself: give its command after --");
    }
    return guest_memory_create_stub(run->session, &run->memory);
}

static struct error *run_attach(struct run *run) {
    const struct arch *arch = arch_by_machine(run->image->machine, run->image->pointer_size);
    if (!arch) {
        return error_create(ERROR_FORMAT, "%s: machine %u is not supported (%s are)", run->image->path, run->image->machine, arch_names());
    }
    struct error *error = run_create_memory(run, arch);
    if (!error) {
        error = guest_attach(run->session, run->memory, arch, &run->guest);
    }
    char **threads = NULL;
    size_t cpus = 0;
    if (!error) {
        error = session_threads(run->session, &threads, &cpus);
    }
    run->points.guest = &run->guest;
    if (!error) {
        error = observer_init(&run->observer, &run->guest, &run->points, run->plan, &run->catalog, &run->sites, threads, (uint32_t)cpus);
        run->observer_ready = error == NULL;
    } else {
        free(threads);
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ recording */

static struct error *run_add_break(struct run *run, uint64_t address) {
    return address ? points_add(&run->points, SESSION_BREAK_SOFTWARE, address, run->guest.arch->break_length) : NULL;
}

static struct error *run_arm_entries(struct run *run) {
    struct error *error = NULL;
    for (uint32_t i = 0; !error && i < run->catalog.count; i++) {
        error = run_add_break(run, run->catalog.transactions[i].entry);
    }
    for (uint32_t i = 0; !error && i < run->catalog.place_count; i++) {
        error = run_add_break(run, run->catalog.places[i].entry);
    }
    for (uint32_t i = 0; !error && i < run->catalog.deferral_count; i++) {
        error = run_add_break(run, run->catalog.deferrals[i].entry);
    }
    for (uint32_t i = 0; !error && i < run->sites.allocator_count; i++) {
        error = run_add_break(run, run->sites.allocators[i].entry);
    }
    for (uint32_t i = 0; i < run->observer.cpus; i++) {
        run->observer.turn = strcmp(run->observer.threads[i], run->guest.thread) == 0 ? i : run->observer.turn;
    }
    run->recording = !error;
    return error;
}

/* Where mapped RAM does not show what packets show, packets are right. */
static struct error *run_verify_memory(struct run *run) {
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
static struct error *run_verify(struct run *run, bool required) {
    bool known = false;
    if (run->verified) {
        return NULL;
    }
    struct error *error = run_verify_memory(run);
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
static struct error *run_break(struct run *run, bool *out_passing) {
    uint64_t pc = run->guest.registers.pc;
    struct error *error = NULL;
    *out_passing = points_has(&run->points, SESSION_BREAK_SOFTWARE, pc);
    if (!*out_passing) {
        return NULL;
    }
    /* The workload's marks may lie in user space, where the kernel's text need not be mapped. */
    error = run_verify(run, pc != run->catalog.begin && pc != run->catalog.end);
    if (error) {
        return error;
    }
    if (pc == run->catalog.begin && !run->recording) {
        return run_arm_entries(run);
    }
    if (pc == run->catalog.begin && run->catalog.end) {
        return ending_reboot(run->image, pc);
    }
    if (pc == run->catalog.end) {
        run->finished = run->recording;
        return NULL;
    }
    const struct site_allocator *allocator = run->recording ? sites_allocator_at(&run->sites, pc) : NULL;
    if (allocator) {
        error = heap_watch_enter(&run->observer.heap, &run->guest, &run->points, allocator);
    }
    const struct catalog_deferral *deferral = !error && run->recording ? catalog_deferral_at(&run->catalog, pc) : NULL;
    if (deferral) {
        error = observer_defer(&run->observer, deferral);
    }
    if (error) {
        return error;
    }
    const struct catalog_transaction *kind = run->recording ? catalog_at(&run->catalog, pc) : NULL;
    uint32_t places = 0;
    const struct catalog_place *place = run->recording ? catalog_places_at(&run->catalog, pc, &places) : NULL;
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
static struct error *run_turn(struct run *run, const char *turn, bool returned, bool *out_done) {
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
        turn_settle(&run->turn);
    }
    return error;
}

/* Acts on one stop. */
static struct error *run_stop(struct run *run, const struct stop_reply *reply, bool *out_passing) {
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
    if (run->recording) {
        error = observer_returns(&run->observer);
    }
    const char *turn = run->recording ? observer_turn(&run->observer) : NULL;
    /* A point is told of the CPU that met it. */
    run->observer.crowded = run->observer.crowded || (turn && reply->code == SIGTRAP && strcmp(reply->thread, turn) != 0);
    bool over = false;
    if (!error && turn) {
        error = run_turn(run, turn, run->observer.completed != completed, &over);
    }
    return error || over || reply->watch != STOP_WATCH_NONE ? error : run_break(run, out_passing);
}

/* A time limit or a signal of the user's. */
static struct error *run_check_limits(struct run *run) {
    run->interrupted = interruption_seen(&run->interruption) || run->interrupted;
    if (transport_clock() <= run->deadline) {
        return NULL;
    }
    run->told_late = true;
    return error_create(ERROR_TARGET, "no end within %d s; %s", run->request->timeout_s,
                        run->journal ? "what was seen is stored" : "the workload has not begun");
}

/* Waits for a stop, a signal or the deadline, and shows the guest's output meanwhile. */
static struct error *run_wait(struct run *run, struct stop_reply *out_reply, bool *out_stopped) {
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
        error = run_check_limits(run);
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

/* Lets the guest go on until something is to be done. */
static struct error *run_resume(struct run *run, bool passing, struct stop_reply *out_reply, bool *out_stopped) {
    struct error *error = NULL;
    *out_stopped = false;
    if (run->recording) {
        error = observer_arm(&run->observer);
    }
    if (!error && passing && points_has(&run->points, SESSION_BREAK_SOFTWARE, run->guest.registers.pc)) {
        bool done = false;
        uint64_t pc = run->guest.registers.pc;
        uint64_t sp = run->guest.registers.sp;
        error = points_pass(&run->points, STUB_TIMEOUT_MS, out_reply, &done);
        if (error || !done) {
            *out_stopped = error == NULL;
            return error;
        }
        observer_passed(&run->observer, pc, sp);
    }
    if (!error && run->turn.settling) {
        error = session_step(run->session, run->guest.thread);
    } else if (!error) {
        error = session_continue(run->session, run->recording ? observer_turn(&run->observer) : NULL);
    }
    return error ? error : run_wait(run, out_reply, out_stopped);
}

static struct error *run_loop(struct run *run) {
    struct error *error = NULL;
    bool passing = false;
    if (run->catalog.begin) {
        error = run_add_break(run, run->catalog.begin);
    } else {
        error = run_arm_entries(run);
    }
    if (!error) {
        error = run_add_break(run, run->catalog.end);
    }
    while (!error && !run->finished && !run->gone && !run->interrupted) {
        struct stop_reply reply;
        bool stopped = false;
        error = run_check_limits(run);
        if (!error && !run->interrupted) {
            error = run_resume(run, passing, &reply, &stopped);
        }
        if (!error && stopped) {
            error = run_stop(run, &reply, &passing);
        }
        if (run->request->transactions > 0 && run->observer.completed + (uint64_t)run->resumed.completed >= (uint64_t)run->request->transactions) {
            run->finished = true;
        }
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ end */

/* What the loop came back with, as the user should hear it. */
static struct error *run_conclude(struct run *run, struct error *error) {
    run->interrupted = interruption_seen(&run->interruption) || run->interrupted;
    if (error && run->interrupted && error_code_of(error) == ERROR_TARGET) {
        error_destroy(error); /* the stub was not waited for any longer */
        run->gone = true;
        return NULL;
    }
    bool left = error && error_code_of(error) == ERROR_TARGET && run->machine && ending_is_exit(run->machine);
    if ((left || (!error && run->gone && !run->finished)) && run->recording && run->catalog.end) {
        error_destroy(error); /* the guest may end QEMU before its stub can tell */
        return ending_early(run->machine, run->image, run->catalog.end, &run->last);
    }
    bool late = error && error_code_of(error) == ERROR_TARGET && !run->told_late && transport_clock() >= run->deadline;
    error = ending_explain(run->machine, error);
    return late ? error_wrap(error, "no end within %d s", run->request->timeout_s) : error;
}

/* Leaves the guest alone: it runs on under a stub of somebody else, or to its end where a recorder wants that. */
static struct error *run_release(struct run *run) {
    struct error *error = NULL;
    if (run->gone) {
        return NULL;
    }
    if (run->running) {
        struct stop_reply reply;
        enum session_wait outcome = SESSION_TIMEOUT;
        error = session_interrupt(run->session);
        if (!error) {
            error = session_wait(run->session, STUB_TIMEOUT_MS, -1, &outcome, &reply);
        }
        if (error || outcome != SESSION_STOPPED || reply.kind != STOP_SIGNAL) {
            return error;
        }
    }
    error = points_clear(&run->points);
    if (!error) {
        error = session_detach(run->session);
    }
    if (!error && run->machine && run->request->recorder && !run->interrupted) {
        machine_wait(run->machine, DRAIN_MS);
    }
    return error;
}

static void run_notices(struct run *run) {
    if (run->request->everything) {
        text_append(&run->notices, "no whitelists were used: this run is for comparison, its changes are no list of spills\n");
    } else if (run->journal) {
        unlisted_tell(journal_unlisted(run->journal), &run->notices);
    }
    catalog_tell(&run->catalog, &run->notices);
    observer_tell(&run->observer, &run->notices);
}

static void run_summary(const struct run *run, struct probe_summary *summary) {
    const struct observer *observer = &run->observer;
    *summary = (struct probe_summary){
        .run_id = run->journal ? journal_run_id(run->journal) : 0,
        .mode = run->memory && guest_memory_is_mapped(run->memory) ? "ram" : "stub",
        .resumed = (uint64_t)run->resumed.completed,
        .armed = run->catalog.count,
        .changes = run->journal ? journal_changes(run->journal) : 0,
        .stops = run->guest.stops,
        .interrupted = run->interrupted,
        .mismatched = run->journal && !run->request->everything && unlisted_is_mismatch(journal_unlisted(run->journal)),
    };
    if (run->observer_ready) {
        summary->transactions = observer->completed;
        summary->cut = observer->open;
        summary->seconds = observer->last_exit > observer->first_entry ? observer->last_exit - observer->first_entry : 0;
        for (uint32_t i = 0; i < run->catalog.count; i++) {
            summary->kinds += observer->seen[i] ? 1 : 0;
        }
    }
    snprintf(summary->notices, sizeof summary->notices, "%s", text_string(&run->notices));
}

/* Closes the run's row; the first error wins. */
static struct error *run_end(struct run *run, struct error *error) {
    struct error *late = NULL;
    if (!run->journal) {
        if (!error && !run->interrupted) {
            error = error_create(ERROR_TARGET, "the guest ended and no transaction was seen: %s",
                                 run->catalog.begin ? "the workload's begin was never reached" : "no entry was reached");
        }
        return error;
    }
    late = observer_finish(&run->observer);
    if (!late) {
        late = journal_finish(run->journal,
                              error              ? "failed"
                              : run->interrupted ? "interrupted"
                                                 : "complete",
                              error ? error_message(error) : text_string(&run->notices));
    }
    if (error) {
        error_destroy(late);
        return error;
    }
    return late;
}

static struct error *run_all(struct run *run) {
    struct error *error = interruption_catch(&run->interruption);
    if (!error) {
        error = run_open_inputs(run);
    }
    if (!error && !run->request->stub) {
        error = run_launch(run);
    }
    if (!error) {
        error = run_connect(run);
    }
    if (!error) {
        error = run_attach(run);
    }
    if (error) {
        return error;
    }
    run->deadline = transport_clock() + (int64_t)run->request->timeout_s * 1000;
    session_limit(run->session, run->deadline, run->interruption.descriptor);
    error = run_conclude(run, run_loop(run));
    session_limit(run->session, transport_clock() + RELEASE_MS, -1);
    run_notices(run);
    error = run_end(run, error);
    if (!error) {
        error = run_release(run);
    }
    if (!error && run->machine) {
        error = machine_check_log(run->machine);
    }
    return error;
}

void probe_keep_memory(void) {
    mallopt(M_MMAP_THRESHOLD, 64 << 20);
    mallopt(M_TRIM_THRESHOLD, 512 << 20);
}

struct error *probe_run(const struct probe_request *request, struct probe_summary *out_summary) {
    probe_keep_memory();
    if (request->mode == PROBE_RECORDER) {
        return recorder_run(request, out_summary);
    }
    struct run *run = calloc(1, sizeof *run);
    if (!run) {
        return error_out_of_memory();
    }
    run->request = request;
    struct error *error = run_all(run);
    run_summary(run, out_summary);
    run_deinit(run);
    free(run);
    return error;
}
