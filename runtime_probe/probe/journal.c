#include "journal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/state_key.h"
#include "spillscope/text.h"
#include "spillscope/scope.h"

/* A state that was stored to before, so that the database is asked once. */
struct known_state {
    char *key; /* owned; NULL = free slot */
    int64_t id;
    int64_t entity; /* 0 = not known */
};

struct journal {
    struct store *store;
    struct known_state *known; /* hash table; owned */
    size_t known_size;         /* a power of two */
    size_t known_count;
    struct query *enter;
    struct query *change;
    struct query *leave;
    struct query *whole;
    struct query *entity; /* of a state */
    int64_t run_id;
    int64_t first_sequence; /* of this part of the run */
    uint64_t changes;
    struct unlisted unlisted;
    bool open;  /* a database transaction is open */
    bool batch; /* commits are asked for */
};

static struct error *journal_prepare(struct journal *journal) {
    struct error *error = store_prepare(
        journal->store,
        "INSERT INTO observation (run_id, txn_id, sequence, cpu, task, client, parent_id, caused_by, status) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'cut')",
        &journal->enter);
    if (!error) {
        error = store_prepare(
            journal->store,
            "INSERT OR FAIL INTO change (observation_id, state_id, instance, effect, old_value, new_value, bytes, kind, attribution, owner, "
            "owner_entity, whitelisted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &journal->change);
    }
    if (!error) {
        error = store_prepare(journal->store, "UPDATE observation SET status = ?, result = ?, overlapped = ? WHERE id = ?", &journal->leave);
    }
    if (!error) {
        error = store_prepare(
            journal->store,
            "INSERT INTO observation (run_id, txn_id, sequence, cpu, task, client, parent_id, caused_by, status, result, overlapped) VALUES (?, ?, "
            "?, ?, ?, ?, ?, ?, ?, ?, ?)",
            &journal->whole);
    }
    if (!error) {
        error = store_prepare(journal->store,
                              "SELECT o.entity_id FROM state s JOIN state o ON o.root = s.root AND o.entity_id IS NOT NULL WHERE s.id = ? ORDER BY "
                              "o.id <> s.id, o.id LIMIT 1",
                              &journal->entity);
    }
    return error;
}

static struct error *run_command(const struct journal_run *run, char **out_command) {
    struct text text = {0};
    text_append_format(&text, run->stub ? "--gdb %s" : "", run->stub);
    for (size_t i = 0; i < run->command_count; i++) {
        text_append(&text, i ? " " : "");
        text_append(&text, run->command[i]);
    }
    return text_take(&text, out_command);
}

static struct error *run_insert(struct journal *journal, const struct journal_run *run) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    char now[STORE_TIME_LENGTH];
    store_time(now);
    struct error *error = store_prepare(
        journal->store, "INSERT INTO run (tool, mode, started, status, elf, build_id, command, cpus) VALUES ('probe', ?, ?, 'running', ?, ?, ?, ?)",
        &query);
    char *command SCOPE_FREE = NULL;
    if (!error) {
        error = run_command(run, &command);
    }
    if (error) {
        return error;
    }
    query_bind_text(query, 1, run->mode);
    query_bind_text(query, 2, now);
    query_bind_text(query, 3, run->elf);
    query_bind_text(query, 4, run->build_id[0] ? run->build_id : NULL);
    query_bind_text(query, 5, command);
    query_bind_int(query, 6, run->cpus);
    error = query_run(query);
    journal->run_id = store_last_id(journal->store);
    return error;
}

struct error *journal_create(struct store *store, const struct journal_run *run, struct journal **out_journal) {
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal) {
        return error_out_of_memory();
    }
    journal->store = store;
    journal->run_id = run->resumed.run_id;
    journal->first_sequence = run->resumed.sequence;
    struct error *error = run->resumed.run_id ? resumption_reopen(store, &run->resumed, run) : run_insert(journal, run);
    if (!error) {
        error = journal_prepare(journal);
    }
    if (!error && run->plan) {
        error = unlisted_compare(&journal->unlisted, store, run->plan);
    }
    if (error) {
        journal_destroy(journal);
        return error;
    }
    *out_journal = journal;
    return NULL;
}

void journal_destroy(struct journal *journal) {
    if (journal) {
        for (size_t i = 0; i < journal->known_size; i++) {
            free(journal->known[i].key);
        }
        free(journal->known);
        unlisted_deinit(&journal->unlisted);
        query_destroy(journal->enter);
        query_destroy(journal->change);
        query_destroy(journal->leave);
        query_destroy(journal->whole);
        query_destroy(journal->entity);
        if (journal->open) {
            error_destroy(store_rollback(journal->store));
        }
        free(journal);
    }
}

int64_t journal_run_id(const struct journal *journal) {
    return journal->run_id;
}
const struct unlisted *journal_unlisted(const struct journal *journal) {
    return &journal->unlisted;
}
uint64_t journal_changes(const struct journal *journal) {
    return journal->changes;
}

