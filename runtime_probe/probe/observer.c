#include "observer.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "observer_groups.h"
#include "open_transaction.h"
#include "spillscope/stack_map.h"

enum { SWITCH_STEPS = 200 };

struct error *observer_init(struct observer *observer, struct guest *guest, struct points *points, const struct plan *plan,
                            const struct catalog *catalog, struct sites *sites, char **threads, uint32_t cpus) {
    *observer = (struct observer){.guest = guest,
                                  .points = points,
                                  .plan = plan,
                                  .catalog = catalog,
                                  .heap = {.sites = sites, .image = plan->image},
                                  .threads = threads,
                                  .cpus = cpus};
    causes_init(&observer->causes);
    groups_init(&observer->groups);
    observer->seen = calloc(catalog->count, sizeof *observer->seen);
    observer->abandoned = calloc(catalog->count, sizeof *observer->abandoned);
    if (!observer->seen || !observer->abandoned) {
        observer_deinit(observer);
        return error_out_of_memory();
    }
    struct error *failed = snapshot_spares_create(&observer->spares);
    if (!failed && cpus > 1 && catalog->switch_entry) {
        failed = store_spans_cache_init(&observer->spans, catalog->count, plan->shape_count);
    }
    if (failed) {
        observer_deinit(observer);
        return failed;
    }
    for (uint32_t i = 0; i < catalog->boot_stack_count; i++) {
        const struct catalog_boot_stack *boot = &catalog->boot_stacks[i];
        struct track_stack *stack = NULL;
        struct error *error = track_stack_add(&observer->track, boot->low, boot->high, boot->name, true, &stack);
        if (error) {
            observer_deinit(observer);
            return error;
        }
    }
    return NULL;
}

void observer_deinit(struct observer *observer) {
    for (size_t i = 0; i < observer->track.count; i++) {
        const struct track_stack *stack = observer->track.stacks[i];
        for (size_t k = 0; k < stack->count; k++) {
            open_destroy(stack->frames[k].payload);
        }
    }
    track_deinit(&observer->track);
    heap_watch_deinit(&observer->heap);
    causes_deinit(&observer->causes);
    groups_deinit(&observer->groups);
    store_spans_cache_deinit(&observer->spans);
    group_watch_deinit(&observer->group_watch);
    snapshot_spares_destroy(observer->spares);
    free(observer->threads);
    free(observer->seen);
    free(observer->abandoned);
    observer->threads = NULL;
    observer->spares = NULL;
    observer->seen = NULL;
    observer->abandoned = NULL;
}

/* Ends (or begins) a piece of every transaction that runs when the stack runs. */
static struct error *stack_pause(struct observer *observer, struct track_stack *stack) {
    struct error *error = NULL;
    for (size_t i = track_running(stack); !error && i < stack->count; i++) {
        error = open_sleep(observer, stack->frames[i].payload);
    }
    return error;
}

static struct error *stack_resume(struct observer *observer, struct track_stack *stack) {
    struct error *error = NULL;
    for (size_t i = track_running(stack); !error && i < stack->count; i++) {
        error = open_wake(observer, stack->frames[i].payload);
    }
    return error;
}

/* Where a frame ends: it returns, or control comes to one of its exits. */
static struct error *frame_watch(struct observer *observer, const struct track_frame *frame) {
    struct error *error = points_add_return(observer->points, frame->slot, frame->return_pc);
    for (uint32_t i = 0; !error && i < frame->exit_count; i++) {
        error = points_add(observer->points, SESSION_BREAK_SOFTWARE, frame->exits[i].address, observer->guest->arch->break_length);
    }
    return error;
}

static struct error *frame_unwatch(struct observer *observer, const struct track_frame *frame) {
    struct error *error = points_remove_return(observer->points, frame->slot, frame->return_pc);
    for (uint32_t i = 0; !error && i < frame->exit_count; i++) {
        error = points_remove(observer->points, SESSION_BREAK_SOFTWARE, frame->exits[i].address, observer->guest->arch->break_length);
    }
    return error;
}

