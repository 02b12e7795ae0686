#include "kernel_layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void kernel_layout_deinit(struct kernel_layout *layout) {
    vector_deinit(&layout->stacks);
    map_deinit(&layout->variables);
    map_deinit(&layout->objects);
    map_deinit(&layout->record_pages);
}

struct error *kernel_layout_wanted(struct store *store, bool *out_wanted) {
    int64_t count = 0;
    struct error *error = store_scalar(store, "SELECT count(*) FROM manifest WHERE section = 'pages' AND key = 'records'", &count);
    if (!error) {
        *out_wanted = count > 0;
    }
    return error;
}

struct error *kernel_layout_alignment(struct store *store, uint64_t *out_alignment) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store, "SELECT value FROM manifest WHERE section = 'kernel' AND key = 'slide' ORDER BY id DESC LIMIT 1", &query);
    bool row = false;
    error = error ? error : query_step(query, &row);
    if (error) {
        return error;
    }
    char *end = NULL;
    uint64_t alignment = row ? strtoull(query_text(query, 0), &end, 0) : 0;
    if (row && (*end || !alignment || alignment & (alignment - 1))) {
        return error_create(ERROR_USAGE, "manifest: [kernel] slide = %s is no power of two", query_text(query, 0));
    }
    *out_alignment = alignment;
    return NULL;
}

/* ------------------------------------------------------------------------------------------------ manifest */

static struct error *number_set(const struct image *image, const char *key, const char *text, struct layout_number *number) {
    char *end = NULL;
    unsigned long long value = strtoull(text, &end, 0);
    if (end != text && !*end) {
        *number = (struct layout_number){.number = value};
        return NULL;
    }
    const struct variable *variable = image_variable_by_name(image, text);
    uint64_t size = variable ? image->types[variable->type].size : 0;
    if (!size || size > sizeof number->number) {
        return error_create(ERROR_MISMATCH, "manifest: %s = %s is neither a number nor a variable of %s that holds one", key, text, image->path);
    }
    *number = (struct layout_number){.address = variable->address, .size = (uint32_t)size};
    return NULL;
}

static struct error *symbol_set(const struct image *image, const char *key, const char *name, uint64_t *address) {
    const struct symbol *symbol = image_symbol_by_name(image, name);
    if (!symbol) {
        return error_create(ERROR_MISMATCH, "manifest: %s = %s: %s has no such symbol", key, name, image->path);
    }
    *address = symbol->address;
    return NULL;
}

static struct error *type_set(const struct image *image, const char *key, const char *name, uint32_t *type) {
    *type = image_type_by_name(image, name);
    return *type != IMAGE_NONE ? NULL : error_create(ERROR_MISMATCH, "manifest: %s = %s: %s has no such type", key, name, image->path);
}

static void stack_add(struct kernel_layout *layout, uint64_t low, uint64_t high) {
    *(struct address_range *)vector_push(&layout->stacks) = (struct address_range){low, high};
}

static struct error *stack_set(struct kernel_layout *layout, const char *key, const char *value) {
    const struct image *image = layout->image;
    char low[128];
    char high[128];
    if (strcmp(key, "struct") == 0) {
        return type_set(image, "[stacks] struct", value, &layout->task_type);
    }
    bool current = strcmp(key, "current") == 0;
    if (current || strcmp(key, "variable") == 0) {
        const struct variable *variable = image_variable_by_name(image, value);
        if (!variable) {
            return error_create(ERROR_MISMATCH, "manifest: [stacks] %s = %s: %s has no such variable", key, value, image->path);
        }
        if (current) {
            layout->current = variable->address;
            return NULL;
        }
        stack_add(layout, variable->address, variable->address + image->types[variable->type].size);
    } else if (strcmp(key, "boot") == 0 && sscanf(value, "%127s %127s", low, high) == 2) {
        uint64_t from = 0;
        uint64_t to = 0;
        struct error *error = symbol_set(image, "[stacks] boot", low, &from);
        error = error ? error : symbol_set(image, "[stacks] boot", high, &to);
        if (error) {
            return error;
        }
        stack_add(layout, from, to);
    }
    return NULL;
}

static struct error *layout_set(struct kernel_layout *layout, const char *section, const char *key, const char *value) {
    const struct image *image = layout->image;
    if (strcmp(section, "stacks") == 0) {
        return stack_set(layout, key, value);
    }
    if (strcmp(section, "pages") == 0) {
        return strcmp(key, "records") == 0  ? number_set(image, "[pages] records", value, &layout->records)
               : strcmp(key, "direct") == 0 ? number_set(image, "[pages] direct", value, &layout->direct)
               : strcmp(key, "type") == 0   ? type_set(image, "[pages] type", value, &layout->record_type)
                                            : NULL;
    }
    return strcmp(key, "start") == 0     ? symbol_set(image, "[percpu] start", value, &layout->percpu_low)
           : strcmp(key, "end") == 0     ? symbol_set(image, "[percpu] end", value, &layout->percpu_high)
           : strcmp(key, "offsets") == 0 ? symbol_set(image, "[percpu] offsets", value, &layout->percpu_offsets)
           : strcmp(key, "count") == 0   ? number_set(image, "[percpu] count", value, &layout->processors)
                                         : NULL;
}

