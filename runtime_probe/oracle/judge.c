#include "judge.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "judge_heap.h"
#include "spillscope/progress.h"

/* Observed transactions between two checks of the heap's types. */
enum { CHECK_INTERVAL = 128 };

static struct error *judge_init(struct judge *judge, const struct oracle_request *request, const struct log_header *header) {
    *judge = (struct judge){
        .request = request, .image = request->image, .pending = VECTOR_OF(struct pending_object), .hooks = VECTOR_OF(struct judge_hook)};
    for (size_t cpu = 0; cpu < CONTEXT_CPUS_MAX; cpu++) {
        judge->given[cpu] = VECTOR_OF(uint64_t);
    }
    contexts_init(&judge->contexts);
    deferrals_init(&judge->deferrals);
    tally_init(&judge->tally);
    state_roots_init(&judge->roots, request->image);
    const struct arch *arch = arch_by_machine(request->image->machine, request->image->pointer_size);
    if (!arch || header->machine != request->image->machine) {
        return error_create(ERROR_MISMATCH, "%s is of machine %u, the log of %u (supported: %s)", request->image->path, request->image->machine,
                            header->machine, arch_names());
    }
    struct error *error = guest_memory_init(&judge->memory, arch, header->ram_base, header->ram_size);
    error = error ? error : heap_objects_init(&judge->heap, header->ram_base, header->ram_size);
    error = error ? error : program_load(request->store, request->image, &judge->program);
    error = error ? error : hook_plan_create(request->store, request->image, &judge->plan);
    if (error) {
        return error;
    }
    observations_init(&judge->observations);
    typing_init(&judge->typing, request->image, &judge->program, &judge->roots);
    kernel_map_init(&judge->map, request->image, &judge->program, &judge->memory);
    error = layout_load(request->store, request->image, &judge->map.layout);
    if (error) {
        return error;
    }
    reach_init(&judge->reach, request->image, &judge->program, &judge->roots);
    judge->open_window = !judge->plan->has_begin;
    return NULL;
}

static void judge_deinit(struct judge *judge) {
    observations_deinit(&judge->observations);
    reach_deinit(&judge->reach);
    kernel_map_deinit(&judge->map);
    typing_deinit(&judge->typing);
    hook_plan_destroy(judge->plan);
    program_deinit(&judge->program);
    heap_objects_deinit(&judge->heap);
    guest_memory_deinit(&judge->memory);
    state_roots_deinit(&judge->roots);
    tally_deinit(&judge->tally);
    contexts_deinit(&judge->contexts);
    deferrals_deinit(&judge->deferrals);
    for (size_t cpu = 0; cpu < CONTEXT_CPUS_MAX; cpu++) {
        vector_deinit(&judge->given[cpu]);
    }
    vector_deinit(&judge->pending);
    map_deinit(&judge->pending_at);
    map_deinit(&judge->places);
    map_deinit(&judge->check.seen);
    text_deinit(&judge->check.example);
    vector_deinit(&judge->hooks);
}

static bool judge_failed(const struct judge *judge) {
    for (size_t cpu = 0; cpu < CONTEXT_CPUS_MAX; cpu++) {
        if (judge->given[cpu].failed) {
            return true;
        }
    }
    return deferrals_failed(&judge->deferrals) || judge->contexts.all.failed || judge->contexts.parked.failed || tally_failed(&judge->tally) ||
           judge->roots.keys.failed || judge->roots.roots.failed || judge->roots.leaves.failed || judge->heap.objects.failed ||
           judge->heap.living.failed || judge->pending.failed || judge->hooks.failed || judge->observations.failed || judge->typing.names.failed ||
           judge->reach.queue.failed || judge->reach.slots.failed || judge->reach.runs.failed || judge->map.frames.failed ||
           judge->map.stacks.failed || judge->map.tables.failed;
}

static const struct recorder_hook *hook_of(const struct judge *judge, uint32_t number, enum hook_role role) {
    if (number >= judge->hooks.count) {
        return NULL;
    }
    const struct judge_hook *hook = VECTOR_AT(&judge->hooks, struct judge_hook, number);
    for (size_t i = hook->first; i < judge->plan->hook_count && judge->plan->hooks[i].address == hook->address; i++) {
        if (judge->plan->hooks[i].role == role) {
            return &judge->plan->hooks[i];
        }
    }
    return NULL;
}

