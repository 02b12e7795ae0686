#include "spillscope/objects_layout.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------------------------------ members */

static uint32_t record_of(const struct image *image, uint32_t type) {
    while (type != IMAGE_NONE && (image->types[type].kind == TYPE_POINTER || image->types[type].kind == TYPE_ARRAY)) {
        type = image->types[type].target;
    }
    return type;
}

static bool member_find(const struct image *image, uint32_t type, const char *name, size_t length, uint64_t *out_offset, uint32_t *out_type) {
    const struct type *record = &image->types[type];
    for (uint32_t i = 0; i < record->member_count; i++) {
        const struct type_member *member = &record->members[i];
        uint64_t inner = 0;
        if (strncmp(member->name, name, length) == 0 && !member->name[length] && length) {
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

/* A member of a record by a dotted path. */
static struct error *member_of(const struct image *image, uint32_t type, const char *path, uint64_t *out_offset, uint32_t *out_type) {
    uint64_t offset = 0;
    uint32_t at = type;
    for (const char *name = path; *name;) {
        size_t length = strcspn(name, ".");
        uint64_t inner = 0;
        if (at == IMAGE_NONE || !member_find(image, at, name, length, &inner, &at)) {
            return error_create(ERROR_MISMATCH, "%s: %s has no member %s, which its list of loaded objects is read by", image->path,
                                type == IMAGE_NONE ? "what is listed" : image->types[type].name, path);
        }
        offset += inner;
        name += length + (name[length] == '.');
    }
    *out_offset = offset;
    *out_type = at;
    return NULL;
}

/* Text is an array of characters, of so many bytes, or a pointer, of none. */
static struct error *text_of(const struct image *image, uint32_t type, const char *path, uint64_t *out_offset, uint64_t *out_bytes) {
    uint32_t text = IMAGE_NONE;
    struct error *error = member_of(image, type, path, out_offset, &text);
    if (!error) {
        *out_bytes = image->types[text].kind == TYPE_ARRAY ? image->types[text].size : 0;
    }
    return error;
}

static struct error *offset_of(const struct image *image, uint32_t type, const char *path, uint64_t *out_offset) {
    uint32_t member = IMAGE_NONE;
    return member_of(image, type, path, out_offset, &member);
}

static struct error *size_of(const struct image *image, uint32_t type, const char *path, uint64_t *out_offset, uint64_t *out_bytes) {
    uint32_t member = IMAGE_NONE;
    struct error *error = member_of(image, type, path, out_offset, &member);
    if (!error) {
        *out_bytes = image->types[member].size;
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ Linux */

static struct error *linux_bounds(const struct image *image, uint32_t module, struct objects_layout *layout) {
    static const char *const LAYOUTS[] = {"core_layout", "init_layout"};
    uint64_t memory = 0;
    uint32_t array = IMAGE_NONE;
    if (member_find(image, module, "mem", 3, &memory, &array) && image->types[array].kind == TYPE_ARRAY) {
        uint32_t element = image->types[array].target;
        uint64_t base = 0;
        uint64_t size = 0;
        struct error *error = offset_of(image, element, "base", &base);
        error = error ? error : offset_of(image, element, "size", &size);
        for (uint64_t i = 0; !error && i < image->types[array].count && i < OBJECTS_BOUNDS; i++) {
            layout->bound_base[i] = memory + i * image->types[element].size + base;
            layout->bound_size[i] = memory + i * image->types[element].size + size;
            layout->bound_count++;
        }
        return error;
    }
    for (size_t i = 0; i < sizeof LAYOUTS / sizeof *LAYOUTS; i++) {
        char path[32];
        snprintf(path, sizeof path, "%s.base", LAYOUTS[i]);
        struct error *error = offset_of(image, module, path, &layout->bound_base[i]);
        snprintf(path, sizeof path, "%s.size", LAYOUTS[i]);
        error = error ? error : offset_of(image, module, path, &layout->bound_size[i]);
        if (error) {
            return error;
        }
        layout->bound_count++;
    }
    return NULL;
}

static struct error *linux_layout(const struct image *image, struct objects_layout *layout) {
    uint32_t module = image_type_by_name(image, "struct module");
    uint32_t pointer = IMAGE_NONE;
    uint32_t attributes = IMAGE_NONE;
    if (module == IMAGE_NONE) {
        return error_create(ERROR_MISMATCH, "%s: it has no struct module, so its loaded modules cannot be listed", image->path);
    }
    layout->circular = 1;
    layout->table_apart = 1;
    struct error *error = offset_of(image, module, "list", &layout->link);
    error = error ? error : text_of(image, module, "name", &layout->name, &layout->name_bytes);
    error = error ? error : member_of(image, module, "sect_attrs", &layout->table, &pointer);
    uint32_t table = error ? IMAGE_NONE : record_of(image, pointer);
    error = error ? error : size_of(image, table, "nsections", &layout->count, &layout->count_bytes);
    error = error ? error : member_of(image, table, "attrs", &layout->first, &attributes);
    uint32_t section = error ? IMAGE_NONE : record_of(image, attributes);
    error = error ? error : text_of(image, section, "battr.attr.name", &layout->section_name, &layout->section_name_bytes);
    error = error ? error : offset_of(image, section, "address", &layout->section_address);
    error = error ? error : linux_bounds(image, module, layout);
    if (!error) {
        layout->stride = image->types[section].size;
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ cells */

static struct error *cells_layout(const struct image *image, const struct variable *list, struct objects_layout *layout) {
    uint32_t cell = record_of(image, list->type);
    uint32_t sections = IMAGE_NONE;
    struct error *error = offset_of(image, cell, "next", &layout->link);
    error = error ? error : text_of(image, cell, "name", &layout->name, &layout->name_bytes);
    error = error ? error : size_of(image, cell, "section_count", &layout->count, &layout->count_bytes);
    error = error ? error : member_of(image, cell, "sections", &layout->first, &sections);
    uint32_t section = error ? IMAGE_NONE : record_of(image, sections);
    error = error ? error : text_of(image, section, "name", &layout->section_name, &layout->section_name_bytes);
    error = error ? error : offset_of(image, section, "address", &layout->section_address);
    if (!error) {
        layout->first_apart = image->types[sections].kind == TYPE_POINTER;
        layout->stride = image->types[section].size;
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ manifest */

struct error *objects_layout_make(const struct image *image, const char *reader, const char *list, struct objects_layout *out_layout) {
    const struct variable *variable = image_variable_by_name(image, list);
    struct objects_layout layout = {0};
    if (!variable || !variable->address) {
        return error_create(ERROR_MISMATCH, "%s: it has no variable %s with its loaded objects", image->path, list);
    }
    if (image->pointer_size != sizeof layout.list) {
        return error_create(ERROR_USAGE, "%s: loaded objects are read of 64-bit kernels only", image->path);
    }
    bool linux_kernel = strcmp(reader, "linux") == 0;
    if (!linux_kernel && strcmp(reader, "cells") != 0) {
        return error_create(ERROR_USAGE, "manifest: [objects] reader = %s: it is none of linux, cells", reader);
    }
    layout.list = variable->address;
    struct error *error = linux_kernel ? linux_layout(image, &layout) : cells_layout(image, variable, &layout);
    if (!error) {
        *out_layout = layout;
    }
    return error;
}

static struct error *event_set(const struct image *image, const char *key, const char *name, uint64_t *out_address) {
    const struct function *function = image_function_by_name(image, name);
    const struct symbol *symbol = function && function->entry ? NULL : image_symbol_by_name(image, name);
    uint64_t entry = symbol ? symbol->address : function ? function->entry : 0;
    if (!entry) {
        return error_create(ERROR_MISMATCH, "manifest: [objects] %s = %s: %s has no code of that name", key, name, image->path);
    }
    *out_address = entry;
    return NULL;
}

struct error *objects_layout_load(struct store *store, const struct image *image, struct objects_layout *out_layout,
                                  struct objects_events *out_events) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store, "SELECT key, value FROM manifest WHERE section = 'objects' ORDER BY id", &query);
    struct objects_events events = {0};
    struct objects_layout layout = {0};
    char reader[32] = "";
    char list[128] = "";
    bool row = false;
    bool any = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *key = query_text(query, 0);
        const char *value = query_text(query, 1);
        any = true;
        if (strcmp(key, "reader") == 0) {
            snprintf(reader, sizeof reader, "%s", value);
        } else if (strcmp(key, "list") == 0) {
            snprintf(list, sizeof list, "%s", value);
        } else {
            error = event_set(image, key, value, strcmp(key, "load") == 0 ? &events.load : &events.unload);
        }
    }
    if (!error && any && (!reader[0] || !list[0])) {
        error = error_create(ERROR_USAGE, "manifest: [objects] needs reader and list");
    }
    error = error || !any ? error : objects_layout_make(image, reader, list, &layout);
    if (!error) {
        *out_layout = layout;
        *out_events = events;
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ the running kernel's */

/* Digits of the build-id in the note at an address; false when there is none. */
static bool note_build_id(objects_memory *memory, void *context, uint64_t address, char *out_digits, size_t room) {
    Elf64_Nhdr note;
    unsigned char name[4];
    unsigned char id[64];
    if (!memory(context, address, &note, sizeof note) || note.n_type != NT_GNU_BUILD_ID || note.n_namesz != sizeof name ||
        note.n_descsz > sizeof id || 2 * (size_t)note.n_descsz >= room || !memory(context, address + sizeof note, name, sizeof name) ||
        memcmp(name, "GNU", sizeof name) != 0 || !memory(context, address + sizeof note + sizeof name, id, note.n_descsz)) {
        return false;
    }
    out_digits[0] = 0;
    for (uint32_t i = 0; i < note.n_descsz; i++) {
        snprintf(out_digits + 2 * (size_t)i, 3, "%02x", id[i]);
    }
    return true;
}

struct error *objects_check(const struct image *image, const struct loaded_objects *loaded, objects_memory *memory, void *context) {
    for (size_t i = 0; i < image_object_count(image); i++) {
        const char *name = image_object_name(image, i);
        const char *wanted = image_object_build_id(image, i);
        for (size_t o = 0; *wanted && o < loaded->objects.count; o++) {
            const struct loaded_object *object = VECTOR_AT(&loaded->objects, struct loaded_object, o);
            for (uint32_t s = 0; strcmp(object->name, name) == 0 && s < object->count; s++) {
                const struct loaded_section *section = VECTOR_AT(&loaded->sections, struct loaded_section, object->first + s);
                char running[132];
                if (strcmp(section->name, ".note.gnu.build-id") == 0 && note_build_id(memory, context, section->address, running, sizeof running) &&
                    strcmp(running, wanted) != 0) {
                    return error_create(ERROR_MISMATCH, "%s is not the %s that was loaded: build-id of the file %s, of the guest's %s",
                                        image_object_path(image, i), name, wanted, running);
                }
            }
        }
    }
    return NULL;
}

struct error *objects_follow(const struct objects_layout *layout, objects_memory *memory, void *context, uint64_t leaving, struct image *image) {
    struct loaded_objects loaded;
    uint64_t at = 0;
    if (!layout->list || !image->placement.count) {
        return NULL;
    }
    const char *problem = objects_read(layout, memory, context, &loaded, &at);
    struct error *error = problem ? error_create(ERROR_FORMAT, "%s: %s at 0x%llx", image->path, problem, (unsigned long long)at) : NULL;
    error = error ? error : objects_check(image, &loaded, memory, context);
    if (!error) {
        objects_apply(&loaded, leaving, &image->placement, NULL, NULL);
    }
    objects_deinit(&loaded);
    return error;
}
