#include "plugin_config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "spillscope/scope.h"

static int compare_hooks(const void *one, const void *other) {
    const struct plugin_hook *a = one;
    const struct plugin_hook *b = other;
    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    return a->number < b->number ? -1 : a->number > b->number;
}

static bool hook_kind_of(const char *word, enum hook_kind *out_kind) {
    static const char *const words[] = {[HOOK_CALL] = "call",   [HOOK_ARRAY] = "array", [HOOK_PLACE] = "place", [HOOK_INTERRUPT] = "interrupt",
                                        [HOOK_BEGIN] = "begin", [HOOK_END] = "end",     [HOOK_LOAD] = "load",   [HOOK_UNLOAD] = "unload"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(words[i], word) == 0) {
            *out_kind = (enum hook_kind)i;
            return true;
        }
    }
    return false;
}

/* The capacity is the power of two above the count. */
static const char *config_depth(struct plugin_config *config, uint64_t address, int64_t depth) {
    size_t count = config->depth_count;
    if ((count & (count - 1)) == 0) {
        struct plugin_depth *depths = realloc(config->depths, (count ? count * 2 : 1) * sizeof *depths);
        if (!depths) {
            return "out of memory";
        }
        config->depths = depths;
    }
    config->depths[config->depth_count++] = (struct plugin_depth){address, depth};
    return NULL;
}

static const char *config_section(struct plugin_config *config, uint64_t home, uint64_t size, const char *object, const char *name) {
    char *owned_object = strdup(object);
    char *owned_name = strdup(name);
    if (owned_object && owned_name && placement_add(&config->placement, owned_object, owned_name, home, size)) {
        return NULL;
    }
    free(owned_object);
    free(owned_name);
    return "out of memory";
}

static const char *config_objects(struct plugin_config *config, const char *numbers) {
    uint64_t read[OBJECTS_LAYOUT_NUMBERS];
    for (size_t i = 0; i < OBJECTS_LAYOUT_NUMBERS; i++) {
        char *end = NULL;
        read[i] = strtoull(numbers, &end, 16);
        if (end == numbers) {
            return "the layout of the list of loaded objects lacks numbers";
        }
        numbers = end;
    }
    memcpy(&config->objects, read, sizeof read);
    return NULL;
}

static const char *config_line(struct plugin_config *config, const char *line, size_t *capacity) {
    unsigned long long one = 0;
    unsigned long long other = 0;
    unsigned pushed = 0;
    char word[32] = "";
    char path[CONFIG_PATH_MAX] = "";
    enum hook_kind kind = HOOK_CALL;
    if (sscanf(line, "log %4095[^\n]", path) == 1) {
        snprintf(config->log, sizeof config->log, "%s", path);
        return NULL;
    }
    if (sscanf(line, "machine %llu %llu", &one, &other) == 2) {
        config->machine = (uint16_t)one;
        config->pointer_size = (uint32_t)other;
        return NULL;
    }
    if (sscanf(line, "ram %llx %llx %4095[^\n]", &one, &other, path) == 3) {
        snprintf(config->ram, sizeof config->ram, "%s", path);
        config->ram_base = one;
        config->ram_size = other;
        return NULL;
    }
    if (sscanf(line, "hook %llx %31s %u", &one, word, &pushed) >= 2 && hook_kind_of(word, &kind)) {
        if (config->hook_count == *capacity) {
            size_t wanted = *capacity ? *capacity * 2 : 64;
            struct plugin_hook *hooks = realloc(config->hooks, wanted * sizeof *hooks);
            if (!hooks) {
                return "out of memory";
            }
            config->hooks = hooks;
            *capacity = wanted;
        }
        config->hooks[config->hook_count] = (struct plugin_hook){one, kind, (uint32_t)config->hook_count, pushed};
        config->hook_count++;
        config->has_begin |= kind == HOOK_BEGIN;
        return NULL;
    }
    long long depth = 0;
    if (sscanf(line, "depth %llx %lld", &one, &depth) == 2) {
        return config_depth(config, one, depth);
    }
    if (sscanf(line, "switch %llx %llx", &one, &other) == 2 && config->switch_count < CONFIG_SWITCHES_MAX) {
        config->switches[config->switch_count++] = (struct plugin_range){one, other};
        return NULL;
    }
    if (sscanf(line, "fresh %llx", &one) == 1 && config->fresh_count < CONFIG_SWITCHES_MAX) {
        config->fresh[config->fresh_count++] = one;
        return NULL;
    }
    if (sscanf(line, "blocks %llx %llx", &one, &other) == 2) {
        config->blocks = (struct plugin_range){one, other};
        return NULL;
    }
    char object[OBJECTS_NAME_MAX] = "";
    if (sscanf(line, "section %llx %llx %63s %4095[^\n]", &one, &other, object, path) == 4 && placement_is_home(one) && other) {
        return config_section(config, one, other, object, path);
    }
    if (strncmp(line, "objects ", 8) == 0) {
        return config_objects(config, line + 8);
    }
    unsigned long long offset = 0;
    unsigned long long alignment = 0;
    if (sscanf(line, "text %llx %llx %llx %llx %4095[^\n]", &one, &other, &offset, &alignment, path) == 5 && alignment) {
        snprintf(config->text_path, sizeof config->text_path, "%s", path);
        config->text_low = one;
        config->text_size = other;
        config->text_offset = offset;
        config->alignment = alignment;
        return NULL;
    }
    return "not a setting";
}

