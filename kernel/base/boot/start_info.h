/* What the boot loader tells (Xen's hvm_start_info, docs/misc/pvh in Xen's source, version 1). */
#ifndef BASE_START_INFO_H
#define BASE_START_INFO_H

#include <base/cpu/cpu.h>
#include <stddef.h>
#include <stdint.h>

enum { COMMAND_LINE_MAX = 256 };

/* `processors` are the local APIC numbers of usable processors, this one first. */
struct boot_options {
    char command_line[COMMAND_LINE_MAX];
    uint64_t memory_end; /* end of the RAM that begins at 1 MiB, a physical address */
    uint32_t processors[CPU_MAX];
    uint32_t processor_count;
};

/* Reads the start information at a physical address into `options`. Panics if it is none. */
void boot_options_read(struct boot_options *options, uint64_t start_info);
/* Copies the value of `key=value` on the command line to `value`, or "" if there is none. Returns its length. */
size_t boot_option(const struct boot_options *options, const char *key, char *value, size_t capacity);
/* The same as a decimal number, `otherwise` if it is missing or no number. */
uint64_t boot_option_number(const struct boot_options *options, const char *key, uint64_t otherwise);

#endif
