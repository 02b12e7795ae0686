#include "spillscope/objects.h"

#include <string.h>

enum { POINTER_BYTES = 8 };

void objects_deinit(struct loaded_objects *loaded) {
    vector_deinit(&loaded->objects);
    vector_deinit(&loaded->sections);
}

/* ------------------------------------------------------------------------------------------------ reading */

struct reading {
    const struct objects_layout *layout;
    objects_memory *memory;
    void *context;
};

static bool read_word(const struct reading *reading, uint64_t address, uint64_t bytes, uint64_t *out_word) {
    uint64_t word = 0;
    if (!bytes || bytes > sizeof word || !reading->memory(reading->context, address, &word, (size_t)bytes)) {
        return false;
    }
    *out_word = word;
    return true;
}

/* Text in a record, or where it points to; what is too long is cut. One byte after the other, since it may end with its page. */
static bool read_text(const struct reading *reading, uint64_t address, uint64_t bytes, char out_text[OBJECTS_NAME_MAX]) {
    uint64_t most = bytes && bytes < OBJECTS_NAME_MAX ? bytes : OBJECTS_NAME_MAX - 1;
    char text[OBJECTS_NAME_MAX] = "";
    if (!bytes && !read_word(reading, address, POINTER_BYTES, &address)) {
        return false;
    }
    for (uint64_t i = 0; i < most && i < OBJECTS_NAME_MAX - 1; i++) {
        if (!reading->memory(reading->context, address + i, &text[i], 1)) {
            return false;
        }
        if (!text[i]) {
            break;
        }
        text[i] = text[i] < ' ' || text[i] > '~' ? '?' : text[i]; /* what is no name must not reach a terminal */
    }
    memcpy(out_text, text, sizeof text);
    return true;
}

/* Is something loaded at this address, as far as the record tells? */
static bool is_there(const struct reading *reading, uint64_t record, uint64_t address) {
    const struct objects_layout *layout = reading->layout;
    for (uint64_t i = 0; i < layout->bound_count && i < OBJECTS_BOUNDS; i++) {
        uint64_t base = 0;
        uint64_t size = 0;
        if (read_word(reading, record + layout->bound_base[i], POINTER_BYTES, &base) &&
            read_word(reading, record + layout->bound_size[i], sizeof(uint32_t), &size) && base && address - base < size) {
            return true;
        }
    }
    return !layout->bound_count;
}

static void read_sections(const struct reading *reading, struct loaded_object *object, struct vector *sections) {
    const struct objects_layout *layout = reading->layout;
    uint64_t table = object->record;
    uint64_t count = 0;
    uint64_t at = 0;
    if ((layout->table_apart && (!read_word(reading, table + layout->table, POINTER_BYTES, &table) || !table)) ||
        !read_word(reading, table + layout->count, layout->count_bytes, &count)) {
        return;
    }
    at = table + layout->first;
    if (layout->first_apart && !read_word(reading, at, POINTER_BYTES, &at)) {
        return;
    }
    for (uint64_t i = 0; i < count && i < OBJECTS_SECTIONS_MAX; i++, at += layout->stride) {
        struct loaded_section section;
        if (!read_text(reading, at + layout->section_name, layout->section_name_bytes, section.name) ||
            !read_word(reading, at + layout->section_address, POINTER_BYTES, &section.address)) {
            return;
        }
        if (section.address && is_there(reading, object->record, section.address)) {
            vector_append(sections, &section, 1);
            object->count++;
        }
    }
}

const char *objects_read(const struct objects_layout *layout, objects_memory *memory, void *context, struct loaded_objects *out_loaded,
                         uint64_t *out_at) {
    const struct reading reading = {layout, memory, context};
    uint64_t next = 0;
    *out_loaded = (struct loaded_objects){.objects = VECTOR_OF(struct loaded_object), .sections = VECTOR_OF(struct loaded_section)};
    *out_at = layout->list;
    if (!layout->list) {
        return NULL;
    }
    if (!read_word(&reading, layout->list, POINTER_BYTES, &next)) {
        return "the head of the list of loaded objects is not mapped";
    }
    while (layout->circular ? next != layout->list : next != 0) {
        struct loaded_object object = {.record = next - (layout->circular ? layout->link : 0), .first = (uint32_t)out_loaded->sections.count};
        *out_at = next;
        if (out_loaded->objects.count == OBJECTS_MAX) {
            return "the list of loaded objects does not end";
        }
        if (!read_word(&reading, object.record + layout->link, POINTER_BYTES, &next) ||
            !read_text(&reading, object.record + layout->name, layout->name_bytes, object.name)) {
            return "the list of loaded objects leads to memory that is not mapped";
        }
        read_sections(&reading, &object, &out_loaded->sections);
        vector_append(&out_loaded->objects, &object, 1);
    }
    return out_loaded->objects.failed || out_loaded->sections.failed ? "out of memory" : NULL;
}

/* ------------------------------------------------------------------------------------------------ placing */

static uint64_t section_address(const struct loaded_objects *loaded, uint64_t leaving, const struct placement_section *wanted) {
    for (size_t i = 0; i < loaded->objects.count; i++) {
        const struct loaded_object *object = VECTOR_AT(&loaded->objects, struct loaded_object, i);
        for (uint32_t s = 0; object->record != leaving && strcmp(object->name, wanted->object) == 0 && s < object->count; s++) {
            const struct loaded_section *section = VECTOR_AT(&loaded->sections, struct loaded_section, object->first + s);
            if (strncmp(section->name, wanted->name, OBJECTS_NAME_MAX - 1) == 0) {
                return section->address;
            }
        }
    }
    return PLACEMENT_NOWHERE;
}

void objects_apply(const struct loaded_objects *loaded, uint64_t leaving, struct placement *placement, objects_moved *moved, void *context) {
    for (uint32_t i = 0; i < placement->count; i++) {
        uint64_t running = section_address(loaded, leaving, &placement->sections[i]);
        if (running != placement->sections[i].running) {
            placement_put(placement, i, running);
            if (moved) {
                moved(context, i);
            }
        }
    }
}
