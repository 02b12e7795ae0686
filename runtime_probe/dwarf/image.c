#include "spillscope/image.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "elf_place.h"
#include "image_index.h"
#include "index_process.h"

/* The user's cache as the XDG base directory specification has it; "" when there is none. */
static void image_cache_default(char path[PATH_MAX]) {
    const char *cache = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    path[0] = 0;
    if (cache && cache[0] == '/') {
        snprintf(path, PATH_MAX, "%s", cache);
    } else if (home && home[0] == '/') {
        snprintf(path, PATH_MAX, "%s/.cache", home);
    }
    size_t length = strlen(path);
    if (length) {
        mkdir(path, 0700);
        snprintf(path + length, PATH_MAX - length, "/spillscope");
    }
}

/* The cache file of a build-id, a source root and the build-ids of objects; "" when there is none. */
static void image_cache_path(const struct elf_file *elf, const char *source_root, const char *directory, char path[PATH_MAX]) {
    char user[PATH_MAX];
    image_cache_default(user);
    directory = directory ? directory : user;
    path[0] = 0;
    unsigned long long made_of = hash_bytes(source_root, strlen(source_root));
    bool known = elf->build_id[0];
    for (const struct elf_file *object = elf->next; object; object = object->next) {
        known = known && object->build_id[0];
        made_of = (made_of ^ hash_bytes(object->build_id, strlen(object->build_id))) * 0x100000001b3ULL;
    }
    if (!directory[0] || !known) {
        return;
    }
    mkdir(directory, 0777); /* its failure shows when the file is written */
    if (snprintf(path, PATH_MAX, "%s/%s-%016llx.index", directory, elf->build_id, made_of) >= PATH_MAX) {
        path[0] = 0;
    }
}

/* A file beside the cache's, which gets its name once it is whole; without a cache, or where it cannot be written, one in memory. */
static int image_index_file(const char *cache, char temporary[PATH_MAX]) {
    int descriptor = -1;
    if (cache[0] && snprintf(temporary, PATH_MAX, "%s.%ld", cache, (long)getpid()) < PATH_MAX) {
        descriptor = open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    }
    if (descriptor < 0) {
        temporary[0] = 0;
        descriptor = memfd_create("spillscope-index", MFD_CLOEXEC);
    }
    return descriptor;
}

static struct error *image_build(struct elf_file *elf, const char *source_root, const char *cache, unsigned char **out_block, size_t *out_size) {
    char temporary[PATH_MAX] = "";
    int descriptor SCOPE_CLOSE = image_index_file(cache, temporary);
    if (descriptor < 0) {
        return error_create_errno("%s: no file for the index of its debug information", elf->path);
    }
    struct error *error = index_make_apart(elf, source_root, descriptor);
    if (!error && !(*out_block = image_index_map(descriptor, out_size))) {
        error = error_create(ERROR_IO, "%s: the index of its debug information cannot be read back", elf->path);
    }
    if (temporary[0] && (error || rename(temporary, cache) != 0)) {
        unlink(temporary); /* a cache that cannot be kept costs time only */
    }
    return error;
}

static unsigned char *image_cached(const char *cache, size_t *out_size) {
    int descriptor SCOPE_CLOSE = cache[0] ? open(cache, O_RDONLY | O_CLOEXEC) : -1;
    return descriptor < 0 ? NULL : image_index_map(descriptor, out_size);
}

/* Asked before the cache is: what a stripped file gives must not depend on whether its twin was read before. */
static struct error *image_require_dwarf(const struct elf_file *elf) {
    return elf_file_section(elf, ".debug_info")
               ? NULL
               : error_create(ERROR_FORMAT,
                              "%s: no DWARF debug information (no section .debug_info among the %zu at its section table; build with -g)", elf->path,
                              elf->section_count);
}

static void image_close_files(struct elf_file *elf) {
    while (elf) {
        struct elf_file *next = elf->next;
        elf_file_close(elf);
        elf = next;
    }
}

/* ------------------------------------------------------------------------------------------------ objects */

/* What a kernel calls an object: its file's name without folder and suffix. */
static void object_name(const char *path, char name[IMAGE_OBJECT_NAME]) {
    const char *slash = strrchr(path, '/');
    snprintf(name, IMAGE_OBJECT_NAME, "%s", slash ? slash + 1 : path);
    name[strcspn(name, ".")] = 0;
    for (char *at = name; *at; at++) {
        *at = *at == '-' ? '_' : *at;
    }
}

/* Opens the objects as if each was linked at its home addresses, and chains them to the kernel. */
static struct error *image_open_objects(struct elf_file *kernel, const char *const *paths, size_t count) {
    struct elf_file *last = kernel;
    if (count > PLACEMENT_OBJECTS) {
        return error_create(ERROR_USAGE, "%zu loadable objects are more than the %d that fit beside a kernel", count, PLACEMENT_OBJECTS);
    }
    for (size_t i = 0; i < count; i++) {
        struct elf_file *object = NULL;
        struct error *error = elf_place_open(paths[i], PLACEMENT_HOME + i * PLACEMENT_ROOM, &object);
        error = error ? error : image_require_dwarf(object);
        if (!error && object->machine != kernel->machine) {
            error =
                error_create(ERROR_MISMATCH, "%s is of machine %u, the kernel %s of %u", paths[i], object->machine, kernel->path, kernel->machine);
        }
        if (error) {
            elf_file_close(object);
            return error;
        }
        last->next = object;
        last = object;
    }
    return NULL;
}