/* A frame went without returning: its task ended, or it was jumped out of. */
static void frame_abandoned(void *context, struct track_stack *stack, const struct track_frame *frame) {
    struct observer *observer = context;
    struct open_transaction *open = frame->payload;
    struct error *error = frame_unwatch(observer, frame);
    (void)stack;
    if (open && !error) {
        error = open_leave(observer, open);
    }
    if (open) {
        struct journal_exit end = {.status = "killed", .overlapped = open->overlapped};
        if (!error) {
            error = journal_exit(observer->journal, open->observation, &end);
        }
        if (!error) {
            error = observer_group_left(observer, open, true);
        }
        observer->abandoned[open->kind - observer->catalog->transactions]++;
        observer->open--;
        open_destroy(open);
    }
    if (error && observer->error) {
        error_destroy(error);
    } else if (error) {
        observer->error = error;
    }
}

static struct error *callback_error(struct observer *observer) {
    struct error *error = observer->error;
    observer->error = NULL;
    return error;
}

/* Looks where the tasks' stacks lie now. Transactions on the stack of a task that is gone will never return. */
static struct error *observer_refresh(struct observer *observer) {
    struct error *error = stack_map_refresh(observer->catalog, observer->plan, observer->guest->memory, &observer->track);
    for (size_t i = 0; !error && i < observer->track.count; i++) {
        struct track_stack *stack = observer->track.stacks[i];
        if (stack->gone) {
            track_abandon(stack, frame_abandoned, observer);
            error = callback_error(observer);
        }
    }
    return error;
}

static struct error *observer_stack(struct observer *observer, uint64_t sp, struct track_stack **out_stack) {
    struct track_stack *stack = track_stack_at(&observer->track, sp);
    struct error *error = NULL;
    if (!stack || !stack->known) {
        error = observer_refresh(observer);
        stack = track_stack_at(&observer->track, sp);
    }
    if (!error && !stack) {
        observer->unknown_stacks++;
        error = stack_map_guess(&observer->track, sp, &stack);
    }
    if (!error) {
        *out_stack = stack;
    }
    return error;
}

/* Notes where a CPU runs. A change that was not seen as a switch (no switch function is known) pauses and resumes as one. */
static struct error *observer_place(struct observer *observer, struct track_stack *stack) {
    struct track_stack *before = track_run(&observer->track, observer->guest->cpu, stack);
    struct error *error = NULL;
    if (before != stack) {
        if (before) {
            error = stack_pause(observer, before);
        }
        if (!error) {
            error = stack_resume(observer, stack);
        }
    }
    return error;
}

static bool client_read(void *context, uint64_t address, void *bytes, size_t count) {
    const struct observer *observer = context;
    bool valid = false;
    struct error *error = guest_memory_read(observer->guest->memory, address, bytes, count, &valid);
    error_destroy(error);
    return !error && valid;
}

/* For whom the transaction that begins here is; NULL = the task's. */
static const char *observer_client(struct observer *observer, const struct catalog_transaction *kind, bool whole, char text[CLIENT_TEXT]) {
    struct client_place place = {
        .cpu = observer->guest->cpu, .arguments = whole ? observer->guest->registers.arguments : NULL, .read = client_read, .context = observer};
    bool known = client_evaluate(&kind->client, &place, text);
    observer->unknown_clients += kind->client.present && !known ? 1 : 0;
    return known ? text : NULL;
}

