#ifndef SOURCE_INDEX_H
#define SOURCE_INDEX_H
/*
 * Digests of source files, kept beside the facts so that an unchanged file (same size and modification time) is not read again. A file
 * changed within the last two seconds is never kept: its time stamp could hide a second change.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/error.h"

struct source_index;

/* Reads the index file; a missing or malformed one is an empty index. `path` is copied. */
struct error *source_index_open(const char *path, struct source_index **out_index);
/* Does the file have this digest now? False also when it cannot be read. */
bool source_index_holds(struct source_index *index, const char *path, uint64_t digest);
/* Writes what was learnt, atomically. */
struct error *source_index_save(struct source_index *index);
void source_index_destroy(struct source_index *index); /* NULL is fine */

#endif