const char *plugin_config_read(const char *path, struct plugin_config *config, unsigned *out_line) {
    *config = (struct plugin_config){0};
    *out_line = 0;
    FILE *file SCOPE_FCLOSE = fopen(path, "r");
    if (!file) {
        return strerror(errno);
    }
    char line[CONFIG_PATH_MAX + 64];
    size_t capacity = 0;
    while (fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        const char *problem = ++*out_line == 1 ? (strcmp(line, "spillscope-recorder 1") == 0 ? NULL : "no recorder configuration of version 1")
                                               : config_line(config, line, &capacity);
        if (problem) {
            return problem;
        }
    }
    if (!config->log[0] || !config->ram[0] || !config->ram_size || !config->machine) {
        return "log, machine or ram is missing";
    }
    if (config->hook_count) {
        qsort(config->hooks, config->hook_count, sizeof *config->hooks, compare_hooks);
    }
    return NULL;
}

/* Loadable objects do not move with the kernel. */
static uint64_t moved(uint64_t address, uint64_t slide) {
    return placement_is_home(address) ? address : address + slide;
}

void plugin_config_move(struct plugin_config *config, uint64_t slide) {
    for (size_t i = 0; i < config->hook_count; i++) {
        config->hooks[i].address = moved(config->hooks[i].address, slide);
    }
    config->objects.list += config->objects.list ? slide : 0;
    for (size_t i = 0; i < config->switch_count; i++) {
        config->switches[i].low += slide;
        config->switches[i].high += slide;
    }
    for (size_t i = 0; i < config->fresh_count; i++) {
        config->fresh[i] += slide;
    }
    for (size_t i = 0; i < config->depth_count; i++) {
        config->depths[i].address = moved(config->depths[i].address, slide);
    }
    config->blocks.low += config->blocks.high ? slide : 0;
    config->blocks.high += config->blocks.high ? slide : 0;
}

void plugin_config_deinit(struct plugin_config *config) {
    for (uint32_t i = 0; i < config->placement.count; i++) {
        free((char *)(uintptr_t)config->placement.sections[i].object);
        free((char *)(uintptr_t)config->placement.sections[i].name);
    }
    placement_deinit(&config->placement);
    free(config->hooks);
    free(config->depths);
    config->hooks = NULL;
    config->depths = NULL;
}

bool plugin_config_depth(const struct plugin_config *config, uint64_t address, int64_t *out_depth) {
    size_t low = 0;
    size_t high = config->depth_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (config->depths[middle].address < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    bool found = low < config->depth_count && config->depths[low].address == address;
    if (found) {
        *out_depth = config->depths[low].depth;
    }
    return found;
}

const struct plugin_hook *plugin_config_hook(const struct plugin_config *config, uint64_t address) {
    size_t low = 0;
    size_t high = config->hook_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (config->hooks[middle].address < address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < config->hook_count && config->hooks[low].address == address ? &config->hooks[low] : NULL;
}
