#ifndef SPILLSCOPE_ANALYZE_H
#define SPILLSCOPE_ANALYZE_H
/*
 * The static side as one call: facts of all units -> one linked program -> points-to -> a whitelist for each transaction -> store.
 * What the whitelist promises, and under which assumptions, is docs/SOUNDNESS.md.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"

/* Points-to sets of more places than this are given up, once all sets together hold more than that. */
#define ANALYZE_SET_LIMIT 128
#define ANALYZE_SET_BUDGET 4000000

struct analyze_request {
    const char *compile_commands; /* file, or build directory that holds one */
    const char *manifest;         /* NULL: each source file is an entity, each external function a transaction */
    const char *database;         /* made when absent; static results in it are replaced, run-time results are refused */
    const char *models;           /* directory of *.model files; NULL: beside the running program */
    char *const *paths;           /* file or directory prefixes that narrow the units; the rest is outside */
    size_t path_count;
    const char *cache_directory; /* of facts; NULL: beside compile_commands */
    uint64_t cache_limit;        /* bytes that it is pruned to; 0 = FACTS_CACHE_LIMIT */
    const char *revision;        /* what the source is called, "v6.1-3-gabcdef"; NULL = nothing known */
    const char *observed;        /* earlier database, whose runs saw where calls through pointers lead; NULL = none */
    int jobs;                    /* worker processes for facts; 0 = one a processor */
    uint32_t set_limit;          /* points-to sets that are larger are given up from the first; 0 = ANALYZE_SET_LIMIT, within ANALYZE_SET_BUDGET */
    bool statistics;             /* what each round of the solution and each transaction costs, to stderr */
};

/* One cause of unknowns with how often it was met inside the closures of transactions. */
struct analyze_cause {
    char cause[32];      /* as in table `unknown` */
    size_t places;       /* distinct (function, file, line, detail) */
    size_t transactions; /* that meet it */
};

/* What `spillscope analyze` prints. Counts are whole-program unless they say otherwise. */
struct analyze_summary {
    size_t units;
    size_t units_failed;
    char first_failure[512];  /* "PATH: message" of the first failed unit, "" without one */
    size_t left_out;          /* entries of the compile database that are not C ... */
    char first_left_out[512]; /* ... the first one's file, "" without one */
    size_t functions;         /* defined in scope */
    size_t instances;         /* functions after cloning for context, inlined copies included */
    size_t objects;           /* abstract objects, heap contexts apart */
    size_t transactions;
    size_t states;                /* distinct state keys */
    size_t pairs;                 /* (transaction, state) */
    size_t leaf_pairs;            /* pairs with each wildcard counted as all the leaves that it covers */
    size_t leaf_pairs_by_unknown; /* of these: through a wildcard or state that only an unknown reaches */
    size_t pairs_by_unknown;
    size_t median_states; /* whitelist size a transaction, wildcards counted as one */
    size_t ninetieth_states;
    size_t median_leaves; /* the same, wildcards counted as the leaves they cover */
    size_t ninetieth_leaves;
    size_t narrowed;         /* pairs that only targets allow which were never observed, of sites that were; 0 without `observed` */
    size_t observed_lost;    /* observed targets whose call or function this source does not have any more */
    size_t call_sites;       /* indirect ones, by source place */
    size_t call_targets;     /* sum over resolved sites */
    size_t targets_mistyped; /* left out of them: of another type than the call, where the manifest has `calls = typed` */
    size_t sites_outside;
    size_t sites_none;
    size_t largest_sets;             /* size of the largest points-to set */
    size_t pointers_cut;             /* state keys of pointers whose targets are not listed one by one: they have the target "*" in table `pointee` */
    char first_cut[256];             /* the first of them */
    struct analyze_cause causes[16]; /* most frequent first */
    size_t cause_count;
    double facts_seconds; /* wall clock */
    double solve_seconds;
    double store_seconds;
};

/*
 * Runs the whole static side. Failed units do not stop it: the rest is analysed, the database says complete = 0, and *out_summary names the
 * first. Errors: ERROR_USAGE (no such input, manifest names nothing), ERROR_FORMAT, ERROR_IO, ERROR_DATABASE, ERROR_MEMORY.
 */
struct error *analyze_run(const struct analyze_request *request, struct analyze_summary *out_summary);

#endif
