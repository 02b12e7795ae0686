#include "watcher.h"

#include <stdlib.h>
#include <string.h>

#include "spillscope/stack_map.h"
#include "returns.h"
#include "watcher_messages.h"
#include "watcher_private.h"

enum { SWITCH_CALLEE_BYTES = 4096 };

/* ------------------------------------------------------------------------------------------------ beginning and end */

struct error *watcher_init(struct watcher *watcher, const struct watcher_inputs *inputs) {
    *watcher = (struct watcher){.image = inputs->plan->image,
                                .plan = inputs->plan,
                                .catalog = inputs->catalog,
                                .sites = inputs->sites,
                                .ring = inputs->ring,
                                .calls = VECTOR_OF(struct watcher_call),
                                .cpu_count = inputs->cpus};
    watcher->ground = (struct capture_ground){.plan = inputs->plan,
                                              .memory = inputs->memory,
                                              .dirty = inputs->dirty,
                                              .shadow = inputs->shadow,
                                              .allocations = &watcher->allocations,
                                              .heap_events = VECTOR_OF(struct heap_event),
                                              .translation = {.paging = ARCH_PAGING_LEVELS, .levels = 4}};
    causes_init(&watcher->causes);
    groups_init(&watcher->groups);
    if (inputs->cpus > WATCHER_CPUS) {
        return error_create(ERROR_USAGE, "the recorder handles up to %d processors, not %u", WATCHER_CPUS, inputs->cpus);
    }
    watcher->arch = arch_by_machine(watcher->image->machine, watcher->image->pointer_size);
    if (!watcher->arch) {
        return error_create(ERROR_FORMAT, "%s: machine %u is not supported (%s are)", watcher->image->path, watcher->image->machine, arch_names());
    }
    watcher->captures = calloc((size_t)inputs->catalog->count + inputs->catalog->group_count, sizeof *watcher->captures);
    if (!watcher->captures) {
        return error_out_of_memory();
    }
    for (uint32_t i = 0; i < inputs->catalog->count; i++) {
        capture_init(&watcher->captures[i], inputs->catalog->transactions[i].scope);
    }
    for (uint32_t i = 0; i < inputs->catalog->group_count; i++) {
        capture_init(&watcher->captures[inputs->catalog->count + i], inputs->catalog->groups[i].scope);
    }
    capture_init(&watcher->tasks, inputs->catalog->task_scope);
    struct error *error = NULL;
    for (uint32_t i = 0; !error && i < inputs->catalog->boot_stack_count; i++) {
        const struct catalog_boot_stack *boot = &inputs->catalog->boot_stacks[i];
        struct track_stack *stack = NULL;
        error = track_stack_add(&watcher->track, boot->low, boot->high, boot->name, true, &stack);
    }
    return error ? error : stack_map_ranges(&watcher->track, &watcher->ground.stacks, &watcher->ground.stack_count);
}

void watcher_deinit(struct watcher *watcher) {
    for (size_t s = 0; s < watcher->track.count; s++) {
        for (size_t i = 0; i < watcher->track.stacks[s]->count; i++) {
            free(watcher->track.stacks[s]->frames[i].payload);
        }
    }
    while (watcher->spare) {
        struct open_transaction *next = watcher->spare->next;
        free(watcher->spare);
        watcher->spare = next;
    }
    for (uint32_t i = 0; watcher->captures && i < watcher->catalog->count + watcher->catalog->group_count; i++) {
        capture_deinit(&watcher->captures[i]);
    }
    free(watcher->captures);
    capture_deinit(&watcher->tasks);
    track_deinit(&watcher->track);
    allocations_deinit(&watcher->allocations);
    vector_deinit(&watcher->calls);
    causes_deinit(&watcher->causes);
    groups_deinit(&watcher->groups);
    vector_deinit(&watcher->ground.heap_events);
    free(watcher->ground.stacks);
    store_log_pool_deinit(&watcher->logs);
}

/* ------------------------------------------------------------------------------------------------ the state of a kind */

