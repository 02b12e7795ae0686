#ifndef SOLVER_TRANSACTIONS_H
#define SOLVER_TRANSACTIONS_H
/* Entities and transactions: what the manifest says, or what follows from the source alone. */
#include "model.h"
#include "program.h"
#include "spillscope/store.h"

struct entity {
    const char *name;
    const char *role;
    const char *origin; /* "manifest" or "file" */
    VECTOR(const char *) prefixes;
    int64_t id; /* in the store; 0 = not there yet */
};

struct transaction {
    uint32_t function;
    const char *name;
    const char *common_name;
    VECTOR(const char *) aliases;
    const char *found_by;
    bool fixed;         /* an entry however entities are grouped: not for a call, and not for linkage alone while others call it */
    uint32_t caused_by; /* deferred work: index of the transaction that queues it, NONE */
    int64_t id;         /* in the store; 0 = not there yet */
};

struct transactions {
    struct arena *arena;
    bool has_manifest;
    bool units_failed;       /* what the manifest names may be defined there: it is left out then, and the result is incomplete anyway */
    bool from_source;        /* those behind pointers are looked for, too */
    const char *source_root; /* from the manifest, absolute; NULL */
    bool typed_calls;        /* the manifest says so of calls through pointers, see struct solve_limits */
    VECTOR(struct entity) entities;
    VECTOR(struct transaction) items; /* sorted by name */
    unsigned finders;                 /* what the manifest wants found in the source; 0 = everything, unless it names entries */
    VECTOR(const char *) model_files; /* of the manifest, as paths that open */
};

/*
 * Reads what the manifest in the store says of entities and of the source root, and adds models for its allocators, the context switch and
 * deferred work. Call before linking. manifest NULL = there is none.
 */
struct error *transactions_read_manifest(struct store *store, const char *manifest, struct models *models, struct arena *arena,
                                         struct transactions *out_transactions);

/* Finds the transactions of the linked program. ERROR_USAGE when the manifest names a function that is not defined,
   and no unit failed. */
struct error *transactions_find(struct store *store, const struct program *program, const char *manifest, struct transactions *transactions);

/* The transaction of a function, made when it is new. Sort afterwards. */
struct transaction *transactions_add(struct transactions *transactions, const struct program *program, uint32_t function, const char *found_by);
void transactions_sort(struct transactions *transactions);

bool transactions_is_server(const struct transactions *transactions, uint32_t entity);

/* Entity of a file, by the longest prefix; made as an entity of its own ("file") without a manifest; index of entities. */
uint32_t transactions_entity(struct transactions *transactions, const char *file);

#endif