static struct error *observer_open(struct observer *observer, const struct catalog_transaction *kind, struct track_stack *stack,
                                   const struct track_frame *frame, bool whole) {
    /* Frames that cannot return any more go first: they are no parents. */
    struct track_frame probe = *frame;
    struct error *error = track_enter(stack, &probe, frame_abandoned, observer);
    if (!error) {
        error = callback_error(observer);
    }
    if (error) {
        return error;
    }
    stack->count--; /* the frame comes back with its transaction */
    const struct track_frame *parent = track_parent(stack);
    const struct open_transaction *outer = parent ? parent->payload : NULL;
    struct open_transaction *open = NULL;
    error = open_create(observer, kind, stack, &open);
    if (error) {
        return error;
    }
    char client[CLIENT_TEXT];
    struct journal_entry entry = {
        .client = observer_client(observer, kind, whole, client),
        .txn_id = kind->id,
        .sequence = observer->sequence++,
        .cpu = observer->guest->cpu,
        .task = stack->name,
        .parent_id = outer ? outer->observation : 0,
    };
    if (!outer || kind->asynchronous) {
        entry.caused_by = causes_take(&observer->causes, kind->entry, observer->guest->registers.arguments[0]);
    }
    open->whole = whole;
    error = journal_enter(observer->journal, &entry, &open->observation);
    if (!error) {
        error = observer_group_entered(observer, open, entry.client ? entry.client : entry.task);
    }
    probe.payload = open;
    if (!error) {
        error = track_enter(stack, &probe, frame_abandoned, observer);
    }
    if (error) {
        open_destroy(open);
        return error;
    }
    observer->open++;
    return frame_watch(observer, frame);
}

/* A transaction begins where the guest stands, in the call with this slot. */
static struct error *observer_begin(struct observer *observer, const struct catalog_transaction *kind, struct track_frame frame, bool whole) {
    const struct guest_registers *registers = &observer->guest->registers;
    struct track_stack *stack = NULL;
    struct guest_return back = {.sp = frame.slot + observer->guest->arch->pointer_size};
    bool valid = false;
    struct error *error = observer_refresh(observer);
    if (!error) {
        error = observer_stack(observer, registers->sp, &stack);
    }
    if (!error) {
        error = observer_place(observer, stack);
    }
    if (!error) {
        error = whole ? guest_call_return(observer->guest, &back, &valid) : guest_read_word(observer->guest, frame.slot, &back.pc, &valid);
    }
    if (!error && whole) {
        error = guest_call_arguments(observer->guest);
    }
    if (error) {
        return error;
    }
    if (!valid) {
        return error_create(ERROR_TARGET, "%s: its stack at 0x%llx cannot be read", kind->name, (unsigned long long)frame.slot);
    }
    frame.return_pc = back.pc;
    frame.return_sp = back.sp;
    const struct track_frame *standing = track_standing(stack, frame.slot, frame.origin);
    struct open_transaction *open = standing ? standing->payload : NULL;
    if (open && !open->begun) {
        return open_again(observer, open); /* an interrupt or other tasks came between the breakpoint and the first instruction */
    }
    if (open && standing->return_pc == frame.return_pc && !whole) {
        return NULL; /* a loop that comes by again: the transaction goes on */
    }
    return observer_open(observer, kind, stack, &frame, whole);
}

struct error *observer_enter(struct observer *observer, const struct catalog_transaction *kind) {
    struct track_frame frame = {.kind = TRACK_TRANSACTION, .slot = observer->guest->registers.sp, .origin = kind};
    return observer_begin(observer, kind, frame, true);
}

struct error *observer_enter_place(struct observer *observer, const struct catalog_place *place) {
    struct track_frame frame = {.kind = TRACK_TRANSACTION,
                                .slot = observer->guest->registers.sp - (uint64_t)place->depth,
                                .origin = (const void *)(uintptr_t)place->instance,
                                .exits = place->exits,
                                .exit_count = place->exit_count};
    return observer_begin(observer, &observer->catalog->transactions[place->transaction], frame, place->whole);
}

/* The innermost transaction that is under way where the guest stands; 0 = none. */
static int64_t observer_innermost(const struct observer *observer) {
    uint64_t sp = observer->guest->registers.sp;
    const struct track_frame *frame = track_innermost(track_stack_at(&observer->track, sp), sp);
    const struct open_transaction *open = frame ? frame->payload : NULL;
    return open ? open->observation : 0;
}

