#include "plugin_path.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct error *plugin_path_find(const char *file, const char *variable, char path[PATH_MAX]) {
    const char *given = getenv(variable);
    if (given && *given) {
        snprintf(path, PATH_MAX, "%s", given);
    } else {
        ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
        if (length < 0) {
            return error_create_errno("/proc/self/exe");
        }
        path[length] = 0;
        char *slash = strrchr(path, '/');
        size_t folder = slash ? (size_t)(slash - path) : 0;
        if (snprintf(path + folder, PATH_MAX - folder, "/../lib/spillscope/%s", file) >= (int)(PATH_MAX - folder)) {
            return error_create(ERROR_IO, "%s: path too long", path);
        }
    }
    if (access(path, R_OK) != 0) {
        return error_create_errno("the plugin %s (set %s to where it is)", path, variable);
    }
    return strchr(path, ',') ? error_create(ERROR_USAGE, "QEMU cannot take a path with a comma: %s", path) : NULL;
}