/* Objects in tasks' stacks are walked through: from now on stores to these stacks count as well. */
static void watcher_see_stacks(struct watcher *watcher, const struct snapshot *snapshot) {
    for (uint32_t i = 0; i < snapshot->count; i++) {
        struct track_stack *stack = snapshot->regions[i].stack ? track_stack_at(&watcher->track, snapshot->regions[i].address) : NULL;
        for (uint32_t c = 0; stack && !stack->seen && c < watcher->cpu_count; c++) {
            if (watcher->cpus[c].stack == stack) {
                watcher->cpus[c].stack_size = 0;
            }
        }
        if (stack) {
            stack->seen = true;
        }
    }
}

/* Brings the probe's picture of one capture up to date. */
static struct error *watcher_update(struct watcher *watcher, uint32_t index, const char *name, const struct snapshot_parameter *parameters,
                                    size_t parameter_count) {
    struct capture *capture = &watcher->captures[index];
    enum capture_result result = CAPTURE_SAME;
    struct error *error = capture_look(capture, &watcher->ground, parameters, parameter_count, &result);
    if (error) {
        return error_wrap(error, "snapshot of %s", name);
    }
    if (result == CAPTURE_RESHAPED) {
        watcher_see_stacks(watcher, capture->now);
        send_snapshot(watcher, index, capture->now);
    } else if (result == CAPTURE_CHANGED) {
        send_changes(watcher, index, capture);
    }
    return NULL;
}

static struct error *watcher_look(struct watcher *watcher, const struct open_transaction *open) {
    return watcher_update(watcher, (uint32_t)(open->kind - watcher->catalog->transactions), open->kind->name, open->parameters,
                          open->parameter_count);
}

static struct error *watcher_look_at_group(struct watcher *watcher, const struct open_transaction *open) {
    uint32_t group = open->kind->group - 1;
    return watcher_update(watcher, watcher->catalog->count + group, watcher->catalog->groups[group].name, NULL, 0);
}

/* ------------------------------------------------------------------------------------------------ who runs where */

void watcher_filter_add(struct watcher *watcher, uint64_t return_pc) {
    watcher->filter[watcher_slot(return_pc)]++;
}
void watcher_filter_remove(struct watcher *watcher, uint64_t return_pc) {
    watcher->filter[watcher_slot(return_pc)]--;
}

/* What the CPU's stores count for from now on. */
static void cpu_follow(struct watcher_cpu *cpu, struct track_stack *stack) {
    const struct track_frame *top = stack && stack->count ? &stack->frames[stack->count - 1] : NULL;
    const struct open_transaction *open = top && top->kind == TRACK_TRANSACTION ? top->payload : NULL;
    cpu->stack = stack;
    cpu->stack_low = stack ? stack->low : 0;
    cpu->stack_size = stack && stack->known && !stack->seen ? /* a guess may hold states as well */ stack->high - stack->low : 0;
    cpu->log = open ? open->log : NULL;
}

static void stack_disturb(const struct track_stack *stack) {
    for (size_t i = stack ? track_running(stack) : 0; stack && i < stack->count; i++) {
        struct open_transaction *open = stack->frames[i].payload;
        open->disturbed = true;
    }
}

/* A transaction has ended; `failed` by its result, or without return. */
static struct error *watcher_group_left(struct watcher *watcher, const struct open_transaction *open, bool failed) {
    enum group_event event = groups_leave(&watcher->groups, open->kind, open->group, failed);
    struct error *error = event == GROUP_ENDS ? watcher_look_at_group(watcher, open) : NULL;
    if (!error && (event == GROUP_ENDS || event == GROUP_VANISHES)) {
        send_group(watcher, open, event);
    }
    return error;
}

/* A frame went without returning. */
static void frame_abandoned(void *context, struct track_stack *stack, const struct track_frame *frame) {
    struct watcher *watcher = context;
    struct open_transaction *open = frame->payload;
    (void)stack;
    watcher_filter_remove(watcher, frame->return_pc);
    if (open) {
        send_leave(watcher, open, true, 0);
        struct error *error = watcher_group_left(watcher, open, true);
        if (error && watcher->error) {
            error_destroy(error);
        } else if (error) {
            watcher->error = error;
        }
        if (open->first) {
            store_log_give(&watcher->logs, open->log);
        }
        watcher->open--;
        open->next = watcher->spare;
        watcher->spare = open;
    }
}