struct error *observer_defer(struct observer *observer, const struct catalog_deferral *deferral) {
    struct error *error = guest_call_arguments(observer->guest);
    const uint64_t *arguments = observer->guest->registers.arguments;
    uint64_t function = arguments[deferral->argument];
    bool valid = true;
    if (!error && deferral->indirect) {
        error = guest_read_word(observer->guest, function + deferral->member, &function, &valid);
    }
    if (!error && valid && function && catalog_at(observer->catalog, function)) {
        causes_note(&observer->causes, function, arguments, observer_innermost(observer));
    }
    return error ? error : causes_failed(&observer->causes);
}

/* ------------------------------------------------------------------------------------------------ ends */

/* Adds what the transactions that run have changed: where the watchpoint at `address` lies, 0 = anywhere. */
static struct error *observer_look_at_stores(struct observer *observer, uint64_t address, bool lost) {
    struct error *error = NULL;
    for (size_t i = 0; i < TRACK_CPUS; i++) {
        struct track_stack *stack = observer->track.running[i];
        for (size_t k = stack ? track_running(stack) : 0; stack && !error && k < stack->count; k++) {
            error = open_look(observer, stack->frames[k].payload, address, lost || observer->crowded);
        }
    }
    return error;
}

struct error *observer_stores(struct observer *observer, const struct stop_reply *reply, bool late) {
    bool told = reply->watch != STOP_WATCH_NONE;
    bool set = told && points_watch(observer->points, reply->watch_address);
    /* A stop that was asked for ends a piece, which shows what was stored last: what that changed back was told before. */
    if (!observer->spans.of || observer->open == 0 || reply->code != SIGTRAP || !told) {
        return NULL;
    }
    return observer_look_at_stores(observer, set && !late ? reply->watch_address : 0, !set || late);
}

/* Closes the frame that the CPU looked at has just returned from; *out_closed is false when there is none. */
static struct error *observer_return(struct observer *observer, bool *out_closed) {
    const struct guest_registers *registers = &observer->guest->registers;
    struct track_stack *stack = NULL;
    size_t index = 0;
    bool returned = track_returned(&observer->track, registers->pc, registers->sp, &stack, &index);
    stack = returned ? stack : track_stack_at(&observer->track, registers->sp);
    *out_closed = returned || (stack && track_left(stack, registers->pc, registers->sp, &index));
    if (!*out_closed) {
        return NULL;
    }
    struct track_frame frame = stack->frames[index];
    struct error *error = frame_unwatch(observer, &frame);
    struct open_transaction *open = frame.payload;
    if (!error && frame.kind == TRACK_TRANSACTION) {
        /* Without a known switch function the CPU may have been elsewhere since. */
        error = observer_place(observer, stack);
    }
    if (!error && open) {
        error = open_close(observer, open);
    }
    if (error) {
        return error;
    }
    stack->frames[index].payload = NULL;
    track_leave(stack, index, frame_abandoned, observer);
    if (open) {
        open_destroy(open);
        observer->open--;
    }
    error = callback_error(observer);
    if (!error && frame.kind == TRACK_INTERRUPT) {
        track_run(&observer->track, observer->guest->cpu, stack);
        error = stack_resume(observer, stack);
    }
    return error;
}

static struct error *observer_returns_here(struct observer *observer) {
    struct error *error = heap_watch_returned(&observer->heap, observer->guest, observer->points);
    bool closed = true;
    while (!error && closed) {
        error = observer_return(observer, &closed);
    }
    return error;
}

/* Is anything watched for whose end another CPU may stand at? */
static bool observer_awaits_returns(const struct observer *observer) {
    bool awaits = observer->open > 0 || observer->heap.call_count > 0;
    for (size_t i = 0; !awaits && i < observer->track.count; i++) {
        awaits = observer->track.stacks[i]->count > 0;
    }
    return awaits;
}