static struct error *journal_begin(struct journal *journal) {
    if (journal->open) {
        return NULL;
    }
    struct error *error = store_begin(journal->store);
    journal->open = !error;
    return error;
}

static struct error *journal_commit(struct journal *journal) {
    if (!journal->open) {
        return NULL;
    }
    struct error *error = store_commit(journal->store);
    journal->open = error != NULL;
    return error;
}

static void bind_reference(struct query *query, int parameter, int64_t id) {
    if (id) {
        query_bind_int(query, parameter, id);
    } else {
        query_bind_null(query, parameter);
    }
}

static void entry_bind(const struct journal *journal, struct query *query, const struct journal_entry *entry) {
    query_bind_int(query, 1, journal->run_id);
    query_bind_int(query, 2, entry->txn_id);
    query_bind_int(query, 3, journal->first_sequence + entry->sequence);
    query_bind_int(query, 4, entry->cpu);
    query_bind_text(query, 5, entry->task);
    query_bind_text(query, 6, entry->client ? entry->client : entry->task);
    bind_reference(query, 7, entry->parent_id);
    bind_reference(query, 8, entry->caused_by);
}

struct error *journal_enter(struct journal *journal, const struct journal_entry *entry, int64_t *out_observation) {
    struct error *error = journal_begin(journal);
    if (error) {
        return error;
    }
    entry_bind(journal, journal->enter, entry);
    error = query_run(journal->enter);
    if (!error) {
        *out_observation = store_last_id(journal->store);
    }
    return error;
}

/* root_kind of a key as table state wants it. */
static const char *key_root_kind(const char *key) {
    size_t length = state_key_root_length(key);
    const char *colon = memrchr(key, ':', length);
    const char *name = colon ? colon + 1 : key;
    if (strncmp(name, "struct ", 7) == 0 || strncmp(name, "union ", 6) == 0) {
        return "heap";
    }
    if (strncmp(key, "alloc@", 6) == 0) {
        return "buffer";
    }
    return colon ? "static" : "global";
}

static const char *effect_name(enum difference_effect effect) {
    switch (effect) {
    case DIFFERENCE_ADDED:
        return "added";
    case DIFFERENCE_REMOVED:
        return "removed";
    case DIFFERENCE_MOVED:
        return "moved";
    case DIFFERENCE_CREATED:
        return "created";
    default:
        return "modified";
    }
}

/* Entity of the state, or of its root's other states; 0 when the analyzer did not tell. */
static struct error *state_entity(struct journal *journal, int64_t state, int64_t *out_entity) {
    bool row = false;
    int64_t entity = 0;
    query_bind_int(journal->entity, 1, state);
    struct error *error = query_step(journal->entity, &row);
    while (!error && row) {
        entity = query_is_null(journal->entity, 0) ? 0 : query_int(journal->entity, 0);
        error = query_step(journal->entity, &row);
    }
    if (!error) {
        *out_entity = entity;
    }
    return error;
}

static size_t known_slot(const struct journal *journal, const char *key) {
    uint64_t hash = 1469598103934665603U;
    for (const char *at = key; *at; at++) {
        hash = (hash ^ (uint8_t)*at) * 1099511628211U;
    }
    size_t slot = (size_t)hash & (journal->known_size - 1);
    while (journal->known[slot].key && strcmp(journal->known[slot].key, key) != 0) {
        slot = (slot + 1) & (journal->known_size - 1);
    }
    return slot;
}

static struct error *known_grow(struct journal *journal) {
    struct known_state *old = journal->known;
    size_t old_size = journal->known_size;
    size_t size = old_size ? old_size * 2 : 512;
    struct known_state *fresh = calloc(size, sizeof *fresh);
    if (!fresh) {
        return error_out_of_memory();
    }
    journal->known = fresh;
    journal->known_size = size;
    for (size_t i = 0; i < old_size; i++) {
        if (old[i].key) {
            fresh[known_slot(journal, old[i].key)] = old[i];
        }
    }
    free(old);
    return NULL;
}

/* Id and entity of a state, made when it is new. */
static struct error *state_find(struct journal *journal, const char *key, int64_t *out_id, int64_t *out_entity) {
    struct error *error = journal->known_count * 2 >= journal->known_size ? known_grow(journal) : NULL;
    size_t slot = error ? 0 : known_slot(journal, key);
    if (!error && !journal->known[slot].key) {
        struct known_state state = {0};
        error = store_state_id(journal->store, key, key_root_kind(key), "probe", &state.id);
        if (!error) {
            error = state_entity(journal, state.id, &state.entity);
        }
        state.key = error ? NULL : strdup(key);
        if (!error && !state.key) {
            error = error_out_of_memory();
        }
        if (!error) {
            journal->known[slot] = state;
            journal->known_count++;
        }
    }
    if (!error) {
        *out_id = journal->known[slot].id;
        *out_entity = journal->known[slot].entity;
    }
    return error;
}