static struct error *image_name_objects(struct image_private *private, size_t count) {
    struct elf_file *object = private->elf->next;
    private->object_names = calloc(count + 1, sizeof *private->object_names);
    if (!private->object_names) {
        return error_out_of_memory();
    }
    for (size_t i = 0; i < count; i++, object = object->next) {
        char *name = private->object_names[i];
        object_name(object->path, name);
        for (size_t k = 0; k < i; k++) {
            if (strcmp(private->object_names[k], name) == 0) {
                return error_create(ERROR_USAGE, "%s: another loadable object is called %s already", object->path, name);
            }
        }
        for (size_t s = 0; s < object->section_count; s++) {
            const struct elf_section *section = &object->sections[s];
            if (placement_is_home(section->address) &&
                !placement_add(&private->image.placement, name, section->name, section->address, section->size)) {
                return error_out_of_memory();
            }
        }
    }
    return NULL;
}

size_t image_object_count(const struct image *image) {
    size_t count = 0;
    for (const struct elf_file *object = image_private(image)->elf->next; object; object = object->next) {
        count++;
    }
    return count;
}

static const struct elf_file *image_object(const struct image *image, size_t index) {
    const struct elf_file *object = image_private(image)->elf->next;
    for (; index; index--) {
        object = object->next;
    }
    return object;
}

const char *image_object_name(const struct image *image, size_t object) {
    return image_private(image)->object_names[object];
}

const char *image_object_path(const struct image *image, size_t object) {
    return image_object(image, object)->path;
}

const char *image_object_build_id(const struct image *image, size_t object) {
    return image_object(image, object)->build_id;
}

/* ------------------------------------------------------------------------------------------------ opening */

struct error *image_open(const char *path, const char *source_root, const char *cache_directory, struct image **out_image) {
    return image_open_with(path, NULL, 0, source_root, cache_directory, out_image);
}

struct error *image_open_list(const char *path, const char *objects, const char *source_root, struct image **out_image) {
    const char *paths[PLACEMENT_OBJECTS + 1];
    size_t count = 0;
    char *list SCOPE_FREE = strdup(objects ? objects : "");
    if (!list) {
        return error_out_of_memory();
    }
    for (char *at = list, *end = NULL; (end = strchr(at, '\n')) && count <= PLACEMENT_OBJECTS; at = end + 1) {
        *end = 0;
        paths[count++] = at;
    }
    return image_open_with(path, paths, count, source_root, NULL, out_image);
}

struct error *image_open_with(const char *path, const char *const *objects, size_t object_count, const char *source_root, const char *cache_directory,
                              struct image **out_image) {
    char root[PATH_MAX] = "";
    if (source_root && !realpath(source_root, root)) {
        snprintf(root, sizeof root, "%s", source_root);
    }
    for (size_t length = strlen(root); length && root[length - 1] == '/'; length--) {
        root[length - 1] = 0;
    }
    struct elf_file *elf = NULL;
    struct error *error = elf_file_open(path, &elf);
    error = error ? error : image_require_dwarf(elf);
    error = error ? error : image_open_objects(elf, objects, object_count);
    if (error) {
        image_close_files(elf);
        return error;
    }
    char cache[PATH_MAX];
    size_t size = 0;
    image_cache_path(elf, root, cache_directory, cache);
    unsigned char *block = image_cached(cache, &size);
    error = block ? NULL : image_build(elf, root, cache, &block, &size);
    struct image_private *image = error ? NULL : calloc(1, sizeof *image);
    if (!error && !image) {
        error = error_out_of_memory();
    }
    if (error) {
        image_index_unmap(block, size);
        image_close_files(elf);
        return error;
    }
    image->elf = elf;
    image_index_attach(block, size, image);
    image->image.path = elf->path;
    error = image_name_objects(image, object_count);
    if (error) {
        image_close(&image->image);
        return error;
    }
    *out_image = &image->image;
    return NULL;
}

void image_close(struct image *image) {
    if (image) {
        struct image_private *private = (struct image_private *)image;
        image_close_files(private->elf);
        image_index_unmap(private->block, private->block_size);
        placement_deinit(&private->image.placement);
        free(private->object_names);
        free(private);
    }
}

bool image_bytes(const struct image *image, uint64_t address, void *buffer, size_t count) {
    const struct elf_file *elf = image_private(image)->elf;
    address = image_home(image, address);
    for (const struct elf_file *object = elf->next; object && placement_is_home(address); object = object->next) {
        if (elf_file_read(object, address, buffer, count)) {
            return true;
        }
    }
    return elf_file_read(elf, address - image->slide, buffer, count) || (image->slide && elf_file_read(elf, address, buffer, count));
}