struct error *observer_returns(struct observer *observer) {
    char stopped[STOP_THREAD_LENGTH];
    struct error *error = observer_returns_here(observer);
    if (error || observer->cpus < 2 || !observer_awaits_returns(observer)) {
        return error;
    }
    snprintf(stopped, sizeof stopped, "%s", observer->guest->thread);
    for (uint32_t i = 0; !error && i < observer->cpus; i++) {
        if (strcmp(observer->threads[i], stopped) != 0) {
            error = guest_look(observer->guest, observer->threads[i]);
            if (!error) {
                error = observer_returns_here(observer);
            }
        }
    }
    return error ? error : guest_look(observer->guest, stopped);
}

/* ------------------------------------------------------------------------------------------------ interrupts and switches */

struct error *observer_interrupt(struct observer *observer) {
    const struct guest_registers *registers = &observer->guest->registers;
    struct track_stack *stack = NULL;
    struct guest_return back = {0};
    bool valid = false;
    struct error *error = observer_stack(observer, registers->sp, &stack);
    if (!error) {
        error = guest_interrupt_return(observer->guest, &back, &valid);
    }
    bool transaction_runs = !error && track_running(stack) < stack->count;
    if (error || !valid || !transaction_runs) {
        return error;
    }
    error = stack_pause(observer, stack);
    struct track_frame frame = {.kind = TRACK_INTERRUPT, .slot = registers->sp, .return_pc = back.pc, .return_sp = back.sp};
    if (!error) {
        error = track_enter(stack, &frame, frame_abandoned, observer);
    }
    if (!error) {
        error = callback_error(observer);
    }
    return error ? error : frame_watch(observer, &frame);
}

void observer_passed(struct observer *observer, uint64_t pc, uint64_t sp) {
    const struct track_stack *stack = track_stack_at(&observer->track, sp);
    for (size_t i = stack ? stack->count : 0; i-- > 0 && stack->frames[i].kind == TRACK_TRANSACTION;) {
        struct open_transaction *open = stack->frames[i].payload;
        if (open->entry_pc != pc || open->entry_sp != sp) {
            break;
        }
        open->begun = true;
    }
}

struct error *observer_switched(struct observer *observer) {
    struct track_stack *stack = NULL;
    struct error *error = observer_stack(observer, observer->guest->registers.sp, &stack);
    return error ? error : observer_place(observer, stack);
}

struct error *observer_learn_switch(struct observer *observer, int timeout_ms) {
    struct guest *guest = observer->guest;
    struct track_stack *before = NULL;
    struct error *error = observer_stack(observer, guest->registers.sp, &before);
    if (!error) {
        error = observer_look_at_stores(observer, 0, true); /* the steps are not asked about stores */
    }
    for (int step = 0; !error && step < SWITCH_STEPS && !observer->landing; step++) {
        enum session_wait outcome = SESSION_TIMEOUT;
        struct stop_reply reply;
        error = session_step(guest->session, guest->thread);
        if (!error) {
            error = session_wait(guest->session, timeout_ms, -1, &outcome, &reply);
        }
        if (!error && (outcome != SESSION_STOPPED || reply.kind != STOP_SIGNAL)) {
            error = error_create(ERROR_TARGET, "the guest did not step through its switch function");
        }
        if (!error) {
            error = guest_stopped(guest, &reply);
        }
        struct track_stack *now = NULL;
        if (!error) {
            now = track_stack_at(&observer->track, guest->registers.sp);
        }
        if (!error && now != before) {
            observer->landing = guest->registers.pc;
        }
    }
    if (!error && !observer->landing) {
        error = error_create(ERROR_MISMATCH, "manifest: [switch] function at 0x%llx did not change the stack within %d instructions",
                             (unsigned long long)observer->catalog->switch_entry, SWITCH_STEPS);
    }
    if (!error && observer->switch_armed) {
        observer->switch_armed = false;
        error = points_remove(observer->points, SESSION_BREAK_SOFTWARE, observer->catalog->switch_entry, guest->arch->break_length);
    }
    return error ? error : observer_switched(observer);
}

