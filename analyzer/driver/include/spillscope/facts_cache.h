#ifndef SPILLSCOPE_FACTS_CACHE_H
#define SPILLSCOPE_FACTS_CACHE_H
/*
 * The cache of facts: a directory with a file for each compile command that was analysed. It keeps what was used last: facts_collect prunes it to a
 * bound after its work, for each new spillscope, and each other directory or option of a unit, leaves the facts of earlier ones behind.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stddef.h>
#include <time.h>
#include "spillscope/error.h"

#define FACTS_CACHE_LIMIT (4096ull << 20) /* bytes, where nobody gave another bound */

struct facts_cache_usage {
    size_t files; /* that are left */
    uint64_t bytes;
    size_t removed;
    uint64_t removed_bytes;
};

/* Where facts are kept by default for a compile database (its file, or the directory that holds it). The caller frees. */
struct error *facts_cache_directory(const char *compile_commands, char **out_directory);

/*
 * Removes the facts that were not used for longest until the rest takes at most `limit` bytes; none that was used at `since` or later. Also what a
 * killed run left there over a day ago. limit 0: all, and what is known of sources; UINT64_MAX: nothing, only counts. `dry`: only counts what would
 * go. ERROR_USAGE: no such directory.
 */
struct error *facts_cache_prune(const char *directory, uint64_t limit, time_t since, bool dry, struct facts_cache_usage *out_usage);

/* Marks facts as used now. */
void facts_cache_use(const char *facts_path);

#endif
