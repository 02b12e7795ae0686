#include "recorder_records.h"

#include <stdlib.h>

void record_free_all(struct record *record) {
    while (record) {
        struct record *outer = record->outer;
        snapshot_destroy(record->view.before);
        free(record);
        record = outer;
    }
}

struct record *record_find(const struct recorder *recorder, uint64_t number) {
    struct record *record = recorder->open;
    while (record && record->number != number) {
        record = record->outer;
    }
    return record;
}

static struct journal_entry record_entry(const struct recorder *recorder, const struct record *record) {
    const struct record *parent = record->parent ? record_find(recorder, record->parent) : NULL;
    return (struct journal_entry){.txn_id = recorder->catalog.transactions[record->transaction].id,
                                  .sequence = (int64_t)record->number - 1,
                                  .cpu = record->cpu,
                                  .task = strings_at(&recorder->names, record->task),
                                  .client = record->has_client ? strings_at(&recorder->names, record->client) : NULL,
                                  .parent_id = parent ? parent->observation : 0,
                                  .caused_by = record->cause};
}

struct error *records_store(struct recorder *recorder, struct record *record) {
    if (!record || record->observation) {
        return NULL; /* older ones were stored with it, or before */
    }
    struct error *error = records_store(recorder, record->outer);
    struct journal_entry entry = record_entry(recorder, record);
    return error ? error : journal_enter(recorder->journal, &entry, &record->observation);
}

struct error *recorder_enter(struct recorder *recorder, const struct capture_enter *message) {
    bool fits = message->head.size >= sizeof *message && message->transaction < recorder->catalog.count &&
                message->named <= message->head.size - sizeof *message && message->named > 0 && message->name[message->named - 1] == 0 &&
                message->client <= message->head.size - sizeof *message - message->named &&
                (!message->client || message->name[message->named + message->client - 1] == 0);
    if (!fits || !recorder->journal) {
        return error_create(ERROR_FORMAT, "the recorder tells of an entry that is none");
    }
    struct error *error = records_store(recorder, recorder->open);
    struct record *record = recorder->spare;
    if (record) {
        recorder->spare = record->outer;
    } else {
        record = malloc(sizeof *record);
    }
    if (error || !record) {
        free(record);
        return error ? error : error_out_of_memory();
    }
    uint64_t cause = 0;
    if (message->cause && !map_find(&recorder->causes, message->cause, &cause)) {
        record->outer = recorder->spare;
        recorder->spare = record;
        return error_create(ERROR_FORMAT, "the recorder tells of a cause that is none");
    }
    /* Both first: strings move when others come. */
    uint32_t task = strings_intern(&recorder->names, message->name);
    uint32_t client = message->client > 1 ? strings_intern(&recorder->names, message->name + message->named) : 0;
    recorder->unknown_clients += message->client == 1 ? 1 : 0;
    *record = (struct record){.outer = recorder->open,
                              .number = message->number,
                              .transaction = message->transaction,
                              .cpu = message->cpu,
                              .parent = message->parent,
                              .cause = (int64_t)cause,
                              .group = message->group,
                              .task = task,
                              .has_client = message->client > 1,
                              .client = client};
    recorder->open = record;
    recorder->open_count++;
    return recorder->placed ? NULL : mirror_open(&recorder->mirrors[record->transaction], &record->view);
}

struct error *recorder_defer(struct recorder *recorder, const struct capture_defer *message) {
    const struct record *record = message->head.size == sizeof *message ? record_find(recorder, message->number) : NULL;
    if (!record) {
        return error_create(ERROR_FORMAT, "the recorder tells of deferred work of no transaction");
    }
    struct error *error = records_store(recorder, recorder->open);
    if (!error) {
        map_insert(&recorder->causes, record->number, (uint64_t)record->observation);
    }
    return !error && recorder->causes.failed ? error_out_of_memory() : error;
}

/* What remains of a group at its end. */
static struct error *group_end(struct recorder *recorder, const struct capture_group *message, struct group_record *record) {
    struct mirror *mirror = &recorder->mirrors[recorder->catalog.count + message->group];
    struct group_keys keys = {0};
    struct error *error = NULL;
    if (message->event == GROUP_ENDS) {
        error = mirror_visit(mirror, record->view, recorder->catalog.groups[message->group].whitelist, NULL, group_keys_visit, &keys);
    }
    mirror_close(mirror, record->view);
    if (!error && message->event == GROUP_ENDS) {
        error = group_watch_end(&recorder->groups, recorder->journal, message->number, &keys);
    } else {
        group_watch_drop(&recorder->groups, message->number);
    }
    group_keys_deinit(&keys);
    return error;
}