/* Looks where the tasks' stacks lie, if anything that tells it has changed. */
static struct error *watcher_refresh(struct watcher *watcher) {
    enum capture_result result = CAPTURE_SAME;
    if (!watcher->catalog->task_scope) {
        return NULL;
    }
    struct error *error = capture_look(&watcher->tasks, &watcher->ground, NULL, 0, &result);
    if (error || result == CAPTURE_SAME) {
        return error;
    }
    bool moved = false;
    error = stack_map_update(watcher->catalog, watcher->plan, watcher->tasks.now, &watcher->track, &moved);
    if (error || !moved) {
        return error;
    }
    for (size_t i = 0; i < watcher->track.count; i++) {
        struct track_stack *stack = watcher->track.stacks[i];
        if (stack->gone) {
            track_abandon(stack, frame_abandoned, watcher);
        }
        for (uint32_t c = 0; stack->gone && c < watcher->cpu_count; c++) {
            if (watcher->cpus[c].stack == stack) {
                cpu_follow(&watcher->cpus[c], NULL);
            }
        }
    }
    free(watcher->ground.stacks);
    watcher->ground.stacks = NULL;
    watcher->ground.stacks_version++;
    return stack_map_ranges(&watcher->track, &watcher->ground.stacks, &watcher->ground.stack_count);
}

/* The CPU runs on the stack of this stack pointer: if that is news, it was switched without being seen. */
static struct error *watcher_stand(struct watcher *watcher, const struct watcher_place *place, struct track_stack **out_stack) {
    struct watcher_cpu *cpu = &watcher->cpus[place->cpu];
    struct track_stack *stack = cpu->stack;
    struct error *error = NULL;
    watcher->ground.translation.root = place->root;
    if (!stack || !stack->known || stack->gone || place->sp < stack->low || place->sp >= stack->high) {
        stack = track_stack_at(&watcher->track, place->sp);
        if (!stack || !stack->known) {
            error = watcher_refresh(watcher);
            stack = track_stack_at(&watcher->track, place->sp);
        }
        if (!error && !stack) {
            error = stack_map_guess(&watcher->track, place->sp, &stack);
        }
    }
    if (error) {
        return error;
    }
    if (stack != cpu->stack) {
        stack_disturb(cpu->stack);
        stack_disturb(stack);
        cpu_follow(cpu, stack);
    }
    *out_stack = stack;
    return NULL;
}

/* ------------------------------------------------------------------------------------------------ transactions */

/* Every transaction that is open beside a new one, on another stack or under an interrupt, overlaps with it. */
static void open_note_others(const struct watcher *watcher, const struct track_stack *own_stack, struct open_transaction *open) {
    for (size_t s = 0; watcher->open && s < watcher->track.count; s++) {
        const struct track_stack *stack = watcher->track.stacks[s];
        size_t end = stack == own_stack ? track_running(stack) : stack->count;
        for (size_t i = 0; i < end; i++) {
            struct open_transaction *other = stack->frames[i].payload;
            if (other && other->kind->entity_id == open->kind->entity_id) {
                other->overlapped = true;
                open->overlapped = true;
            }
        }
    }
}

static void open_destroy(struct watcher *watcher, struct open_transaction *open) {
    open->next = watcher->spare;
    watcher->spare = open;
}

static struct open_transaction *open_create(struct watcher *watcher, const struct watcher_place *place, const struct catalog_transaction *kind,
                                            const struct track_stack *stack) {
    struct open_transaction *open = watcher->spare;
    if (open) {
        watcher->spare = open->next;
    } else {
        open = malloc(sizeof *open);
    }
    if (!open) {
        return NULL;
    }
    *open = (struct open_transaction){.kind = kind};
    open->number = ++watcher->number;
    open->disturbed = watcher->cpu_count > 1;
    for (uint32_t i = 0; i < kind->parameter_count; i++) {
        uint8_t index = kind->parameters[i].index;
        uint64_t value = index < WATCHER_ARGUMENTS ? place->arguments[index] : 0;
        if (value) {
            open->parameters[open->parameter_count++] =
                (struct snapshot_parameter){.address = value, .shape = kind->parameters[i].shape, .number = kind->parameters[i].number};
        }
    }
    const struct track_frame *parent = track_parent(stack);
    const struct open_transaction *outer = parent ? parent->payload : NULL;
    open->first = !outer;
    open->log = outer ? outer->log : store_log_take(&watcher->logs);
    open->log_start = open->log ? open->log->count : 0;
    return open;
}

