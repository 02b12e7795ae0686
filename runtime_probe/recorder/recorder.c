#include "spillscope/recorder.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "plugin_path.h"
#include "spillscope/arch.h"
#include "spillscope/text.h"

#define RECORDER_RAM_MAX ((uint64_t)3 << 30)

/* Is it a call that fills an array with what it allocates? */
static bool hook_fills_array(const struct recorder_hook *hook) {
    return hook->effect == EFFECT_BULK && hook->pointer >= 0;
}

static const char *hook_kind_word(const struct recorder_hook *hook) {
    enum hook_role role = hook->role;
    bool place = role == ROLE_EXIT || (role == ROLE_TRANSACTION && hook->place);
    return place                    ? "place"
           : role == ROLE_INTERRUPT ? "interrupt"
           : role == ROLE_LOAD      ? "load"
           : role == ROLE_UNLOAD    ? "unload"
           : role == ROLE_BEGIN     ? "begin"
           : role == ROLE_END       ? "end"
           : hook_fills_array(hook) ? "array"
                                    : "call";
}

/* How the plugin finds out where the kernel runs, for one that may move. */
static struct error *config_write_text(const struct recorder_request *request, FILE *file) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(request->store, "SELECT value FROM manifest WHERE section = 'kernel' AND key = 'slide' ORDER BY id DESC LIMIT 1", &query);
    uint64_t address = 0;
    uint64_t size = 0;
    uint64_t offset = 0;
    bool row = false;
    error = error ? error : query_step(query, &row);
    if (error || !row) {
        return error;
    }
    char *end = NULL;
    unsigned long long alignment = strtoull(query_text(query, 0), &end, 0);
    if (*end || !alignment || alignment & (alignment - 1)) {
        return error_create(ERROR_USAGE, "manifest: [kernel] slide = %s is no power of two", query_text(query, 0));
    }
    if (!image_text(request->image, &address, &size, &offset)) {
        return error_create(ERROR_MISMATCH, "manifest: [kernel] slide: %s has no section .text to tell by", request->image->path);
    }
    fprintf(file, "text %llx %llx %llx %llx %s\n", (unsigned long long)address, (unsigned long long)size, (unsigned long long)offset, alignment,
            request->image->path);
    return NULL;
}

/* Loadable objects, and how their places are found. */
static void config_write_objects(const struct image *image, const struct hook_plan *plan, FILE *file) {
    uint64_t numbers[OBJECTS_LAYOUT_NUMBERS];
    if (!plan->objects.list) {
        return;
    }
    for (uint32_t i = 0; i < image->placement.count; i++) {
        const struct placement_section *section = &image->placement.sections[i];
        fprintf(file, "section %llx %llx %s %s\n", (unsigned long long)section->home, (unsigned long long)section->size, section->object,
                section->name);
    }
    memcpy(numbers, &plan->objects, sizeof numbers);
    fprintf(file, "objects");
    for (size_t i = 0; i < OBJECTS_LAYOUT_NUMBERS; i++) {
        fprintf(file, " %llx", (unsigned long long)numbers[i]);
    }
    fprintf(file, "\n");
}

static struct error *config_write(const struct recorder_request *request, const struct hook_plan *plan) {
    const struct image *image = request->image;
    const struct arch *arch = arch_by_machine(image->machine, image->pointer_size);
    if (!arch) {
        return error_create(ERROR_FORMAT, "%s: machine %u is not supported (%s are)", image->path, image->machine, arch_names());
    }
    for (size_t i = 0; i < plan->hook_count; i++) {
        if (plan->hooks[i].role == ROLE_INTERRUPT && !arch->interrupt) {
            return error_create(ERROR_USAGE, "%s: interrupts of %s cannot be followed: leave [interrupts] out of the manifest, and run without any",
                                image->path, arch->name);
        }
    }
    FILE *file = fopen(request->config_path, "w");
    if (!file) {
        return error_create_errno("%s", request->config_path);
    }
    fprintf(file, "spillscope-recorder 1\nlog %s\nmachine %u %u\nram %llx %llx %s\n", request->log_path, image->machine, image->pointer_size,
            (unsigned long long)arch->ram_base, (unsigned long long)request->ram_size, request->ram_path);
    for (size_t i = 0; i < plan->hook_count; i++) {
        const struct recorder_hook *hook = &plan->hooks[i];
        bool last = i + 1 == plan->hook_count || plan->hooks[i + 1].address != hook->address;
        if (last) { /* of several roles the last one (begin, end, interrupt) decides how it is watched */
            fprintf(file, "hook %llx %s %u\n", (unsigned long long)hook->address, hook_kind_word(hook),
                    hook_fills_array(hook) ? (unsigned)hook->pointer : hook->pushed);
        }
    }
    for (size_t i = 0; i < plan->switch_count; i++) {
        fprintf(file, "switch %llx %llx\n", (unsigned long long)plan->switches[i].low, (unsigned long long)plan->switches[i].high);
    }
    for (size_t i = 0; i < plan->depth_count; i++) {
        fprintf(file, "depth %llx %lld\n", (unsigned long long)plan->depths[i].address, (long long)plan->depths[i].depth);
    }
    for (size_t i = 0; i < plan->fresh_count; i++) {
        fprintf(file, "fresh %llx\n", (unsigned long long)plan->fresh[i]);
    }
    config_write_objects(image, plan, file);
    uint64_t low = UINT64_MAX;
    uint64_t high = 0;
    for (uint32_t i = 0; request->blocks && i < request->image->function_count; i++) {
        const struct function *function = &request->image->functions[i];
        for (uint32_t r = 0; r < function->range_count && !placement_is_home(function->ranges[r].low); r++) {
            low = function->ranges[r].low < low ? function->ranges[r].low : low;
            high = function->ranges[r].high > high ? function->ranges[r].high : high;
        }
    }
    if (high) {
        fprintf(file, "blocks %llx %llx\n", (unsigned long long)low, (unsigned long long)high);
    }
    struct error *error = config_write_text(request, file);
    bool failed = ferror(file) != 0;
    if (fclose(file) != 0 || failed || error) {
        if (error) {
            return error;
        }
        return error_create_errno("%s", request->config_path);
    }
    return NULL;
}

struct error *recorder_arguments(const struct recorder_request *request, char **out_argument) {
    struct hook_plan *plan __attribute__((cleanup(scope_hook_plan))) = NULL;
    char path[PATH_MAX];
    struct error *error = plugin_path_find("recorder.so", "SPILLSCOPE_RECORDER_PLUGIN", path);
    if (!error && strchr(request->config_path, ',')) {
        error = error_create(ERROR_USAGE, "QEMU cannot take a path with a comma: %s", request->config_path);
    }
    if (!error && (!request->ram_size || request->ram_size > RECORDER_RAM_MAX)) {
        error = error_create(ERROR_USAGE, "the recorder handles up to 3 GiB of guest RAM, not %llu bytes", (unsigned long long)request->ram_size);
    }
    error = error ? error : hook_plan_create(request->store, request->image, &plan);
    error = error ? error : config_write(request, plan);
    if (error) {
        return error;
    }
    struct text text = {0};
    text_append_format(&text, "%s,config=%s", path, request->config_path);
    return text_take(&text, out_argument);
}
