#ifndef SOLVER_OUTPUT_H
#define SOLVER_OUTPUT_H
/* Writes the static results into the store (docs/SCHEMA.md). Rows and ids follow from the source alone: two runs give equal tables. */
#include "kept.h"
#include "modify.h"
#include "shared_rows.h"
#include "transactions.h"

/* A unit as the driver delivered it. */
struct output_unit {
    const char *path; /* relative to the source root */
    const char *digest;
    const char *message; /* NULL = ok */
};

/* A name or a sentence of a row. */
struct word {
    uint32_t number; /* among `words` of the output */
    uint64_t hash;   /* of what it says: numbers differ between analyses */
};

/* How much one transaction may modify. */
struct output_size {
    uint64_t states;
    uint64_t leaves; /* wildcards counted as all that they cover */
};

/* How often something is not known for one cause. */
struct output_cause {
    const char *cause;
    size_t places;
    size_t transactions;
    int64_t last; /* transaction that met it */
};

struct output {
    struct arena *scratch; /* of the transaction at hand */
    struct store *store;
    struct program *program;
    struct transactions *transactions;
    struct states *states;
    const struct points_to *points_to;
    int64_t *file_ids;     /* program file -> id, 0 = not there yet */
    int64_t *function_ids; /* program function -> id */
    int64_t *external_ids; /* CODE object that is not defined -> id */
    int64_t *state_ids;    /* state -> id; grows */
    uint32_t state_count;
    uint32_t *state_ranks; /* state -> its place among all by key; `ranked` of them */
    uint32_t ranked;
    struct kept *kept;
    VECTOR(struct output_size) sizes;         /* by transaction */
    struct output_size by_unknown;            /* of all of them */
    struct names causes;                      /* of unknowns */
    VECTOR(struct output_cause) cause_counts; /* by cause */
    struct names words;                       /* of witnesses and unknowns */
    struct shared_rows unknowns;              /* (cause, detail, function, file, line) */
    struct shared_rows witness_places;        /* (function, file, line, why) */
    struct keys reason_of;                    /* what a step of a witness is about -> index of reasons */
    VECTOR(struct word) reasons;
    struct map name_of; /* address of a name -> index of named */
    VECTOR(struct word) named;
    number_list *taken_at;     /* function -> (initialiser index) or empty: who put its address somewhere */
    struct place *taken_place; /* function -> first place that takes its address */
    size_t targets_mistyped;   /* of all calls through pointers, left out since calls are typed */
    size_t pointers_cut;       /* keys of pointers whose targets are too many to be listed one by one */
    const char *first_cut;     /* the first of them, NULL = none */
};

/*
 * Removes earlier static results, but for what `keep` allows to stay until it is known whether it holds. ERROR_USAGE when the database holds runs,
 * which belong to them.
 */
struct error *output_clear(struct store *store, struct arena *arena, bool keep, struct kept *out_kept);

void output_init(struct store *store, struct program *program, struct transactions *transactions, struct states *states,
                 const struct points_to *points_to, struct kept *kept, struct output *out_output);
struct error *output_program(struct output *output, const struct output_unit *units, size_t unit_count);
struct error *output_transaction(struct output *output, struct transaction *transaction, const struct modification *modification);

/* Functions of models that let others run later, as if the manifest named them (line 0): the run-time side watches their calls. */
struct error *output_deferrals(struct output *output);

/* Groups of consecutive transactions, as the manifest names them. ERROR_USAGE when it names none that is one; after all transactions. */
struct error *output_groups(struct output *output);

/* Which transaction queues which deferred work; after all transactions. */
struct error *output_causes(struct output *output);

/* Call sites, allocation sites, pointees. */
struct error *output_calls(struct output *output);

/* Direct calls between defined functions, whether a transaction reaches them or not. */
struct error *output_edges(struct output *output);
/* Who may read the states that transactions may modify; after all transactions. */
struct error *output_readers(struct output *output);
struct error *output_allocations(struct output *output);
struct error *output_pointees(struct output *output);

#endif