struct client_reader {
    struct watcher *watcher;
    unsigned cpu;
};

static bool client_read(void *context, uint64_t address, void *bytes, size_t count) {
    struct client_reader *reader = context;
    const struct capture_ground *ground = &reader->watcher->ground;
    bool valid = false;
    if (count == reader->watcher->arch->pointer_size && address % count == 0) {
        uint64_t word = 0;
        valid = watcher_read_word(reader->watcher, reader->cpu, address, &word);
        memcpy(bytes, &word, count);
        return valid;
    }
    guest_memory_moved(ground->memory, &ground->translation);
    struct error *error = guest_memory_read(ground->memory, address, bytes, count, &valid);
    error_destroy(error);
    return !error && valid;
}

/* For whom the transaction that begins here is, as send_enter takes it. */
static const char *watcher_client(struct watcher *watcher, const struct watcher_place *place, const struct catalog_transaction *kind, bool whole,
                                  char text[CLIENT_TEXT]) {
    struct client_reader reader = {watcher, place->cpu};
    struct client_place where = {.cpu = place->cpu, .arguments = whole ? place->arguments : NULL, .read = client_read, .context = &reader};
    if (!kind->client.present) {
        return NULL;
    }
    return client_evaluate(&kind->client, &where, text) ? text : "";
}

static struct error *watcher_group_entered(struct watcher *watcher, struct open_transaction *open, const char *client) {
    struct error *error = NULL;
    if (groups_enter(&watcher->groups, open->kind, client, &open->group) == GROUP_BEGINS) {
        error = watcher_look_at_group(watcher, open);
        send_group(watcher, open, GROUP_BEGINS);
    }
    return !error && groups_failed(&watcher->groups) ? error_out_of_memory() : error;
}

static struct error *watcher_open(struct watcher *watcher, const struct watcher_place *place, const struct catalog_transaction *kind,
                                  struct track_stack *stack, struct track_frame frame, bool whole) {
    /* Frames that cannot return any more go first: they are no parents. */
    struct error *error = track_enter(stack, &frame, frame_abandoned, watcher);
    if (error) {
        return error;
    }
    stack->count--; /* the frame comes back with its transaction */
    const struct track_frame *parent = track_parent(stack);
    const struct open_transaction *outer = parent ? parent->payload : NULL;
    struct open_transaction *open = open_create(watcher, place, kind, stack);
    if (!open) {
        return error_out_of_memory();
    }
    open->whole = whole;
    open_note_others(watcher, stack, open);
    error = watcher_look(watcher, open);
    open->walks = watcher->captures[kind - watcher->catalog->transactions].walks;
    frame.payload = open;
    if (!error) {
        error = track_enter(stack, &frame, frame_abandoned, watcher);
    }
    if (error) {
        open_destroy(watcher, open);
        return error;
    }
    watcher->open++;
    watcher_filter_add(watcher, frame.return_pc);
    bool direct = outer && !kind->asynchronous;
    uint64_t cause = direct ? 0 : (uint64_t)causes_take(&watcher->causes, kind->entry, place->arguments[0]);
    char text[CLIENT_TEXT];
    const char *client = watcher_client(watcher, place, kind, whole, text);
    error = watcher_group_entered(watcher, open, client && *client ? client : stack->name);
    send_enter(watcher, open, place, stack, outer ? outer->number : 0, cause, client);
    cpu_follow(&watcher->cpus[place->cpu], stack);
    return error;
}

