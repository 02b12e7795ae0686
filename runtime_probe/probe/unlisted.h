#ifndef SPILLSCOPE_UNLISTED_H
#define SPILLSCOPE_UNLISTED_H
/*
 * Where whitelists and the running kernel do not meet, counted so that a run tells of it: changes outside of their transaction's whitelist, and
 * variables of whitelists that the ELF does not have. Some of either are misses of the analysis and variables that a compiler dropped; nearly all
 * means that database and ELF name states differently: sources that were built from another folder, or other sources.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/plan.h"
#include "spillscope/store.h"
#include "spillscope/text.h"

struct unlisted {
    uint64_t changes; /* all */
    uint64_t outside; /* of these */
    uint64_t filed;   /* of all: their keys name a file */
    uint64_t filed_outside;
    char *example; /* a key that is outside, one with a file if there is any; owned; NULL = none, or out of memory */
    bool example_filed;
    uint64_t variables;   /* global and static ones that whitelists name */
    uint64_t absent;      /* of these: not in the ELF */
    char *absent_example; /* owned; NULL = none */
};

void unlisted_deinit(struct unlisted *unlisted);
/* Looks for the variables of all whitelists in the plan. */
struct error *unlisted_compare(struct unlisted *unlisted, struct store *store, const struct plan *plan);
void unlisted_note(struct unlisted *unlisted, const char *key, bool whitelisted);
/* Nearly nothing matches: of the variables, of all changed states, or of those that are named by a file. */
bool unlisted_is_mismatch(const struct unlisted *unlisted);
/* One line for each kind, or nothing. */
void unlisted_tell(const struct unlisted *unlisted, struct text *notices);

#endif
