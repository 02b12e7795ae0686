#include "tally.h"

#include <string.h>

void tally_init(struct tally *tally) {
    *tally = (struct tally){.pairs = VECTOR_OF(struct tally_pair),
                            .unmapped = VECTOR_OF(struct tally_unmapped),
                            .code = VECTOR_OF(struct tally_code),
                            .lines = VECTOR_OF(struct tally_line),
                            .line_keys = VECTOR_OF(uint32_t)};
}

void tally_deinit(struct tally *tally) {
    vector_deinit(&tally->pairs);
    vector_deinit(&tally->unmapped);
    vector_deinit(&tally->code);
    vector_deinit(&tally->lines);
    vector_deinit(&tally->line_keys);
    map_deinit(&tally->pair_of);
    map_deinit(&tally->unmapped_of);
    map_deinit(&tally->code_of);
    map_deinit(&tally->line_of);
}

bool tally_failed(const struct tally *tally) {
    return tally->pairs.failed || tally->unmapped.failed || tally->code.failed || tally->lines.failed || tally->line_keys.failed ||
           tally->pair_of.failed || tally->unmapped_of.failed || tally->code_of.failed || tally->line_of.failed;
}

struct tally_line *tally_line_of(struct tally *tally, uint32_t key) {
    uint64_t index = 0;
    if (map_find(&tally->line_of, key, &index)) {
        return VECTOR_AT(&tally->lines, struct tally_line, index);
    }
    map_insert(&tally->line_of, key, tally->lines.count);
    *(uint32_t *)vector_push(&tally->line_keys) = key;
    struct tally_line *line = vector_push(&tally->lines);
    line->client = true;
    return line;
}

void tally_end(struct tally *tally, uint32_t txn) {
    for (size_t i = 0; i < tally->lines.count; i++) {
        const struct tally_line *line = VECTOR_AT(&tally->lines, struct tally_line, i);
        uint32_t key = *VECTOR_AT(&tally->line_keys, uint32_t, i);
        uint64_t index = 0;
        struct tally_pair *pair = NULL;
        if (map_find(&tally->pair_of, (uint64_t)txn << 32 | key, &index)) {
            pair = VECTOR_AT(&tally->pairs, struct tally_pair, index);
        } else {
            map_insert(&tally->pair_of, (uint64_t)txn << 32 | key, tally->pairs.count);
            pair = vector_push(&tally->pairs);
            *pair = (struct tally_pair){.txn = txn, .key = key, .client = true, .pc = line->pc};
        }
        pair->stores += line->stores;
        pair->silent += line->silent;
        pair->changed += line->changed;
        pair->transient += line->touched && !line->changed;
        pair->client &= line->client;
    }
    vector_clear(&tally->lines);
    vector_clear(&tally->line_keys);
    map_clear(&tally->line_of);
}

/* Program counters are below 2^48 in their low part, and transactions few: together they are unique in 64 bits. */
static uint64_t code_key(uint32_t txn, uint64_t pc) {
    return (pc & 0xffffffffffff) | (uint64_t)txn << 48;
}

void tally_code_add(struct tally *tally, uint32_t txn, uint64_t pc) {
    uint64_t known = 0;
    if (!map_find(&tally->code_of, code_key(txn, pc), &known)) {
        map_insert(&tally->code_of, code_key(txn, pc), 1);
        *(struct tally_code *)vector_push(&tally->code) = (struct tally_code){txn, pc};
    }
}

void tally_unmapped_add(struct tally *tally, uint32_t txn, uint64_t pc, uint64_t address, uint64_t stores, uint64_t bytes) {
    uint64_t index = 0;
    if (map_find(&tally->unmapped_of, code_key(txn, pc), &index)) {
        struct tally_unmapped *known = VECTOR_AT(&tally->unmapped, struct tally_unmapped, index);
        known->stores += stores;
        known->bytes += bytes;
        return;
    }
    map_insert(&tally->unmapped_of, code_key(txn, pc), tally->unmapped.count);
    *(struct tally_unmapped *)vector_push(&tally->unmapped) = (struct tally_unmapped){txn, pc, address, stores, bytes};
}

struct code_place {
    const char *file;
    const char *function;
    uint32_t line;
};