struct error *journal_change(struct journal *journal, int64_t observation, const struct journal_change *change) {
    const struct difference *difference = change->difference;
    int64_t state = 0;
    int64_t entity = 0;
    struct error *error = journal_begin(journal);
    if (!error) {
        error = state_find(journal, difference->key, &state, &entity);
    }
    if (error) {
        return error;
    }
    if (!entity && difference->origin) {
        entity = difference->origin->entity_id;
    }
    query_bind_int(journal->change, 1, observation);
    query_bind_int(journal->change, 2, state);
    query_bind_text(journal->change, 3, difference->instance);
    query_bind_text(journal->change, 4, effect_name(difference->effect));
    query_bind_text(journal->change, 5, difference->old_value);
    query_bind_text(journal->change, 6, difference->new_value);
    query_bind_int(journal->change, 7, (int64_t)difference->bytes);
    query_bind_text(journal->change, 8, entity && entity != change->txn_entity ? "secondary" : "primary");
    query_bind_text(journal->change, 9, change->shared ? "shared" : "own");
    query_bind_text(journal->change, 10, difference->server ? "server" : "client");
    bind_reference(journal->change, 11, entity);
    query_bind_int(journal->change, 12, difference->whitelisted);
    error = query_run(journal->change);
    if (!error) {
        journal->changes++;
        unlisted_note(&journal->unlisted, difference->key, difference->whitelisted);
    }
    return error;
}

/* Three parameters from `first` on. */
static void exit_bind(struct query *query, int first, const struct journal_exit *end) {
    query_bind_text(query, first, end->status);
    if (end->result_known) {
        query_bind_int(query, first + 1, end->result);
    } else {
        query_bind_null(query, first + 1);
    }
    query_bind_int(query, first + 2, end->overlapped);
}

struct error *journal_whole(struct journal *journal, const struct journal_entry *entry, const struct journal_exit *end, int64_t *out_observation) {
    struct error *error = journal_begin(journal);
    if (error) {
        return error;
    }
    entry_bind(journal, journal->whole, entry);
    exit_bind(journal->whole, 9, end);
    error = query_run(journal->whole);
    if (!error) {
        *out_observation = store_last_id(journal->store);
    }
    return error;
}

struct error *journal_group(struct journal *journal, const int64_t *observations, size_t count, char *const *keys, size_t key_count) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct text remaining = {0};
    struct error *error = journal_begin(journal);
    text_append_char(&remaining, '[');
    for (size_t i = 0; !error && i < key_count; i++) {
        int64_t state = 0;
        int64_t entity = 0;
        error = state_find(journal, keys[i], &state, &entity);
        text_append_format(&remaining, "%s%lld", i ? "," : "", (long long)state);
    }
    text_append_char(&remaining, ']');
    if (!error) {
        error = store_prepare(journal->store,
                              "UPDATE change SET undone = 1 WHERE observation_id = ? AND state_id NOT IN (SELECT value FROM json_each(?))", &query);
    }
    for (size_t i = 0; !error && i < count; i++) {
        query_bind_int(query, 1, observations[i]);
        query_bind_text(query, 2, text_string(&remaining));
        error = query_run(query);
    }
    text_deinit(&remaining);
    if (!error && !journal->batch) {
        error = journal_commit(journal);
    }
    return error;
}

struct error *journal_batch(struct journal *journal) {
    struct error *error = journal_commit(journal);
    if (!error) {
        error = store_execute(journal->store, "PRAGMA foreign_keys = OFF");
    }
    journal->batch = !error;
    return error;
}

struct error *journal_flush(struct journal *journal) {
    return journal_commit(journal);
}

struct error *journal_exit(struct journal *journal, int64_t observation, const struct journal_exit *end) {
    struct error *error = journal_begin(journal);
    if (error) {
        return error;
    }
    exit_bind(journal->leave, 1, end);
    query_bind_int(journal->leave, 4, observation);
    error = query_run(journal->leave);
    return error || journal->batch ? error : journal_commit(journal);
}

struct error *journal_mark_divergent(struct journal *journal, int64_t txn_id) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = journal_begin(journal);
    if (!error) {
        error = store_prepare(
            journal->store,
            "UPDATE observation SET status = 'divergent' WHERE run_id = ?1 AND txn_id = ?2 AND status = 'killed' AND NOT EXISTS (SELECT "
            "1 FROM observation WHERE run_id = ?1 AND txn_id = ?2 AND status = 'complete')",
            &query);
    }
    if (error) {
        return error;
    }
    query_bind_int(query, 1, journal->run_id);
    query_bind_int(query, 2, txn_id);
    return query_run(query);
}

struct error *journal_finish(struct journal *journal, const char *status, const char *message) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    char now[STORE_TIME_LENGTH];
    store_time(now);
    struct error *error = journal_begin(journal);
    if (!error) {
        error = store_prepare(journal->store, "UPDATE run SET ended = ?, status = ?, message = ? WHERE id = ?", &query);
    }
    if (error) {
        return error;
    }
    query_bind_text(query, 1, now);
    query_bind_text(query, 2, status);
    query_bind_text(query, 3, message && message[0] ? message : NULL);
    query_bind_int(query, 4, journal->run_id);
    error = query_run(query);
    return error ? error : journal_commit(journal);
}
