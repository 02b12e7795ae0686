#ifndef RECORDER_PLUGIN_CONFIG_H
#define RECORDER_PLUGIN_CONFIG_H
/*
 * The recorder's configuration: a text file, one setting a line, written by recorder_arguments and read inside QEMU.
 *
 *     spillscope-recorder 1
 *     log PATH                      where the log goes
 *     machine NUMBER BYTES          of the kernel: ELF e_machine, and size of a pointer
 *     ram BASE SIZE PATH            the file that holds guest RAM, physical base and bytes (hexadecimal)
 *     hook ADDRESS KIND PUSHED      hooks are numbered from 0 in file order; KIND: call | array | place | interrupt | begin | end | load | unload;
 *                                   PUSHED (or nothing): bytes above an interrupt's frame; of an array, which a call fills with
 *                                   as many objects as its result says, the number of the argument that points to it
 *     switch LOW HIGH               addresses of the function that changes stacks
 *     fresh ADDRESS                 where a new task first runs
 *     blocks LOW HIGH               log which code between these addresses runs
 *     depth ADDRESS NUMBER          stack pointer at an instruction minus the place of its function's return address, in order of address
 *     section HOME SIZE OBJECT NAME sections of loadable objects, numbered from 0 in file order; what lies in them has home addresses everywhere here
 *     objects NUMBER...             where the kernel's list of loaded objects is (struct objects_layout, hexadecimal)
 *     text ADDRESS SIZE OFFSET ALIGNMENT PATH
 *                                   all addresses are linked ones, and the kernel may run a multiple of ALIGNMENT away from them, which is found out
 * by its text (slide.h): SIZE bytes at OFFSET of the file
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/objects.h"

enum hook_kind { HOOK_CALL, HOOK_ARRAY, HOOK_PLACE, HOOK_INTERRUPT, HOOK_BEGIN, HOOK_END, HOOK_LOAD, HOOK_UNLOAD };
enum { CONFIG_PATH_MAX = 4096, CONFIG_SWITCHES_MAX = 8 };

struct plugin_hook {
    uint64_t address;
    enum hook_kind kind;
    uint32_t number;
    uint32_t pushed;
};

struct plugin_depth {
    uint64_t address;
    int64_t depth;
};

struct plugin_range {
    uint64_t low;
    uint64_t high;
};

struct plugin_config {
    char log[CONFIG_PATH_MAX];
    char ram[CONFIG_PATH_MAX];
    uint16_t machine;
    uint32_t pointer_size;
    uint64_t ram_base;
    uint64_t ram_size;
    struct plugin_hook *hooks; /* sorted by address; owned */
    size_t hook_count;
    struct plugin_depth *depths; /* sorted by address; owned */
    size_t depth_count;
    bool has_begin;
    struct plugin_range switches[CONFIG_SWITCHES_MAX];
    size_t switch_count;
    uint64_t fresh[CONFIG_SWITCHES_MAX];
    size_t fresh_count;
    struct plugin_range blocks; /* high 0 = none */
    struct placement placement; /* names are owned by the configuration */
    struct objects_layout objects;
    char text_path[CONFIG_PATH_MAX];
    uint64_t text_low;
    uint64_t text_size;
    uint64_t text_offset;
    uint64_t alignment; /* 0 = the kernel runs where it was linked */
};

/* NULL = success, else what is wrong (a static string); *out_line the line. */
const char *plugin_config_read(const char *path, struct plugin_config *config, unsigned *out_line);
/* Adds a distance to all addresses of the kernel. */
void plugin_config_move(struct plugin_config *config, uint64_t slide);
void plugin_config_deinit(struct plugin_config *config);
bool plugin_config_depth(const struct plugin_config *config, uint64_t address, int64_t *out_depth);
const struct plugin_hook *plugin_config_hook(const struct plugin_config *config, uint64_t address); /* first with this address, or NULL */

#endif