struct error *kernel_layout_load(struct store *store, const struct image *image, struct guest_memory *memory, struct kernel_layout *out_layout) {
    struct kernel_layout layout = {
        .image = image, .memory = memory, .record_type = IMAGE_NONE, .task_type = IMAGE_NONE, .stacks = VECTOR_OF(struct address_range)};
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store, "SELECT section, key, value FROM manifest WHERE section IN ('percpu', 'pages', 'stacks') ORDER BY id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        error = layout_set(&layout, query_text(query, 0), query_text(query, 1), query_text(query, 2));
    }
    if (!error && layout.stacks.failed) {
        error = error_out_of_memory();
    }
    if (error) {
        kernel_layout_deinit(&layout);
        return error;
    }
    *out_layout = layout;
    return NULL;
}

/* ------------------------------------------------------------------------------------------------ running kernel */

bool kernel_layout_ram(const struct kernel_layout *layout, uint64_t address, uint64_t *out_ram) {
    struct guest_memory_path path;
    guest_memory_find_page(layout->memory, address & ~(uint64_t)(LAYOUT_PAGE - 1), &path);
    if (path.page == GUEST_MEMORY_NOWHERE) {
        return false;
    }
    *out_ram = path.page + address % LAYOUT_PAGE;
    return true;
}

bool kernel_layout_word(const struct kernel_layout *layout, uint64_t address, uint32_t size, uint64_t *out_value) {
    uint64_t ram = 0;
    if (address % LAYOUT_PAGE + size > LAYOUT_PAGE || !kernel_layout_ram(layout, address, &ram)) {
        return false;
    }
    *out_value = 0;
    memcpy(out_value, guest_memory_map(layout->memory) + ram, size);
    return true;
}

static uint64_t number_read(const struct kernel_layout *layout, const struct layout_number *number) {
    uint64_t value = number->number;
    if (number->address) {
        kernel_layout_word(layout, number->address, number->size, &value);
    }
    return value;
}

/* Notes in which pages of RAM the addresses from `low` on lie, which are `linked` in the image. */
static void map_pages(const struct kernel_layout *layout, struct map *pages, uint64_t low, uint64_t count, uint64_t linked) {
    for (uint64_t at = low & ~(uint64_t)(LAYOUT_PAGE - 1); at < low + count; at += LAYOUT_PAGE) {
        uint64_t ram = 0;
        if (kernel_layout_ram(layout, at, &ram)) {
            map_insert(pages, ram / LAYOUT_PAGE, (linked + (at - low)) / LAYOUT_PAGE);
        }
    }
}

static void map_variables(struct kernel_layout *layout) {
    const struct image *image = layout->image;
    uint64_t done = 0;
    for (uint32_t i = 0; i < image->variable_count; i++) { /* in order of their addresses */
        const struct variable *variable = &image->variables[i];
        uint64_t low = variable->address & ~(uint64_t)(LAYOUT_PAGE - 1);
        uint64_t high = variable->address + image->types[variable->type].size;
        bool percpu = variable->address >= layout->percpu_low && variable->address < layout->percpu_high;
        low = low < done ? done : low;
        if (!percpu && !variable->thread_local_ && high > low && !placement_is_home(variable->address)) {
            map_pages(layout, &layout->variables, low, high - low, low);
            done = (high + LAYOUT_PAGE - 1) & ~(uint64_t)(LAYOUT_PAGE - 1);
        }
    }
    for (uint32_t cpu = 0; cpu < layout->processor_count; cpu++) {
        map_pages(layout, &layout->variables, layout->percpu_low + layout->offsets[cpu], layout->percpu_high - layout->percpu_low,
                  layout->percpu_low);
    }
}

void kernel_layout_read(struct kernel_layout *layout) {
    uint64_t count = layout->percpu_high > layout->percpu_low ? number_read(layout, &layout->processors) : 0;
    layout->processor_count = (uint32_t)(count < LAYOUT_PROCESSORS ? count : LAYOUT_PROCESSORS);
    for (uint32_t cpu = 0; cpu < layout->processor_count; cpu++) {
        kernel_layout_word(layout, layout->percpu_offsets + sizeof(uint64_t) * cpu, sizeof(uint64_t), &layout->offsets[cpu]);
    }
    layout->records_at = number_read(layout, &layout->records);
    layout->direct_at = number_read(layout, &layout->direct);
    map_clear(&layout->variables);
    map_clear(&layout->objects);
    map_clear(&layout->record_pages);
    map_variables(layout);
    for (uint32_t i = 0; i < layout->image->placement.count; i++) {
        const struct placement_section *section = &layout->image->placement.sections[i];
        if (section->running != PLACEMENT_NOWHERE) {
            uint64_t low = section->running & ~(uint64_t)(LAYOUT_PAGE - 1);
            map_pages(layout, &layout->objects, low, section->running - low + section->size, low);
        }
    }
    if (layout->record_type != IMAGE_NONE) {
        uint64_t pages = guest_memory_size(layout->memory) / LAYOUT_PAGE;
        map_pages(layout, &layout->record_pages, layout->records_at, pages * layout->image->types[layout->record_type].size, layout->records_at);
    }
}

