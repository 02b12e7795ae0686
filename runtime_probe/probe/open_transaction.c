#include "open_transaction.h"

#include <stdlib.h>
#include <time.h>

#include "observer_groups.h"
#include "spillscope/stack_map.h"

enum { OBJECT_BUDGET = 1 << 18 };
static const uint64_t BYTE_BUDGET = 256ULL << 20;

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void open_destroy(struct open_transaction *open) {
    if (open) {
        snapshot_destroy(open->entry);
        snapshot_destroy(open->piece);
        own_bytes_destroy(open->own);
        store_watch_destroy(open->stores);
        free(open->beside);
        free(open);
    }
}

static struct error *snapshot_scope(struct observer *observer, const char *name, const struct scope *scope,
                                    const struct snapshot_parameter *parameters, size_t parameter_count, struct snapshot **out_snapshot) {
    struct snapshot_range *stacks SCOPE_FREE = NULL;
    size_t stack_count = 0;
    struct error *error = stack_map_ranges(&observer->track, &stacks, &stack_count);
    if (error) {
        return error;
    }
    struct snapshot_request request = {
        .plan = observer->plan,
        .scope = scope,
        .memory = observer->guest->memory,
        .parameters = parameters,
        .parameter_count = parameter_count,
        .stacks = stacks,
        .stack_count = stack_count,
        .allocations = &observer->heap.allocations,
        .object_budget = OBJECT_BUDGET,
        .byte_budget = BYTE_BUDGET,
        .spares = observer->spares,
    };
    struct snapshot *snapshot = NULL;
    error = snapshot_take(&request, &snapshot);
    if (error) {
        return error_wrap(error, "snapshot of %s", name);
    }
    observer->unreadable += snapshot->unreadable;
    observer->ambiguous += snapshot->ambiguous;
    observer->cut_walks += snapshot->cut ? 1 : 0;
    observer->objects += snapshot->count;
    observer->snapshots++;
    *out_snapshot = snapshot;
    return NULL;
}

static struct error *open_snapshot(struct observer *observer, const struct open_transaction *open, struct snapshot **out_snapshot) {
    return snapshot_scope(observer, open->kind->name, open->kind->scope, open->parameters, open->parameter_count, out_snapshot);
}

struct error *observer_look(struct observer *observer, const char *name, const struct scope *scope, struct snapshot **out_snapshot) {
    return snapshot_scope(observer, name, scope, NULL, 0, out_snapshot);
}

/* From its entry on, where others may run before it ends. */
static struct error *open_watch_stores(struct observer *observer, struct open_transaction *open) {
    struct store_watch_place place = {
        .plan = observer->plan,
        .whitelist = open->kind->whitelist,
        .kind = (uint32_t)(open->kind - observer->catalog->transactions),
        .cache = &observer->spans,
    };
    if (!observer->spans.of || observer->crowded) {
        return NULL;
    }
    struct error *error = store_watch_create(&place, open->entry, &open->stores);
    return error ? error : store_watch_begin(open->stores, observer->points, open->entry);
}

struct error *open_leave(struct observer *observer, struct open_transaction *open) {
    struct error *error = open->stores ? store_watch_end(open->stores, observer->points) : NULL;
    store_watch_destroy(open->stores);
    open->stores = NULL;
    return error;
}

struct error *open_look(struct observer *observer, struct open_transaction *open, uint64_t address, bool lost) {
    struct error *error = NULL;
    if (!open->stores || !open->stores->set) {
        return NULL;
    }
    if (!open->own) {
        error = own_bytes_create(&open->own);
    }
    if (!error) {
        error = store_watch_look(open->stores, observer->points, address, open->own);
    }
    return error || !lost ? error : store_watch_give_up(open->stores, observer->points);
}

struct error *open_sleep(struct observer *observer, struct open_transaction *open) {
    struct snapshot *now = NULL;
    struct error *error = NULL;
    if (!open->awake) {
        return NULL;
    }
    if (open->stores) {
        error = store_watch_end(open->stores, observer->points);
    }
    if (!error && !open->own) {
        error = own_bytes_create(&open->own);
    }
    if (!error) {
        error = open_snapshot(observer, open, &now);
    }
    if (!error) {
        error = own_bytes_add(open->own, open->piece ? open->piece : open->entry, now);
    }
    snapshot_destroy(now);
    snapshot_destroy(open->piece);
    open->piece = NULL;
    open->awake = false;
    return error;
}

struct error *open_wake(struct observer *observer, struct open_transaction *open) {
    if (open->awake) {
        return NULL;
    }
    open->awake = true;
    struct error *error = open_snapshot(observer, open, &open->piece);
    return error || !open->stores ? error : store_watch_begin(open->stores, observer->points, open->piece);
}

static bool open_set_beside(const struct observer *observer, struct open_transaction *open, const struct open_transaction *other) {
    if (!open->beside) {
        open->beside = calloc(observer->catalog->count, sizeof *open->beside);
    }
    if (open->beside) {
        open->beside[other->kind - observer->catalog->transactions] = true;
    }
    return open->beside != NULL;
}