/* A transaction begins in the call with the frame's slot. */
static struct error *watcher_begin(struct watcher *watcher, const struct watcher_place *place, const struct catalog_transaction *kind,
                                   struct track_frame frame, bool whole) {
    struct track_stack *stack = NULL;
    struct guest_return back = {.sp = frame.slot + watcher->arch->pointer_size};
    struct error *error = watcher_stand(watcher, place, &stack);
    if (!error) {
        error = watcher_refresh(watcher);
    }
    if (error) {
        return error;
    }
    if (!(whole ? watcher_call_return(watcher, place, &back) : watcher_read_word(watcher, place->cpu, frame.slot, &back.pc))) {
        return error_create(ERROR_TARGET, "%s: its stack at 0x%llx cannot be read", kind->name, (unsigned long long)frame.slot);
    }
    frame.return_pc = back.pc;
    frame.return_sp = back.sp;
    const struct track_frame *standing = whole ? NULL : track_standing(stack, frame.slot, frame.origin);
    if (standing && standing->return_pc == frame.return_pc) {
        return NULL; /* a loop that comes by again: the transaction goes on */
    }
    return watcher_open(watcher, place, kind, stack, frame, whole);
}

struct error *watcher_enter(struct watcher *watcher, const struct watcher_place *place, const struct catalog_transaction *kind) {
    struct track_frame frame = {.kind = TRACK_TRANSACTION, .slot = place->sp, .origin = kind};
    return watcher_begin(watcher, place, kind, frame, true);
}

struct error *watcher_enter_place(struct watcher *watcher, const struct watcher_place *place, const struct catalog_place *entry) {
    struct track_frame frame = {.kind = TRACK_TRANSACTION,
                                .slot = place->sp - (uint64_t)entry->depth,
                                .origin = (const void *)(uintptr_t)entry->instance,
                                .exits = entry->exits,
                                .exit_count = entry->exit_count};
    return watcher_begin(watcher, place, &watcher->catalog->transactions[entry->transaction], frame, entry->whole);
}

struct error *watcher_defer(struct watcher *watcher, const struct watcher_place *place, const struct catalog_deferral *deferral) {
    struct track_stack *stack = NULL;
    uint64_t function = place->arguments[deferral->argument];
    struct error *error = watcher_stand(watcher, place, &stack);
    if (error || (deferral->indirect && !watcher_read_word(watcher, place->cpu, function + deferral->member, &function)) || !function ||
        !catalog_at(watcher->catalog, function)) {
        return error;
    }
    const struct track_frame *frame = track_innermost(stack, place->sp);
    const struct open_transaction *open = frame ? frame->payload : NULL;
    causes_note(&watcher->causes, function, place->arguments, open ? (int64_t)open->number : 0);
    if (open) {
        send_defer(watcher, open);
    }
    return causes_failed(&watcher->causes);
}

static struct error *open_close(struct watcher *watcher, struct open_transaction *open, uint64_t result) {
    struct error *error = watcher_refresh(watcher); /* it may have made tasks, whose stacks are temporary */
    if (!error) {
        error = watcher_look(watcher, open);
    }
    /* Of an object that is new only what was stored to counts. */
    open->disturbed = open->disturbed || open->walks != watcher->captures[open->kind - watcher->catalog->transactions].walks;
    if (!error && open->disturbed) {
        error = send_own(watcher, open);
    }
    if (!error) {
        send_leave(watcher, open, false, result);
        bool known = open->kind->result_known && open->whole;
        error = watcher_group_left(watcher, open, known && catalog_result(open->kind, result) < 0);
    }
    return error;
}

/* The innermost frame of the stack that ends here; false = none. */
static bool frame_find(const struct track_stack *stack, const struct watcher_place *place, size_t *out_index) {
    for (size_t i = stack->count; i-- > 0;) {
        if (stack->frames[i].return_pc == place->pc && stack->frames[i].return_sp == place->sp) {
            *out_index = i;
            return true;
        }
    }
    return false;
}