static struct error *judge_hook_record(struct judge *judge, const struct record_hook *record) {
    uint64_t address = placement_is_home(record->address) ? record->address : record->address + judge->image->slide;
    size_t low = 0;
    while (low < judge->plan->hook_count && judge->plan->hooks[low].address < address) {
        low++;
    }
    if (low == judge->plan->hook_count || judge->plan->hooks[low].address != address || record->number > 1u << 20) {
        return error_create(ERROR_MISMATCH, "%s: the log watches address 0x%llx, which this database and image do not ask for",
                            judge->request->log_path, (unsigned long long)record->address);
    }
    while (judge->hooks.count <= record->number && !judge->hooks.failed) {
        vector_push(&judge->hooks);
    }
    if (!judge->hooks.failed) {
        *VECTOR_AT(&judge->hooks, struct judge_hook, record->number) = (struct judge_hook){address, low};
    }
    return NULL;
}

static void on_frame_end(void *context, const struct frame *frame, const struct record_leave *leave, bool returned) {
    struct judge *judge = context;
    if (frame->kind == FRAME_TRANSACTION) {
        if (returned) {
            judge->summary.transactions++;
            observation_finish(judge, frame->what, leave);
            if (judge->summary.transactions % CHECK_INTERVAL == 0) {
                typing_adopt(&judge->typing, &judge->map, &judge->heap, leave->root);
                typing_check(&judge->map, &judge->heap, &judge->roots, leave->root, &judge->check);
            }
        } else {
            judge->summary.killed++;
            observation_drop(&judge->observations, frame->what);
        }
        return;
    }
    const struct recorder_hook *hook = frame->kind == FRAME_ALLOCATOR ? &judge->plan->hooks[frame->what] : NULL;
    if (!hook || !returned) {
        return;
    }
    judge_heap_left(judge, hook, frame, leave, on_frame_end);
}

/* Called from inside its own entity, an entry point is an ordinary function; deferred work is a transaction whoever runs it. */
static bool call_is_internal(const struct judge *judge, uint32_t txn, uint64_t return_pc) {
    if (VECTOR_AT(&judge->program.txns, struct program_txn, txn)->deferred) {
        return false;
    }
    const struct function *caller = image_function_at(judge->image, return_pc - 1);
    uint32_t entity = caller ? program_entity_of(&judge->program, caller->file) : IMAGE_NONE;
    return entity != IMAGE_NONE && entity == VECTOR_AT(&judge->program.txns, struct program_txn, txn)->entity;
}

static uint64_t stack_physical(const struct judge *judge, const struct record_enter *enter) {
    uint64_t physical = UINT64_MAX;
    bool user = false;
    return judge->settled && guest_memory_translate(&judge->memory, enter->root, enter->stack, &physical, &user) ? physical : UINT64_MAX;
}

/* The transaction that is under way on the CPU, as index in the history plus 1; 0 = none. What an interrupt runs is not what it interrupted. */
static size_t judge_under_way(struct judge *judge, unsigned cpu) {
    const struct context *context = contexts_running(&judge->contexts, cpu);
    for (size_t i = context->count; i-- > 0 && context->frames[i].kind != FRAME_INTERRUPT;) {
        if (context->frames[i].kind == FRAME_TRANSACTION && context->frames[i].what != UINT32_MAX) {
            return judge->observations.all[context->frames[i].what].history + 1;
        }
    }
    return 0;
}

/* A function that lets another one run later is called: by the newest frame that is still there. */
static void judge_deferral(struct judge *judge, const struct recorder_hook *hook, const struct record_enter *enter) {
    const struct function *deferring = hook->deferred_member ? image_function_by_name(judge->image, hook->name) : NULL;
    uint64_t function = enter->arguments[hook->deferred];
    uint64_t offset = 0;
    uint32_t member = IMAGE_NONE;
    if (hook->deferred_member) {
        bool typed = deferring && (uint32_t)hook->deferred < deferring->parameter_count;
        const struct type *pointer = typed ? &judge->image->types[deferring->parameter_types[hook->deferred]] : NULL;
        if (!pointer || pointer->kind != TYPE_POINTER || !kernel_map_member(judge->image, pointer->target, hook->deferred_member, &offset, &member) ||
            !judge->settled || !guest_memory_word(&judge->memory, enter->root, function + offset, 8, &function)) {
            return;
        }
    }
    contexts_trim(&judge->contexts, enter, on_frame_end, judge);
    deferrals_add(&judge->deferrals, image_home(judge->image, function), enter->arguments, judge_under_way(judge, enter->cpu));
}