/* ------------------------------------------------------------------------------------------------ questions */

bool kernel_layout_linked(const struct kernel_layout *layout, uint64_t ram, uint64_t *out_linked) {
    uint64_t page = 0;
    if (map_find(&layout->variables, ram / LAYOUT_PAGE, &page)) {
        *out_linked = page * LAYOUT_PAGE + ram % LAYOUT_PAGE;
        return true;
    }
    uint64_t home = 0;
    if (map_find(&layout->objects, ram / LAYOUT_PAGE, &page)) {
        home = image_home(layout->image, page * LAYOUT_PAGE + ram % LAYOUT_PAGE);
    }
    if (!placement_is_home(home)) {
        return false; /* what lies between an object's sections is a block of who allocated it */
    }
    *out_linked = home;
    return true;
}

bool kernel_layout_record(const struct kernel_layout *layout, uint64_t ram, uint64_t *out_offset) {
    uint64_t page = 0;
    if (layout->record_type == IMAGE_NONE || !map_find(&layout->record_pages, ram / LAYOUT_PAGE, &page)) {
        return false;
    }
    *out_offset = (page * LAYOUT_PAGE + ram % LAYOUT_PAGE - layout->records_at) % layout->image->types[layout->record_type].size;
    return true;
}

bool kernel_layout_is_stack(const struct kernel_layout *layout, uint64_t linked) {
    for (size_t i = 0; i < layout->stacks.count; i++) {
        const struct address_range *stack = VECTOR_AT(&layout->stacks, struct address_range, i);
        if (linked >= stack->low && linked < stack->high) {
            return true;
        }
    }
    return false;
}

bool kernel_layout_user_mapped(const struct kernel_layout *layout, uint64_t ram) {
    uint64_t offset = 0;
    uint64_t count = 0;
    uint32_t type = IMAGE_NONE;
    if (layout->record_type == IMAGE_NONE || !kernel_layout_member(layout->image, layout->record_type, "_mapcount.counter", &offset, &type)) {
        return false;
    }
    uint64_t record = layout->records_at + ram / LAYOUT_PAGE * layout->image->types[layout->record_type].size;
    return kernel_layout_word(layout, record + offset, sizeof(uint32_t), &count) &&
           (int32_t)(uint32_t)count >= 0; /* -1: by nobody; types lie below */
}

uint64_t kernel_layout_offset(const struct kernel_layout *layout, uint32_t processor) {
    uint64_t offset = 0;
    if (processor < layout->processor_count) {
        return layout->offsets[processor];
    }
    kernel_layout_word(layout, layout->percpu_offsets + sizeof offset * processor, sizeof offset, &offset);
    return offset;
}

uint64_t kernel_layout_current(const struct kernel_layout *layout, uint32_t processor) {
    uint64_t task = 0;
    if (layout->current && processor < LAYOUT_PROCESSORS) {
        kernel_layout_word(layout, layout->current + kernel_layout_offset(layout, processor), sizeof task, &task);
    }
    return task;
}

uint64_t kernel_layout_page(const struct kernel_layout *layout, uint64_t record) {
    if (layout->record_type == IMAGE_NONE) {
        return record;
    }
    bool read = layout->processor_count || layout->records_at; /* else the kernel is still starting */
    uint64_t records = read ? layout->records_at : number_read(layout, &layout->records);
    uint64_t direct = read ? layout->direct_at : number_read(layout, &layout->direct);
    return direct + (record - records) / layout->image->types[layout->record_type].size * LAYOUT_PAGE;
}

static bool member_find(const struct image *image, uint32_t type, const char *name, size_t length, uint64_t *out_offset, uint32_t *out_type) {
    const struct type *record = &image->types[type];
    for (uint32_t i = 0; i < record->member_count; i++) {
        const struct type_member *member = &record->members[i];
        uint64_t inner = 0;
        if (member->name[0] && strncmp(member->name, name, length) == 0 && !member->name[length]) {
            *out_offset = member->bit_offset / 8;
            *out_type = member->type;
            return true;
        }
        if (!member->name[0] && member_find(image, member->type, name, length, &inner, out_type)) {
            *out_offset = member->bit_offset / 8 + inner;
            return true;
        }
    }
    return false;
}

bool kernel_layout_member(const struct image *image, uint32_t type, const char *path, uint64_t *out_offset, uint32_t *out_type) {
    uint64_t offset = 0;
    while (*path) {
        size_t length = strcspn(path, ".");
        uint64_t inner = 0;
        if (!member_find(image, type, path, length, &inner, &type)) {
            return false;
        }
        offset += inner;
        path += length + (path[length] == '.');
    }
    *out_offset = offset;
    *out_type = type;
    return true;
}
