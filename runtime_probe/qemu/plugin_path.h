#ifndef SPILLSCOPE_PLUGIN_PATH_H
#define SPILLSCOPE_PLUGIN_PATH_H
/* Where our QEMU plugins lie: nobody types their paths. */
#include <limits.h>
#include "spillscope/error.h"

/*
 * The plugin FILE beside the running program (../lib/spillscope/FILE), or what the environment variable names. QEMU splits its argument at
 * commas, so a path with one is ERROR_USAGE.
 */
struct error *plugin_path_find(const char *file, const char *variable, char path[PATH_MAX]);

#endif
