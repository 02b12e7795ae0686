#include "output_internal.h"

/* What is not known within transactions, and how often for which cause. */

static void count_unknown(struct output *output, int64_t transaction, const char *cause_name, bool is_new) {
    struct arena *arena = output->program->arena;
    uint32_t cause = names_intern(arena, &output->causes, cause_name);
    if (cause == output->cause_counts.count) {
        *VECTOR_ADD(arena, &output->cause_counts) = (struct output_cause){.cause = output->causes.strings.items[cause]};
    }
    struct output_cause *count = &output->cause_counts.items[cause];
    count->places += is_new;
    count->transactions += count->last != transaction;
    count->last = transaction;
}

static struct error *insert_unknown(struct output *output, int64_t id, const struct unknown *unknown) {
    PREPARE(output, insert, "INSERT INTO unknown (id, cause, detail, function, file, line) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    query_bind_int(insert, 1, id);
    query_bind_borrowed(insert, 2, unknown->cause);
    query_bind_borrowed(insert, 3, unknown->detail);
    query_bind_borrowed(insert, 4, unknown->function);
    query_bind_borrowed(insert, 5, program_file(output->program, unknown->place.file));
    query_bind_int(insert, 6, unknown->place.line);
    return query_run(insert);
}

/* The id of what is not known; its row is written where no transaction had it before. */
static struct error *output_unknown(struct output *output, int64_t transaction, const struct unknown *unknown, int64_t *out_id) {
    struct word cause = output_word(output, unknown->cause);
    struct word detail = output_word(output, unknown->detail);
    struct word function = output_name(output, unknown->function);
    struct word file = output_name(output, program_file(output->program, unknown->place.file));
    uint64_t words[] = {cause.number, detail.number, function.number, file.number, unknown->place.line};
    uint64_t digest = hash_mix(hash_mix(cause.hash, detail.hash), hash_mix(hash_mix(function.hash, file.hash), unknown->place.line));
    bool is_new = shared_rows_add(output->program->arena, &output->unknowns, words, sizeof words / sizeof *words, digest, out_id);
    count_unknown(output, transaction, unknown->cause, is_new);
    return is_new ? insert_unknown(output, *out_id, unknown) : NULL;
}

struct error *output_unknowns(struct output *output, int64_t transaction, const struct modification *modification) {
    uint32_t count = modification->unknowns.count;
    int64_t *ids = arena_allocate(output->scratch, (count + 1) * sizeof *ids);
    for (uint32_t i = 0; i < count; i++) {
        TRY(output_unknown(output, transaction, &modification->unknowns.items[i], &ids[i]));
    }
    return output_links(output, KEPT_UNKNOWNS, "INSERT INTO txn_unknown (txn_id, unknown_id) VALUES (?1, ?2)", transaction, ids, count);
}
