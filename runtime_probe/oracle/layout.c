#include "layout.h"

#include <stdlib.h>
#include <string.h>

static struct error *value_set(const struct image *image, const char *key, const char *text, struct layout_value *value) {
    char *end = NULL;
    unsigned long long number = strtoull(text, &end, 0);
    if (end != text && !*end) {
        *value = (struct layout_value){.number = number};
        return NULL;
    }
    const struct variable *variable = image_variable_by_name(image, text);
    uint64_t size = variable ? image->types[variable->type].size : 0;
    if (!variable || size > 8 || !size) {
        return error_create(ERROR_MISMATCH, "%s: the manifest's %s = %s is neither a number nor a variable with one", image->path, key, text);
    }
    *value = (struct layout_value){.variable = variable->address, .size = (uint32_t)size};
    return NULL;
}

static struct error *symbol_set(const struct image *image, const char *key, const char *name, uint64_t *address) {
    const struct symbol *symbol = image_symbol_by_name(image, name);
    if (!symbol) {
        return error_create(ERROR_MISMATCH, "%s: the manifest's [percpu] %s = %s is not in this image", image->path, key, name);
    }
    *address = symbol->address;
    return NULL;
}

static struct error *layout_set(struct layout *layout, const struct image *image, const char *key, const char *value) {
    if (strcmp(key, "count") == 0) {
        return value_set(image, "[percpu] count", value, &layout->cpu_count);
    }
    if (strcmp(key, "records") == 0) {
        return value_set(image, "[pages] records", value, &layout->page_records);
    }
    if (strcmp(key, "direct") == 0) {
        return value_set(image, "[pages] direct", value, &layout->direct);
    }
    if (strcmp(key, "type") == 0) {
        uint32_t type = image_type_by_name(image, value);
        if (type == IMAGE_NONE || !image->types[type].size) {
            return error_create(ERROR_MISMATCH, "%s: the manifest's [pages] type = %s is not in this image", image->path, value);
        }
        layout->record_name = image->types[type].name;
        layout->record_size = image->types[type].size;
        return NULL;
    }
    return symbol_set(image, key, value,
                      strcmp(key, "start") == 0 ? &layout->percpu_low
                      : strcmp(key, "end") == 0 ? &layout->percpu_high
                                                : &layout->offsets);
}

struct error *layout_load(struct store *store, const struct image *image, struct layout *layout) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    *layout = (struct layout){.placement = &image->placement};
    struct error *error =
        store_prepare(store, "SELECT key, value FROM manifest WHERE section IN ('percpu', 'pages') AND key <> 'blocks' ORDER BY id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        error = layout_set(layout, image, query_text(query, 0), query_text(query, 1));
    }
    return error;
}

static uint64_t value_read(const struct layout_value *value, const struct guest_memory *memory, uint64_t root) {
    uint64_t number = value->number;
    if (value->variable) {
        guest_memory_word(memory, root, value->variable, value->size, &number);
    }
    return number;
}

void layout_read(struct layout *layout, const struct guest_memory *memory, uint64_t root) {
    uint64_t count = layout->percpu_high > layout->percpu_low ? value_read(&layout->cpu_count, memory, root) : 0;
    layout->cpus = (unsigned)(count < LAYOUT_CPUS_MAX ? count : LAYOUT_CPUS_MAX);
    for (unsigned cpu = 0; cpu < layout->cpus; cpu++) {
        guest_memory_word(memory, root, layout->offsets + (uint64_t)memory->arch->pointer_size * cpu, memory->arch->pointer_size,
                          &layout->cpu_offset[cpu]);
    }
    layout->records_at = value_read(&layout->page_records, memory, root);
    layout->direct_at = value_read(&layout->direct, memory, root);
}

uint64_t layout_page(const struct layout *layout, uint64_t record) {
    return layout->record_size ? layout->direct_at + (record - layout->records_at) / layout->record_size * GUEST_PAGE_BYTES : record;
}
