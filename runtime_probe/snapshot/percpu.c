#include "spillscope/percpu.h"

#include <stdlib.h>
#include <string.h>

static struct error *symbol_set(const struct image *image, const char *key, const char *name, uint64_t *out_address) {
    const struct symbol *symbol = image_symbol_by_name(image, name);
    if (!symbol) {
        return error_create(ERROR_MISMATCH, "manifest: [percpu] %s = %s: %s has no such symbol", key, name, image->path);
    }
    *out_address = symbol->address;
    return NULL;
}

/* A number, or an integer variable. */
static struct error *count_set(const struct image *image, const char *text, struct percpu *percpu) {
    char *end = NULL;
    unsigned long long number = strtoull(text, &end, 0);
    if (end != text && *end == 0 && number > 0) {
        percpu->count = number;
        return NULL;
    }
    const struct variable *variable = image_variable_by_name(image, text);
    uint64_t size = variable ? image->types[variable->type].size : 0;
    if (!variable || size == 0 || size > sizeof percpu->count) {
        return error_create(ERROR_MISMATCH, "manifest: [percpu] count = %s is neither a number nor a variable with one in %s", text, image->path);
    }
    percpu->count_variable = variable->address;
    percpu->count_size = (uint32_t)size;
    return NULL;
}

static struct error *percpu_set(const struct image *image, const char *key, const char *value, struct percpu *percpu) {
    if (strcmp(key, "count") == 0) {
        return count_set(image, value, percpu);
    }
    uint64_t *address = strcmp(key, "start") == 0     ? &percpu->low
                        : strcmp(key, "end") == 0     ? &percpu->high
                        : strcmp(key, "offsets") == 0 ? &percpu->offsets
                                                      : &percpu->blocks;
    return symbol_set(image, key, value, address);
}

struct error *percpu_load(struct store *store, const struct image *image, struct percpu *out_percpu) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct percpu percpu = {0};
    struct error *error = store_prepare(store, "SELECT key, value FROM manifest WHERE section = 'percpu' ORDER BY id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        error = percpu_set(image, query_text(query, 0), query_text(query, 1), &percpu);
    }
    if (!error) {
        *out_percpu = percpu;
    }
    return error;
}

bool percpu_has(const struct percpu *percpu, const struct variable *variable) {
    if (variable->thread_local_) {
        return percpu->blocks != 0;
    }
    return percpu->offsets && variable->address >= percpu->low && variable->address < percpu->high;
}

static struct error *entry_read(struct guest_memory *memory, uint64_t array, uint32_t cpu, uint32_t size, bool zero_is_none, uint64_t *out_value) {
    uint64_t value = 0;
    bool valid = false;
    struct error *error = array ? guest_memory_read(memory, array + (uint64_t)size * cpu, &value, size, &valid) : NULL;
    if (!error) {
        *out_value = !valid || (zero_is_none && !value) ? UINT64_MAX : value;
    }
    return error;
}

struct error *percpu_read(const struct percpu *percpu, struct guest_memory *memory, uint32_t pointer_size, struct percpu_places *out_places) {
    struct percpu_places places = {.mask = pointer_size < sizeof places.mask ? (1ULL << (8 * pointer_size)) - 1 : UINT64_MAX};
    uint64_t count = percpu->count;
    bool valid = true;
    struct error *error = NULL;
    if ((!percpu->offsets || percpu->low == percpu->high) && !percpu->blocks) {
        *out_places = places;
        return NULL;
    }
    if (!count && percpu->count_variable) {
        error = guest_memory_read(memory, percpu->count_variable, &count, percpu->count_size, &valid);
        count = valid ? count : 0;
    }
    places.cpus = count > PERCPU_MAX ? PERCPU_MAX : (uint32_t)count;
    for (uint32_t cpu = 0; !error && cpu < places.cpus; cpu++) {
        /* The first processor may work on the linked copy itself. */
        error = entry_read(memory, percpu->offsets, cpu, pointer_size, cpu > 0, &places.offset[cpu]);
        error = error ? error : entry_read(memory, percpu->blocks, cpu, pointer_size, true, &places.block[cpu]);
    }
    if (!error) {
        *out_places = places;
    }
    return error;
}

bool percpu_place(const struct percpu_places *places, const struct variable *variable, uint32_t cpu, uint64_t *out_address) {
    uint64_t base = variable->thread_local_ ? places->block[cpu] : places->offset[cpu];
    if (base == UINT64_MAX) {
        return false;
    }
    *out_address = (base + variable->address) & places->mask;
    return true;
}
