#ifndef COMPILE_DATABASE_H
#define COMPILE_DATABASE_H
/* compile_commands.json, as far as picking and caching units needs it; the frontend splits and cleans the commands themselves. */
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"

/* One C entry. */
struct compile_entry {
    char *path;      /* main file, absolute and normalised */
    char *output;    /* as given or from -o, "" = unknown */
    size_t index;    /* position in the database */
    uint64_t digest; /* of directory, file and command */
    char *directory; /* where the command runs, absolute and normalised */
    char *options;   /* what of the command chooses code (build_options.h) */
};

/* The C entries ordered by path and index; of entries with the same file and output only the last is kept. Owns everything. */
struct compile_database {
    char *file;      /* absolute path of the json file */
    char *directory; /* where it lies */
    struct compile_entry *entries;
    size_t count;
    char **others; /* files of entries that are not C (assembly, C++), absolute and normalised, in the file's order */
    size_t other_count;
};

/* `path` is the file or a directory that holds it. */
struct error *compile_database_read(const char *path, struct compile_database **out_database);
void compile_database_destroy(struct compile_database *database); /* NULL is fine */

/* "base/path" unless path is absolute, without "." and ".." and doubled slashes, lexically. The caller frees; NULL = out of memory. */
char *path_normalise(const char *base, const char *path);

#endif