/* Which transaction encloses the one that begins, and which queued it. */
static void judge_relate(struct judge *judge, uint32_t txn, const struct record_enter *enter, size_t parent, struct observed *observed) {
    uint64_t function = VECTOR_AT(&judge->hooks, struct judge_hook, enter->hook)->address;
    observed->parent = parent;
    if (!parent || VECTOR_AT(&judge->program.txns, struct program_txn, txn)->deferred) {
        observed->caused_by = deferrals_redeem(&judge->deferrals, function, enter->arguments[0]);
    }
}

/* The n-th hook of a role at the address of this number; NULL = there are no more. */
static const struct recorder_hook *hook_next(const struct judge *judge, uint32_t number, enum hook_role role, const struct recorder_hook *last) {
    const struct recorder_hook *end = judge->plan->hooks + judge->plan->hook_count;
    const struct recorder_hook *hook = last ? last + 1 : hook_of(judge, number, role);
    return hook && hook < end && hook->role == role && hook->address == VECTOR_AT(&judge->hooks, struct judge_hook, number)->address ? hook : NULL;
}

/* False: it is no transaction after all, or the one that is under way already. */
static bool judge_transaction(struct judge *judge, const struct recorder_hook *hook, const struct record_enter *enter) {
    uint64_t txn = 0;
    if (!map_find(&judge->program.txn_by_id, (uint64_t)hook->txn, &txn) ||
        (!hook->place && call_is_internal(judge, (uint32_t)txn, enter->return_pc)) ||
        (judge->request->transactions && judge->observed >= judge->request->transactions)) {
        return false;
    }
    contexts_trim(&judge->contexts, enter, on_frame_end, judge);
    size_t parent = judge_under_way(judge, enter->cpu);
    struct frame *frame = contexts_enter(&judge->contexts, enter, hook->place);
    if (!frame) {
        return true;
    }
    if (!judge->map.ready) {
        kernel_map_image(&judge->map, enter->root);
    }
    const struct function *function = hook->place ? NULL : image_function_at(judge->image, hook->address);
    if (function && function->entry == hook->address) {
        typing_adopt_arguments(&judge->typing, &judge->map, &judge->heap, enter->root, function, enter->arguments, LOG_ARGUMENTS);
    }
    judge->observed++;
    frame->when = judge->sequence;
    frame->physical = stack_physical(judge, enter);
    frame->kind = FRAME_TRANSACTION;
    frame->what = observation_start(&judge->observations, (uint32_t)txn, enter->cpu, judge->sequence);
    if (frame->what != UINT32_MAX && !judge->observations.history.failed) {
        struct observed *observed = observations_newest(&judge->observations);
        observed->whole = !hook->place || hook->whole;
        judge_relate(judge, (uint32_t)txn, enter, parent, observed);
    }
    return true;
}

static void judge_allocator(struct judge *judge, const struct recorder_hook *allocator, const struct record_enter *enter, struct frame *frame) {
    uint64_t physical = 0;
    uint64_t offset = 0;
    bool user = false;
    frame->kind = FRAME_ALLOCATOR;
    frame->what = (uint32_t)(allocator - judge->plan->hooks);
    uint64_t pointer = allocator->pointer >= 0 ? enter->arguments[allocator->pointer] : 0;
    pointer = allocator->handle ? layout_page(&judge->map.layout, pointer) : pointer;
    if (judge->settled && allocator->pointer >= 0 && guest_memory_translate(&judge->memory, enter->root, pointer, &physical, &user)) {
        frame->object = heap_objects_at(&judge->heap, physical, &offset);
        frame->object = offset ? HEAP_NONE : frame->object;
    }
}

static void judge_enter(struct judge *judge, const struct record_enter *enter) {
    unsigned cpu = enter->cpu;
    judge->root[cpu] = enter->root;
    judge->cpus = cpu >= judge->cpus ? cpu + 1 : judge->cpus;
    if (hook_of(judge, enter->hook, ROLE_END)) {
        judge->open_window = false;
    }
    for (const struct recorder_hook *hook = NULL; (hook = hook_next(judge, enter->hook, ROLE_EXIT, hook));) {
        while (contexts_leave_place(&judge->contexts, enter, hook->place, hook->anywhere, on_frame_end, judge)) {
        }
    }
    const struct recorder_hook *deferral = hook_of(judge, enter->hook, ROLE_DEFERRAL);
    if (deferral) {
        judge_deferral(judge, deferral, enter);
    }
    bool transaction = false;
    for (const struct recorder_hook *hook = NULL;
         judge->open_window && judge->settled && (hook = hook_next(judge, enter->hook, ROLE_TRANSACTION, hook));) {
        transaction = judge_transaction(judge, hook, enter) || transaction;
    }
    const struct recorder_hook *allocator = hook_of(judge, enter->hook, ROLE_ALLOCATOR);
    bool interrupt = hook_of(judge, enter->hook, ROLE_INTERRUPT) != NULL;
    if (transaction || (!allocator && !interrupt)) {
        return;
    }
    contexts_trim(&judge->contexts, enter, on_frame_end, judge);
    struct frame *frame = contexts_enter(&judge->contexts, enter, 0);
    if (!frame) {
        return;
    }
    frame->when = judge->sequence;
    frame->physical = stack_physical(judge, enter);
    frame->kind = FRAME_INTERRUPT;
    if (allocator) {
        judge_allocator(judge, allocator, enter, frame);
    }
}