static struct code_place place_of(const struct image *image, uint64_t pc) {
    struct code_place place = {"", "", 0};
    if (!image_line_at(image, pc, &place.file, &place.line, &place.function)) {
        const struct symbol *symbol = image_symbol_at(image, pc);
        place.function = symbol ? symbol->name : "";
    }
    return place;
}

static int64_t txn_id(const struct program *program, uint32_t txn) {
    return VECTOR_AT(&program->txns, struct program_txn, txn)->id;
}

static struct error *write_pairs(const struct tally *tally, struct store *store, int64_t run, const struct program *program,
                                 const struct state_roots *roots, const struct image *image) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store,
                      "INSERT INTO truth (run_id, txn_id, key, stores, silent, changed, transient, owner, function, file, line, pc) "
                      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                      &query);
    for (size_t i = 0; !error && i < tally->pairs.count; i++) {
        const struct tally_pair *pair = VECTOR_AT(&tally->pairs, struct tally_pair, i);
        struct code_place place = place_of(image, pair->pc);
        query_bind_int(query, 1, run);
        query_bind_int(query, 2, txn_id(program, pair->txn));
        query_bind_text(query, 3, strings_at(&roots->keys, pair->key));
        query_bind_int(query, 4, (int64_t)pair->stores);
        query_bind_int(query, 5, (int64_t)pair->silent);
        query_bind_int(query, 6, (int64_t)pair->changed);
        query_bind_int(query, 7, (int64_t)pair->transient);
        query_bind_text(query, 8, pair->client ? "client" : "server");
        query_bind_text(query, 9, place.function);
        query_bind_text(query, 10, place.file);
        query_bind_int(query, 11, place.line);
        query_bind_int(query, 12, (int64_t)(pair->pc ? image_linked(image, pair->pc) : 0));
        error = query_run(query);
    }
    return error;
}

static struct error *write_code(const struct tally *tally, struct store *store, int64_t run, const struct program *program,
                                const struct image *image) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store, "INSERT OR IGNORE INTO truth_function (run_id, txn_id, function, file) VALUES (?1, ?2, ?3, ?4)", &query);
    for (size_t i = 0; !error && i < tally->code.count; i++) {
        const struct tally_code *code = VECTOR_AT(&tally->code, struct tally_code, i);
        struct code_place place = place_of(image, code->pc);
        const struct function *around = image_function_at(image, code->pc);
        if (around && !program_defines(program, around->name, around->file)) {
            place.function = around->name; /* what is inlined into code that was not analysed is that code's */
            place.file = around->file;
        }
        query_bind_int(query, 1, run);
        query_bind_int(query, 2, txn_id(program, code->txn));
        query_bind_text(query, 3, place.function);
        query_bind_text(query, 4, place.file);
        error = query_run(query);
    }
    return error;
}

static struct error *write_unmapped(const struct tally *tally, struct store *store, int64_t run, const struct program *program,
                                    const struct image *image) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store,
                                        "INSERT INTO unmapped (run_id, txn_id, pc, address, stores, bytes, function, file, line) "
                                        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                                        &query);
    for (size_t i = 0; !error && i < tally->unmapped.count; i++) {
        const struct tally_unmapped *unmapped = VECTOR_AT(&tally->unmapped, struct tally_unmapped, i);
        struct code_place place = place_of(image, unmapped->pc);
        query_bind_int(query, 1, run);
        query_bind_int(query, 2, txn_id(program, unmapped->txn));
        query_bind_int(query, 3, (int64_t)image_linked(image, unmapped->pc));
        query_bind_int(query, 4, (int64_t)unmapped->address);
        query_bind_int(query, 5, (int64_t)unmapped->stores);
        query_bind_int(query, 6, (int64_t)unmapped->bytes);
        query_bind_text(query, 7, place.function);
        query_bind_text(query, 8, place.file);
        query_bind_int(query, 9, place.line);
        error = query_run(query);
    }
    return error;
}

struct error *tally_write(const struct tally *tally, struct store *store, int64_t run, const struct program *program, const struct state_roots *roots,
                          const struct image *image) {
    struct error *error = write_pairs(tally, store, run, program, roots, image);
    error = error ? error : write_code(tally, store, run, program, image);
    return error ? error : write_unmapped(tally, store, run, program, image);
}
