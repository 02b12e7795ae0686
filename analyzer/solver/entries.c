#include "entries.h"
#include <string.h>

static uint32_t function_entity(struct transactions *transactions, const struct program *program, uint32_t function) {
    return transactions_entity(transactions, program_file(program, program->functions.items[function].place.file));
}

static void find_deferred(struct transactions *transactions, const struct points_to *p) {
    for (uint32_t i = 0; i < p->deferrals.count; i++) {
        uint32_t function = p->deferrals.items[i].function;
        if (transactions_is_server(transactions, function_entity(transactions, p->program, function))) {
            transactions_add(transactions, p->program, function, "deferred");
        }
    }
}

/* Indirect calls from one entity into another. */
static void find_crossing(struct transactions *transactions, const struct points_to *p) {
    for (uint32_t c = 0; c < p->calls.count; c++) {
        const struct call_targets *call = &p->calls.items[c];
        const struct function *caller = &p->program->functions.items[p->frames->items.items[call->frame].function];
        if (caller->facts->instructions[call->instruction].object != FACTS_NONE) {
            continue;
        }
        uint32_t from = transactions_entity(transactions, program_file(p->program, caller->place.file));
        for (uint32_t t = 0; t < call->functions.count; t++) {
            uint32_t to = function_entity(transactions, p->program, call->functions.items[t]);
            if (to != from && transactions_is_server(transactions, to)) {
                transactions_add(transactions, p->program, call->functions.items[t], "call");
            }
        }
    }
}

/* Functions that outside may call: it holds their address. */
static void find_escaped(struct transactions *transactions, const struct points_to *p) {
    for (uint32_t f = 0; f < p->program->functions.count; f++) {
        bool taken = p->program->objects.items[p->program->functions.items[f].object].address_taken;
        if (taken && p->outside_called[f] && transactions_is_server(transactions, function_entity(transactions, p->program, f))) {
            transactions_add(transactions, p->program, f, "table");
        }
    }
}

/* Static, and yet for code that no C function shows: kept for assembly, or a constructor. */
static bool is_kept(const struct object *object) {
    return (object->flags & FACTS_USED) || ((object->flags & FACTS_INIT_TEXT) && !object->address_taken);
}

/* Exported functions, and static ones that are kept, that nobody in scope calls, or nobody who runs: who else should they be for? */
static void find_uncalled(struct transactions *transactions, const struct points_to *p) {
    for (uint32_t f = 0; f < p->program->functions.count; f++) {
        bool uncalled = (!p->called[f] && !p->modelled[f]) || p->frames->outside_root[f];
        const struct function *function = &p->program->functions.items[f];
        if (uncalled && (!function->internal || is_kept(&p->program->objects.items[function->object])) &&
            transactions_is_server(transactions, function_entity(transactions, p->program, f))) {
            transactions_add(transactions, p->program, f, "linkage")->fixed = true;
        }
    }
}

void entries_find(struct transactions *transactions, const struct points_to *p) {
    if (!transactions->from_source) {
        return;
    }
    find_deferred(transactions, p);
    find_crossing(transactions, p);
    find_escaped(transactions, p);
    find_uncalled(transactions, p);
    transactions_sort(transactions);
}

void entries_note_causes(struct transactions *transactions, const struct points_to *p, struct arena *arena, uint32_t transaction,
                         const struct modification *modification) {
    bool *runs = arena_allocate(arena, p->program->functions.count + 1);
    for (uint32_t f = 0; f < modification->functions.count; f++) {
        runs[modification->functions.items[f]] = true;
    }
    for (uint32_t i = 0; i < p->deferrals.count; i++) {
        uint32_t by = p->frames->items.items[p->deferrals.items[i].frame].function;
        for (uint32_t t = 0; runs[by] && t < transactions->items.count; t++) {
            struct transaction *deferred = &transactions->items.items[t];
            if (deferred->function == p->deferrals.items[i].function && deferred->caused_by == NONE && t != transaction) {
                deferred->caused_by = transaction;
            }
        }
    }
}