/* Within a transaction, and not in an interrupt that came in between? */
static bool context_is_inside(const struct context *context) {
    for (size_t i = context->count; i > 0 && context->frames[i - 1].kind != FRAME_INTERRUPT; i--) {
        if (context->frames[i - 1].kind == FRAME_TRANSACTION) {
            return true;
        }
    }
    return false;
}

static void judge_block(struct judge *judge, const struct record_block *block) {
    if (judge->request->trail && context_is_inside(contexts_running(&judge->contexts, block->cpu))) {
        const struct image *image = judge->image;
        trail_add(judge->request->trail,
                  &(struct trail_step){.from = image_home(image, block->from), .pc = image_home(image, block->pc), .bytes = block->bytes});
    }
}

/* An object came or went: what runs, and where its variables lie. */
static struct error *judge_moved(struct judge *judge, const struct record_moved *moved) {
    struct placement *placement = &judge->request->image->placement;
    if (moved->section >= placement->count) {
        return error_create(ERROR_MISMATCH, "%s: the log knows section %u of loadable objects, of which %u were given", judge->request->log_path,
                            moved->section, placement->count);
    }
    const struct placement_section *section = &placement->sections[moved->section];
    if (moved->running != PLACEMENT_NOWHERE && (!moved->section || strcmp(section[-1].object, section->object) != 0)) {
        judge->loads++;
        map_insert(&judge->places, moved->running, 1);
    }
    placement_put(placement, moved->section, moved->running);
    judge->map.stale = true;
    return NULL;
}

static struct error *judge_record(struct judge *judge, const union record *record) {
    if (judge->loading && record->kind != RECORD_PAGE) {
        judge->loading = false;
        judge_heap_settle(judge, judge->root[0]);
    }
    if (judge->map.stale && judge->map.ready && record->kind != RECORD_MOVED) { /* the sections of an object move one after the other */
        kernel_map_image(&judge->map, judge->map.root);
    }
    switch (record->kind) {
    case RECORD_HOOK:
        return judge_hook_record(judge, &record->hook);
    case RECORD_PAGE: {
        unsigned char *page = guest_memory_at(&judge->memory, record->page.physical, LOG_PAGE_BYTES);
        memcpy(page, record->page.bytes, LOG_PAGE_BYTES);
        break;
    }
    case RECORD_WINDOW:
        judge->loading = record->window.open && !judge->settled;
        judge->open_window = record->window.open;
        break;
    case RECORD_STORE:
        observation_store(judge, &record->store);
        break;
    case RECORD_ENTER:
        judge_enter(judge, &record->enter);
        break;
    case RECORD_LEAVE:
        judge->root[record->leave.cpu] = record->leave.root;
        contexts_leave(&judge->contexts, &record->leave, on_frame_end, judge);
        vector_clear(&judge->given[record->leave.cpu]);
        break;
    case RECORD_GIVEN:
        vector_append(&judge->given[record->given.cpu], &record->given.address, 1);
        break;
    case RECORD_SWITCH:
        judge->root[record->switched.cpu] = record->switched.root;
        contexts_switch(&judge->contexts, &record->switched);
        break;
    case RECORD_BLOCK:
        judge_block(judge, &record->block);
        break;
    case RECORD_MOVED:
        return judge_moved(judge, &record->moved);
    default:
        break;
    }
    return NULL;
}