/* The first of `count` items, sorted by name through `order`, that has the name; IMAGE_NONE when none has. */
static uint32_t find_name(const uint32_t *order, uint32_t count, const void *items, size_t element, size_t field, const char *name) {
    uint32_t low = 0;
    uint32_t high = count;
    const char *at = NULL;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        memcpy(&at, (const char *)items + order[middle] * element + field, sizeof at);
        if (strcmp(at, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == count) {
        return IMAGE_NONE;
    }
    memcpy(&at, (const char *)items + order[low] * element + field, sizeof at);
    return strcmp(at, name) == 0 ? low : IMAGE_NONE;
}

/* Of equal names the complete type comes before one that is only declared. */
uint32_t image_type_by_name(const struct image *image, const char *name) {
    const struct image_private *private = image_private(image);
    uint32_t place = find_name(private->type_names, image->type_count, image->types, sizeof *image->types, offsetof(struct type, name), name);
    if (place == IMAGE_NONE) {
        return IMAGE_NONE;
    }
    for (uint32_t i = place; i < image->type_count && strcmp(image->types[private->type_names[i]].name, name) == 0; i++) {
        if (image->types[private->type_names[i]].size) {
            return private->type_names[i];
        }
    }
    return private->type_names[place];
}

const struct variable *image_variable_by_name(const struct image *image, const char *name) {
    const struct image_private *private = image_private(image);
    const uint32_t *orders[] = {private->variable_roots, private->variable_names};
    const size_t fields[] = {offsetof(struct variable, root), offsetof(struct variable, name)};
    for (int i = 0; i < 2; i++) {
        uint32_t place = find_name(orders[i], image->variable_count, image->variables, sizeof *image->variables, fields[i], name);
        for (uint32_t k = place; place != IMAGE_NONE && image->placement.count && k < image->variable_count; k++) {
            const struct variable *variable = &image->variables[orders[i][k]];
            if (strcmp(i ? variable->name : variable->root, name) != 0) {
                break;
            }
            if (!placement_is_home(variable->address)) {
                return variable;
            }
        }
        if (place != IMAGE_NONE) {
            return &image->variables[orders[i][place]];
        }
    }
    return NULL;
}

/* Of equal names one with code is preferred to one that is only inlined, and the kernel's to a loadable object's. */
const struct function *image_function_by_name(const struct image *image, const char *name) {
    const struct image_private *private = image_private(image);
    const uint32_t *order = private->function_names;
    uint32_t place = find_name(order, image->function_count, image->functions, sizeof *image->functions, offsetof(struct function, name), name);
    if (place == IMAGE_NONE) {
        return NULL;
    }
    const struct function *best = &image->functions[order[place]];
    for (uint32_t i = place; i < image->function_count && strcmp(image->functions[order[i]].name, name) == 0; i++) {
        const struct function *function = &image->functions[order[i]];
        if (function->entry && !placement_is_home(function->entry)) {
            return function;
        }
        best = function->entry && !best->entry ? function : best;
    }
    return best;
}

const struct symbol *image_symbol_by_name(const struct image *image, const char *name) {
    const struct image_private *private = image_private(image);
    uint32_t place =
        find_name(private->symbol_names, image->symbol_count, image->symbols, sizeof *image->symbols, offsetof(struct symbol, name), name);
    for (uint32_t i = place; place != IMAGE_NONE && image->placement.count && i < image->symbol_count; i++) {
        const struct symbol *symbol = &image->symbols[private->symbol_names[i]];
        if (strcmp(symbol->name, name) != 0) {
            break;
        }
        if (!placement_is_home(symbol->address)) {
            return symbol;
        }
    }
    return place == IMAGE_NONE ? NULL : &image->symbols[private->symbol_names[place]];
}

const struct variable *image_variable_at(const struct image *image, uint64_t address) {
    address = image_home(image, address);
    uint32_t low = 0;
    uint32_t high = image->variable_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (image->variables[middle].address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    /* Variables do not overlap, but for aliases at the same address. */
    while (low > 0) {
        const struct variable *variable = &image->variables[low - 1];
        if (!variable->thread_local_) {
            uint64_t size = image->types[variable->type].size;
            if (address - variable->address < (size ? size : 1)) {
                return variable;
            }
            if (size) {
                return NULL;
            }
        }
        low--;
    }
    return NULL;
}

/* The symbol that covers the address; without one, the last before it that has no size of its own (assembly labels). */
const struct symbol *image_symbol_at(const struct image *image, uint64_t address) {
    enum { LOOK_BACK = 64 };
    address = image_home(image, address);
    uint32_t low = 0;
    uint32_t high = image->symbol_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (image->symbols[middle].address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const struct symbol *label = NULL;
    for (uint32_t steps = 0; low > 0 && steps < LOOK_BACK; low--, steps++) {
        const struct symbol *symbol = &image->symbols[low - 1];
        if (address - symbol->address < symbol->size) {
            return symbol;
        }
        if (!symbol->size && !label) {
            label = symbol;
        }
    }
    return label;
}