const char *observer_turn(const struct observer *observer) {
    return observer->cpus > 1 ? observer->threads[observer->turn] : NULL;
}

bool observer_turn_is_busy(const struct observer *observer) {
    const struct track_stack *stack = observer->track.running[observer->turn % TRACK_CPUS];
    return stack && (stack->count > 0 || observer->heap.call_count > 0);
}

struct error *observer_turn_next(struct observer *observer) {
    struct error *error = guest_look(observer->guest, observer->threads[observer->turn]);
    /* Nobody runs between two turns, wherever the processor was last seen. */
    for (size_t i = 0; !error && i < observer->track.count; i++) {
        error = stack_pause(observer, observer->track.stacks[i]);
    }
    if (error) {
        return error;
    }
    observer->turn = (observer->turn + 1) % observer->cpus;
    error = guest_look(observer->guest, observer->threads[observer->turn]);
    struct track_stack *stack = error ? NULL : observer->track.running[observer->guest->cpu % TRACK_CPUS];
    return stack ? stack_resume(observer, stack) : error;
}

static bool observer_transaction_runs(const struct observer *observer) {
    for (size_t i = 0; i < TRACK_CPUS; i++) {
        const struct track_stack *stack = observer->track.running[i];
        if (stack && track_running(stack) < stack->count) {
            return true;
        }
    }
    return false;
}

struct error *observer_arm(struct observer *observer) {
    const struct catalog *catalog = observer->catalog;
    uint32_t length = observer->guest->arch->break_length;
    bool want_interrupts = observer_transaction_runs(observer);
    bool want_switch = observer->open > 0 && catalog->switch_entry;
    struct error *error = NULL;
    if (want_interrupts != observer->interrupts_armed) {
        for (uint32_t i = 0; !error && i < catalog->interrupt_count; i++) {
            error = want_interrupts ? points_add(observer->points, SESSION_BREAK_SOFTWARE, catalog->interrupts[i], length)
                                    : points_remove(observer->points, SESSION_BREAK_SOFTWARE, catalog->interrupts[i], length);
        }
        observer->interrupts_armed = want_interrupts;
    }
    if (!error && want_switch != observer->switch_armed) {
        uint64_t address = observer->landing ? observer->landing : catalog->switch_entry;
        error = want_switch ? points_add(observer->points, SESSION_BREAK_SOFTWARE, address, length)
                            : points_remove(observer->points, SESSION_BREAK_SOFTWARE, address, length);
        observer->switch_armed = want_switch;
    }
    return error;
}

struct error *observer_finish(struct observer *observer) {
    struct error *error = NULL;
    for (uint32_t i = 0; !error && i < observer->catalog->count; i++) {
        if (observer->abandoned[i] && !observer->seen[i]) {
            error = journal_mark_divergent(observer->journal, observer->catalog->transactions[i].id);
        }
    }
    return error;
}

void observer_tell(const struct observer *observer, struct text *out) {
    if (observer->crowded) {
        text_append(out, "the stub does not let one CPU run alone: what transactions beside may have changed is shared\n");
    }
    if (observer->cut_walks) {
        text_append_format(out, "%llu snapshots were cut by the object budget: their transactions may lack changes\n",
                           (unsigned long long)observer->cut_walks);
    }
    if (observer->ambiguous) {
        text_append_format(out, "%llu pointers had several possible types and were settled by what fits their bytes\n",
                           (unsigned long long)observer->ambiguous);
    }
    if (observer->unknown_clients) {
        text_append_format(out, "the client of %llu transactions could not be told: their task stands for it\n",
                           (unsigned long long)observer->unknown_clients);
    }
    if (observer->unknown_stacks) {
        text_append_format(out, "%llu stacks belong to no known task\n", (unsigned long long)observer->unknown_stacks);
    }
}