/* Every transaction that is open beside a new one, on another stack or under an interrupt, overlaps with it. */
static struct error *open_note_others(struct observer *observer, const struct track_stack *own_stack, struct open_transaction *open) {
    for (size_t s = 0; s < observer->track.count; s++) {
        const struct track_stack *stack = observer->track.stacks[s];
        size_t end = stack == own_stack ? track_running(stack) : stack->count;
        for (size_t i = 0; i < end; i++) {
            struct open_transaction *other = stack->frames[i].payload;
            if (!other) {
                continue;
            }
            if (other->kind->entity_id == open->kind->entity_id) {
                other->overlapped = true;
                open->overlapped = true;
            }
            if (!open_set_beside(observer, open, other) || !open_set_beside(observer, other, open)) {
                return error_out_of_memory();
            }
        }
    }
    return NULL;
}

struct error *open_create(struct observer *observer, const struct catalog_transaction *kind, const struct track_stack *stack,
                          struct open_transaction **out_open) {
    struct open_transaction *open = calloc(1, sizeof *open);
    if (!open) {
        return error_out_of_memory();
    }
    open->kind = kind;
    open->entry_pc = observer->guest->registers.pc;
    open->entry_sp = observer->guest->registers.sp;
    open->awake = true;
    observer->first_entry = observer->first_entry > 0 ? observer->first_entry : seconds_now();
    for (uint32_t i = 0; i < kind->parameter_count; i++) {
        uint64_t value = observer->guest->registers.arguments[kind->parameters[i].index];
        if (value) {
            open->parameters[open->parameter_count++] =
                (struct snapshot_parameter){.address = value, .shape = kind->parameters[i].shape, .number = kind->parameters[i].number};
        }
    }
    struct error *error = open_note_others(observer, stack, open);
    if (!error) {
        error = open_snapshot(observer, open, &open->entry);
    }
    if (!error) {
        error = open_watch_stores(observer, open);
    }
    if (error) {
        open_destroy(open);
        return error;
    }
    *out_open = open;
    return NULL;
}

struct error *open_again(struct observer *observer, struct open_transaction *open) {
    struct snapshot *entry = NULL;
    struct error *error = open_snapshot(observer, open, &entry);
    if (!error) {
        snapshot_destroy(open->entry);
        snapshot_destroy(open->piece);
        own_bytes_destroy(open->own);
        open->entry = entry;
        open->piece = NULL;
        open->own = NULL;
        open->awake = true;
        error = open_leave(observer, open);
    }
    return error ? error : open_watch_stores(observer, open);
}

struct closing {
    struct observer *observer;
    struct open_transaction *open;
};

/* Where others may have run unseen, may one of the transactions that ran beside have changed this state? */
static bool change_is_shared(const struct observer *observer, const struct open_transaction *open, const char *key) {
    if (observer->catalog->switch_entry && !observer->crowded) {
        return false; /* one CPU ran at a time, and every switch and interrupt was seen */
    }
    for (uint32_t i = 0; i < observer->catalog->count; i++) {
        const struct catalog_transaction *other = &observer->catalog->transactions[i];
        bool beside = (open->beside && open->beside[i]) || (observer->cpus > 1 && other->asynchronous);
        if (beside && whitelist_has(other->whitelist, key)) {
            return true;
        }
    }
    return false;
}

static struct error *closing_visit(void *context, const struct difference *difference) {
    const struct closing *closing = context;
    struct journal_change change = {
        .difference = difference,
        .txn_entity = closing->open->kind->entity_id,
        .shared = difference->foreign || change_is_shared(closing->observer, closing->open, difference->key),
    };
    return journal_change(closing->observer->journal, closing->open->observation, &change);
}

struct error *open_close(struct observer *observer, struct open_transaction *open) {
    struct snapshot *now = NULL;
    /* It may have made tasks, whose stacks are temporary. */
    struct error *error = stack_map_refresh(observer->catalog, observer->plan, observer->guest->memory, &observer->track);
    if (!error) {
        error = open_snapshot(observer, open, &now);
    }
    if (!error && open->own && open->awake) {
        error = own_bytes_add(open->own, open->piece ? open->piece : open->entry, now);
    }
    if (!error && open->stores && open->own) {
        error = store_watch_tell(open->stores, open->own);
    }
    if (!error) {
        error = open_leave(observer, open);
    }
    struct closing closing = {.observer = observer, .open = open};
    if (!error) {
        error = difference_visit(observer->plan, open->kind->whitelist, open->entry, now, open->own, closing_visit, &closing);
    }
    snapshot_destroy(now);
    struct journal_exit end = {
        .status = "complete",
        .result_known = open->kind->result_known && open->whole,
        .result = catalog_result(open->kind, observer->guest->registers.wide_result),
        .overlapped = open->overlapped,
    };
    if (!error) {
        error = journal_exit(observer->journal, open->observation, &end);
    }
    if (!error) {
        observer->seen[open->kind - observer->catalog->transactions]++;
        observer->completed++;
        observer->last_exit = seconds_now();
        error = observer_group_left(observer, open, end.result_known && end.result < 0);
    }
    return error;
}