struct error *recorder_group(struct recorder *recorder, const struct capture_group *message) {
    struct group_record *record = group_watch_find(&recorder->groups, message->number);
    bool begins = message->event == GROUP_BEGINS;
    if (message->head.size != sizeof *message || message->group >= recorder->catalog.group_count || begins != (record == NULL) ||
        message->event > GROUP_VANISHES || message->event == GROUP_NOTHING) {
        return error_create(ERROR_FORMAT, "the recorder tells of a group that is none");
    }
    if (!begins) {
        return group_end(recorder, message, record);
    }
    struct mirror_view *view = calloc(1, sizeof *view);
    if (!view) {
        return error_out_of_memory();
    }
    struct error *error = mirror_open(&recorder->mirrors[recorder->catalog.count + message->group], view);
    if (error) {
        free(view);
        return error;
    }
    return group_watch_begin(&recorder->groups, message->number, NULL, view);
}

struct closing {
    struct recorder *recorder;
    const struct record *record;
    bool disturbed;
    bool unknown; /* what it stored to is not known */
};

static struct error *closing_visit(void *context, const struct difference *difference) {
    const struct closing *closing = context;
    const struct recorder *recorder = closing->recorder;
    if (difference->foreign && !closing->unknown) {
        return NULL; /* others stored it: the transaction did not */
    }
    struct journal_change change = {
        .difference = difference, .txn_entity = recorder->catalog.transactions[closing->record->transaction].entity_id, .shared = closing->unknown};
    return journal_change(recorder->journal, closing->record->observation, &change);
}

/* Bytes that it stored to, as the comparison asks for them. */
static struct error *own_make(struct recorder *recorder, const struct record *record, struct own_bytes **out_own) {
    const struct mirror *mirror = &recorder->mirrors[record->transaction];
    struct own_bytes *own = NULL;
    struct error *error = own_bytes_create(&own);
    for (size_t i = 0; !error && i < recorder->own_ranges.count; i++) {
        const struct capture_range *range = VECTOR_AT(&recorder->own_ranges, struct capture_range, i);
        if (range->region >= mirror->now->count) {
            error = error_create(ERROR_FORMAT, "the recorder tells of stores to region %u of %u", range->region, mirror->now->count);
            break;
        }
        const struct region *region = &mirror->now->regions[range->region];
        error = (range->kept ? own_bytes_keep : own_bytes_mark)(own, region, range->offset, range->count);
    }
    if (error) {
        own_bytes_destroy(own);
        return error;
    }
    *out_own = own;
    return NULL;
}

static struct error *record_end(struct recorder *recorder, struct record *record, const struct capture_leave *message) {
    const struct catalog_transaction *kind = &recorder->catalog.transactions[record->transaction];
    struct journal_exit end = {.status = message->killed ? "killed" : "complete",
                               .result_known = kind->result_known && message->whole && !message->killed,
                               .result = catalog_result(kind, message->result),
                               .overlapped = message->overlapped != 0};
    bool stored = record->observation != 0;
    struct error *error = NULL;
    if (!stored) {
        struct journal_entry entry = record_entry(recorder, record);
        error = journal_whole(recorder->journal, &entry, &end, &record->observation);
    }
    struct closing closing = {.recorder = recorder, .record = record, .unknown = message->disturbed == 2, .disturbed = message->disturbed != 0};
    struct own_bytes *own = NULL;
    if (!error && !message->killed && message->disturbed == 1) {
        error = own_make(recorder, record, &own);
    }
    if (!error && !message->killed && !recorder->placed) {
        error = mirror_visit(&recorder->mirrors[record->transaction], &record->view, kind->whitelist, own, closing_visit, &closing);
    }
    own_bytes_destroy(own);
    if (!error && stored) {
        error = journal_exit(recorder->journal, record->observation, &end);
    }
    recorder->unknown_own += closing.unknown ? 1 : 0;
    return error;
}

struct error *recorder_leave(struct recorder *recorder, const struct capture_leave *message) {
    struct record **link = &recorder->open;
    while (*link && (*link)->number != message->number) {
        link = &(*link)->outer;
    }
    struct record *record = *link;
    if (message->head.size != sizeof *message || !record || record->transaction != message->transaction) {
        return error_create(ERROR_FORMAT, "the recorder tells of an exit that has no entry");
    }
    /* One that began before it and is not stored must come first. */
    struct error *error = records_store(recorder, record->outer);
    if (!error && record != recorder->open) {
        error = records_store(recorder, recorder->open);
    }
    if (!error) {
        error = record_end(recorder, record, message);
    }
    if (error) {
        return error;
    }
    struct group_record *group = record->group ? group_watch_find(&recorder->groups, record->group) : NULL;
    error = group ? group_record_add(group, record->observation) : NULL;
    (message->killed ? recorder->abandoned : recorder->seen)[record->transaction]++;
    recorder->completed += message->killed ? 0 : 1;
    recorder->open_count--;
    if (!recorder->placed) {
        mirror_close(&recorder->mirrors[record->transaction], &record->view);
    }
    vector_clear(&recorder->own_ranges);
    *link = record->outer;
    record->outer = recorder->spare;
    recorder->spare = record;
    return error;
}