static struct error *judge_replay(struct judge *judge, struct log *log) {
    struct progress *progress = progress_create("judging stores", log_size(log));
    const union record *record = NULL;
    struct error *error = NULL;
    while (!(error = log_next(log, &record)) && record) {
        judge->sequence++;
        error = judge_record(judge, record);
        if (error) {
            break;
        }
        if (judge->sequence % 65536 == 0) {
            progress_step(progress, log_position(log));
        }
    }
    progress_destroy(progress);
    if (!error) {
        contexts_end(&judge->contexts, on_frame_end, judge);
        kernel_map_stacks(&judge->map, &judge->heap, &judge->roots, judge->root[0]);
        typing_check(&judge->map, &judge->heap, &judge->roots, judge->root[0], &judge->check);
        judge->summary.checked_objects = judge->check.seen.count;
        judge->summary.disagreements = judge->check.disagreements;
        judge->summary.distinct = observations_distinct(&judge->observations, judge->program.txns.count);
        judge->summary.cut = log_was_cut(log) || log_header(log)->failed;
    }
    return !error && judge_failed(judge) ? error_out_of_memory() : error;
}

static struct error *judge_write(struct judge *judge) {
    const struct oracle_request *request = judge->request;
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_begin(request->store);
    error = error ? error
                  : store_prepare(request->store,
                                  "INSERT INTO run (tool, mode, started, ended, status, message, elf, build_id, command, cpus, paired_id) VALUES "
                                  "('oracle', 'recorder', "
                                  "strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(?1, strftime('%s', 'now')), 'unixepoch'), "
                                  "strftime('%Y-%m-%dT%H:%M:%SZ', coalesce(?1, strftime('%s', 'now')), 'unixepoch'), ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                                  &query);
    if (!error) {
        char message[512];
        const char *example = text_string(&judge->check.example);
        snprintf(message, sizeof message,
                 "slid by 0x%llx; observed %zu; killed %zu; lasting bytes %zu; objects checked %zu, of another type %zu%s%s%s, without site %zu; "
                 "owners overruled %zu; objects loaded %zu times at %zu places",
                 (unsigned long long)judge->image->slide, judge->summary.transactions, judge->summary.killed, judge->summary.lasting_bytes,
                 judge->summary.checked_objects, judge->summary.disagreements, *example && judge->summary.disagreements ? " (" : "",
                 judge->summary.disagreements ? example : "", *example && judge->summary.disagreements ? ")" : "", judge->summary.untyped_objects,
                 judge->summary.overruled, judge->loads, judge->places.count);
        query_bind_text(query, 1, getenv("SOURCE_DATE_EPOCH"));
        query_bind_text(query, 2, judge->summary.cut ? "interrupted" : "complete");
        query_bind_text(query, 3, message);
        query_bind_text(query, 4, request->elf);
        query_bind_text(query, 5, request->image->build_id);
        query_bind_text(query, 6, request->command);
        query_bind_int(query, 7, judge->cpus);
        if (request->paired_run) {
            query_bind_int(query, 8, request->paired_run);
        } else {
            query_bind_null(query, 8);
        }
        error = query_run(query);
    }
    if (!error) {
        judge->summary.run = store_last_id(request->store);
        error = observations_write(&judge->observations, request->store, judge->summary.run, &judge->program);
    }
    error = error ? error : tally_write(&judge->tally, request->store, judge->summary.run, &judge->program, &judge->roots, judge->image);
    return error ? error : store_commit(request->store);
}

struct error *oracle_judge(const struct oracle_request *request, struct oracle_summary *out_summary) {
    struct log *log __attribute__((cleanup(scope_log))) = NULL;
    struct error *error = log_open(request->log_path, &log);
    if (error) {
        return error;
    }
    struct judge *judge = calloc(1, sizeof *judge);
    if (!judge) {
        return error_out_of_memory();
    }
    image_slide_to(request->image, log_header(log)->slide);
    error = judge_init(judge, request, log_header(log));
    error = error ? error : judge_replay(judge, log);
    if (!error && log_header(log)->failed) {
        error = error_create(ERROR_INCOMPLETE, "%s: the recording ended early: %s", request->log_path, strerror((int)log_header(log)->failed));
    }
    if (!error && !judge->summary.transactions) {
        error = error_create(ERROR_INCOMPLETE, "%s: no transaction ran from entry to exit", request->log_path);
    }
    if (!error) {
        error = judge_write(judge);
        if (error) {
            error_destroy(store_rollback(request->store));
        }
    }
    if (!error) {
        *out_summary = judge->summary;
    }
    judge_deinit(judge);
    free(judge);
    image_slide_to(request->image, 0);
    for (uint32_t i = 0; i < request->image->placement.count; i++) {
        placement_put(&request->image->placement, i, PLACEMENT_NOWHERE);
    }
    return error;
}
