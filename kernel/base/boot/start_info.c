#include <base/boot/processors.h>
#include <base/boot/start_info.h>
#include <base/lib/string.h>
#include <base/machine/machine.h>
#include <base/memory/layout.h>

struct start_info {
    uint32_t magic, version, flags, module_count;
    uint64_t modules, command_line, rsdp, memory_map;
    uint32_t memory_map_entries, reserved;
};

struct memory_map_entry {
    uint64_t address, size;
    uint32_t type, reserved;
};

enum { START_INFO_MAGIC = 0x336ec578, MEMORY_RAM = 1 };

void boot_options_read(struct boot_options *options, uint64_t start_info) {
    const struct start_info *info = direct_map(start_info);
    *options = (struct boot_options){0};
    if (info->magic != START_INFO_MAGIC || info->version < 1) {
        machine_panic("boot: no PVH start information of version 1 at %lx", start_info);
    }
    if (info->command_line != 0) {
        string_copy(options->command_line, direct_map(info->command_line), sizeof options->command_line);
    }
    processors_find(options, info->rsdp);
    const struct memory_map_entry *map = direct_map(info->memory_map);
    for (uint32_t i = 0; i < info->memory_map_entries && i < 128; i++) {
        if (map[i].type == MEMORY_RAM && map[i].address <= KERNEL_PHYSICAL && map[i].address + map[i].size > KERNEL_PHYSICAL) {
            options->memory_end = map[i].address + map[i].size;
        }
    }
    if (options->memory_end == 0) {
        machine_panic("boot: the memory map has no RAM at %lx", (uint64_t)KERNEL_PHYSICAL);
    }
    if (options->memory_end > MEMORY_MAX) {
        options->memory_end = MEMORY_MAX;
    }
}

size_t boot_option(const struct boot_options *options, const char *key, char *value, size_t capacity) {
    const char *text = options->command_line;
    size_t key_length = string_length(key);
    value[0] = '\0';
    while (*text != '\0') {
        while (*text == ' ') {
            text++;
        }
        const char *end = text;
        while (*end != '\0' && *end != ' ') {
            end++;
        }
        if ((size_t)(end - text) > key_length && memcmp(text, key, key_length) == 0 && text[key_length] == '=') {
            text += key_length + 1;
            size_t length = 0;
            while (text < end && length + 1 < capacity) {
                value[length++] = *text++;
            }
            value[length] = '\0';
            return length;
        }
        text = end;
    }
    return 0;
}

uint64_t boot_option_number(const struct boot_options *options, const char *key, uint64_t otherwise) {
    char text[24];
    uint64_t number = 0;
    if (boot_option(options, key, text, sizeof text) == 0) {
        return otherwise;
    }
    for (const char *digit = text; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9') {
            return otherwise;
        }
        number = number * 10 + (uint64_t)(*digit - '0');
    }
    return number;
}
