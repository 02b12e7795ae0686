#ifndef SPILLSCOPE_MANIFEST_READER_H
#define SPILLSCOPE_MANIFEST_READER_H
/*
 * The syntax of manifests (docs/manifest.md): INI with sections "[KIND NAME]", settings "key = value" that may repeat, values continued on
 * indented lines, comments from '#' or ';' at a line's start or after a blank. NAME may hold any character but ']' at its end, since
 * state keys and globs stand there. Parses a string, never a file.
 */
#include "spillscope/error.h"
#include <stddef.h>

struct manifest_setting {
    const char *section; /* "declare"; "" before the first section */
    const char *name;    /* "struct task.*"; "" when the section has none */
    const char *key;
    const char *value;
    int line; /* of the key, from 1 */
};

/* Calls `visit` for each section (an empty key) and each setting in order; stops at its first error. */
typedef struct error *manifest_visitor(void *context, const struct manifest_setting *setting);
struct error *manifest_read(const char *text, const char *file, manifest_visitor *visit, void *context);

#endif
