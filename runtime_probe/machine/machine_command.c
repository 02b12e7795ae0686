#include "machine_command.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t DEFAULT_RAM = 128ULL << 20; /* QEMU's own */

/* "-gdb" or "--gdb". */
static bool option_is(const char *argument, const char *name) {
    return argument[0] == '-' && strcmp(argument + (argument[1] == '-' ? 2 : 1), name) == 0;
}

struct error *machine_command_check(char *const *command, size_t count) {
    if (count == 0) {
        return error_create(ERROR_USAGE, "no QEMU command after --");
    }
    for (size_t i = 1; i < count; i++) {
        if (option_is(command[i], "gdb") || option_is(command[i], "s")) {
            return error_create(ERROR_USAGE, "the QEMU command has '%s': leave it out, or start QEMU yourself and give its stub by --gdb",
                                command[i]);
        }
    }
    return NULL;
}

/* "256M", "1G", "size=256M,slots=2"; plain numbers are MiB. */
static bool size_parse(const char *text, uint64_t *out_size) {
    const char *at = strncmp(text, "size=", 5) == 0 ? text + 5 : text;
    char *end = NULL;
    unsigned long long number = strtoull(at, &end, 10);
    uint32_t shift = 20;
    if (end == at) {
        return false;
    }
    switch (*end) {
    case 'k':
    case 'K':
        shift = 10;
        end++;
        break;
    case 'm':
    case 'M':
        shift = 20;
        end++;
        break;
    case 'g':
    case 'G':
        shift = 30;
        end++;
        break;
    case 't':
    case 'T':
        shift = 40;
        end++;
        break;
    default:
        break;
    }
    if ((*end != 0 && *end != ',') || number == 0 || number > (UINT64_MAX >> shift)) {
        return false;
    }
    *out_size = (uint64_t)number << shift;
    return true;
}

struct error *machine_command_ram(char *const *command, size_t count, uint64_t *out_size, char **out_notice) {
    uint64_t size = DEFAULT_RAM;
    const char *conflict = NULL;
    for (size_t i = 1; i < count; i++) {
        bool has_value = i + 1 < count;
        if (option_is(command[i], "m") && has_value && !size_parse(command[i + 1], &size)) {
            return error_create(ERROR_USAGE, "the QEMU command's -m '%s' is no size", command[i + 1]);
        }
        if (option_is(command[i], "numa") || option_is(command[i], "mem-path")) {
            conflict = command[i];
        }
        bool machine = option_is(command[i], "machine") || option_is(command[i], "M");
        if (machine && has_value && strstr(command[i + 1], "memory-backend=")) {
            conflict = command[i + 1];
        }
    }
    char *notice = NULL;
    if (conflict && asprintf(&notice, "the QEMU command chooses its own memory ('%s'), so guest RAM is read by packets", conflict) < 0) {
        return error_out_of_memory();
    }
    *out_size = size;
    *out_notice = notice;
    return NULL;
}

/* Appends a formatted argument; `arguments` has room. */
__attribute__((format(printf, 3, 4))) static bool argument_add(char **arguments, size_t *count, const char *format, ...) {
    va_list list;
    va_start(list, format);
    char *text = NULL;
    bool done = vasprintf(&text, format, list) >= 0;
    va_end(list);
    arguments[*count] = done ? text : NULL;
    *count += done;
    return done;
}

/*
 * What the line says of the accelerator must leave the translator with one thread to plugins: a store is told after it was made, so that with
 * a thread for each processor others may have gone on from it before it is told.
 */
static struct error *accelerator_check(char *const *command, size_t count, size_t *out_at) {
    *out_at = 0;
    for (size_t i = 1; i < count; i++) {
        const char *value = i + 1 < count ? command[i + 1] : "";
        bool machine = option_is(command[i], "machine") || option_is(command[i], "M");
        bool accelerator = option_is(command[i], "accel");
        if (option_is(command[i], "enable-kvm") || (machine && strstr(value, "accel="))) {
            return error_create(ERROR_USAGE,
                                "the QEMU command's '%s' chooses how the processor runs, which is the recorder's to choose: leave it out",
                                machine ? value : command[i]);
        }
        if (accelerator && (strncmp(value, "tcg", strcspn(value, ",")) != 0 || strstr(value, "thread=multi"))) {
            return error_create(ERROR_USAGE, "the QEMU command's -accel '%s' does not go with a recorder, which needs tcg,thread=single", value);
        }
        *out_at = accelerator ? i + 1 : *out_at;
    }
    return NULL;
}

/* Appends what makes plugins see the stores of all processors in the order in which they are made. */
static bool accelerator_add(char **arguments, size_t *count, size_t at) {
    if (!at) {
        return argument_add(arguments, count, "-accel") && argument_add(arguments, count, "tcg,thread=single");
    }
    char *whole = NULL;
    if (strstr(arguments[at], "thread=single")) {
        return true;
    }
    if (asprintf(&whole, "%s,thread=single", arguments[at]) < 0) {
        return false;
    }
    free(arguments[at]);
    arguments[at] = whole;
    return true;
}

struct error *machine_command_build(const struct machine_request *request, const char *socket, const char *ram_path, uint64_t ram_size,
                                    char *const *plugins, char ***out_arguments) {
    enum { OURS = 11 + 2 * MACHINE_PLUGINS + 1 };
    size_t accelerator = 0;
    bool recorded = plugins[0] || plugins[1];
    struct error *error = recorded ? accelerator_check(request->command, request->command_count, &accelerator) : NULL;
    if (error) {
        return error;
    }
    char **arguments = calloc(request->command_count + OURS, sizeof *arguments);
    size_t count = 0;
    bool good = arguments != NULL;
    for (size_t i = 0; good && i < request->command_count; i++) {
        good = argument_add(arguments, &count, "%s", request->command[i]);
    }
    if (good && request->stopped) {
        good = argument_add(arguments, &count, "-S") && argument_add(arguments, &count, "-gdb") &&
               argument_add(arguments, &count, "%s,server=on,wait=off", socket);
    }
    bool observed = request->stopped || ram_path;
    for (size_t i = 1; i < request->command_count; i++) {
        observed = observed && !option_is(request->command[i], "action"); /* whoever says what a reset does knows why */
    }
    if (good && observed) {
        good = argument_add(arguments, &count, "-no-reboot");
    }
    if (good && ram_path) {
        good = argument_add(arguments, &count, "-object") &&
               argument_add(arguments, &count, "memory-backend-file,id=spillscope-ram,size=%llu,mem-path=%s,share=on", (unsigned long long)ram_size,
                            ram_path) &&
               argument_add(arguments, &count, "-machine") && argument_add(arguments, &count, "memory-backend=spillscope-ram");
    }
    good = good && (!recorded || accelerator_add(arguments, &count, accelerator));
    for (size_t i = 0; good && i < MACHINE_PLUGINS; i++) {
        if (plugins[i]) {
            good = argument_add(arguments, &count, "-plugin") && argument_add(arguments, &count, "%s", plugins[i]);
        }
    }
    if (!good) {
        machine_command_free(arguments);
        return error_out_of_memory();
    }
    *out_arguments = arguments;
    return NULL;
}

void machine_command_free(char **arguments) {
    for (size_t i = 0; arguments && arguments[i]; i++) {
        free(arguments[i]);
    }
    free(arguments);
}