static struct error *watcher_return(struct watcher *watcher, const struct watcher_place *place, struct track_stack *stack, size_t index) {
    struct track_frame frame = stack->frames[index];
    struct open_transaction *open = frame.payload;
    struct error *error = open ? open_close(watcher, open, place->wide_result) : NULL;
    if (error) {
        return error;
    }
    stack->frames[index].payload = NULL;
    track_leave(stack, index, frame_abandoned, watcher);
    watcher_filter_remove(watcher, frame.return_pc);
    if (open) {
        if (open->first) {
            store_log_give(&watcher->logs, open->log);
        }
        open_destroy(watcher, open);
        watcher->open--;
    }
    cpu_follow(&watcher->cpus[place->cpu], stack);
    return NULL;
}

/* Ends all that has returned to this place: one return ends a tail call and its caller. */
static struct error *watcher_returns(struct watcher *watcher, const struct watcher_place *place, struct track_stack *stack) {
    struct error *error = NULL;
    size_t index = 0;
    while (!error && frame_find(stack, place, &index)) {
        error = watcher_return(watcher, place, stack, index);
    }
    return error;
}

static struct error *watcher_leaves(struct watcher *watcher, const struct watcher_place *place, struct track_stack *stack) {
    struct error *error = NULL;
    size_t index = 0;
    while (!error && track_left(stack, place->pc, place->sp, &index)) {
        error = watcher_return(watcher, place, stack, index);
    }
    return error;
}

struct error *watcher_leave(struct watcher *watcher, const struct watcher_place *place) {
    struct track_stack *stack = NULL;
    struct error *error = watcher_stand(watcher, place, &stack);
    return error ? error : watcher_leaves(watcher, place, stack);
}

/* ------------------------------------------------------------------------------------------------ interrupts and switches */

struct error *watcher_interrupt(struct watcher *watcher, const struct watcher_place *place) {
    struct watcher_cpu *cpu = &watcher->cpus[place->cpu];
    struct track_stack *stack = NULL;
    struct guest_return back = {0};
    if (cpu->switching) {
        return NULL; /* where it landed is seen at its end */
    }
    struct error *error = watcher_stand(watcher, place, &stack);
    if (error || track_running(stack) >= stack->count) {
        return error;
    }
    if (!watcher_interrupt_return(watcher, place, &back)) {
        return NULL;
    }
    struct track_frame frame = {.kind = TRACK_INTERRUPT, .slot = place->sp, .return_pc = back.pc, .return_sp = back.sp};
    /* What had returned there has ended, before what the interrupt does. */
    struct watcher_place returned = *place;
    returned.pc = back.pc;
    returned.sp = back.sp;
    error = watcher_returns(watcher, &returned, stack);
    error = error ? error : watcher_leaves(watcher, &returned, stack);
    if (error || track_running(stack) >= stack->count) {
        return error;
    }
    stack_disturb(stack);
    error = track_enter(stack, &frame, frame_abandoned, watcher);
    if (!error) {
        watcher_filter_add(watcher, frame.return_pc);
        cpu_follow(cpu, stack);
    }
    return error;
}

void watcher_switching(struct watcher *watcher, const struct watcher_place *place) {
    struct watcher_cpu *cpu = &watcher->cpus[place->cpu];
    watcher->switching += cpu->switching ? 0 : 1;
    cpu->switching = true;
    cpu->switch_sp = place->sp;
}

struct error *watcher_block(struct watcher *watcher, const struct watcher_place *place) {
    struct watcher_cpu *cpu = &watcher->cpus[place->cpu];
    struct track_stack *stack = NULL;
    if (cpu->switching) {
        /* A callee of the switch function, or an interrupt in it, runs just below its frame: not yet. */
        if (place->sp < cpu->switch_sp && cpu->switch_sp - place->sp < SWITCH_CALLEE_BYTES) {
            return NULL;
        }
        cpu->switching = false;
        watcher->switching--;
        struct error *error = watcher_stand(watcher, place, &stack);
        if (error) {
            return error;
        }
    }
    if (!watcher->filter[watcher_slot(place->pc)]) {
        return NULL;
    }
    struct error *error = watcher_allocator_returned(watcher, place);
    size_t index = 0;
    stack = error ? NULL : track_stack_at(&watcher->track, place->sp - 1);
    if (!stack || !frame_find(stack, place, &index)) {
        return error;
    }
    error = watcher_stand(watcher, place, &stack);
    return error ? error : watcher_returns(watcher, place, stack);
}
