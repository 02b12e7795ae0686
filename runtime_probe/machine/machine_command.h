#ifndef SPILLSCOPE_MACHINE_COMMAND_H
#define SPILLSCOPE_MACHINE_COMMAND_H
/* Reading and completing the user's QEMU command line. */
#include "spillscope/machine.h"

/* ERROR_USAGE when the line has a stub of its own. */
struct error *machine_command_check(char *const *command, size_t count);

/*
 * RAM size from -m (QEMU's default without). *out_notice (the caller frees it) says why RAM cannot be backed by a file of ours: the line
 * chooses memory itself; NULL when it can.
 */
struct error *machine_command_ram(char *const *command, size_t count, uint64_t *out_size, char **out_notice);

/*
 * The whole argument vector, ended by NULL; ram_path NULL = leave the RAM alone; `plugins`: MACHINE_PLUGINS arguments, NULL = none. With a
 * plugin all processors run in one thread of QEMU's translator; ERROR_USAGE when the line wants another accelerator.
 */
struct error *machine_command_build(const struct machine_request *request, const char *socket, const char *ram_path, uint64_t ram_size,
                                    char *const *plugins, char ***out_arguments);
void machine_command_free(char **arguments); /* NULL is fine */

#endif
