#ifndef SPILLSCOPE_CATALOG_H
#define SPILLSCOPE_CATALOG_H
/* What the database says about the transactions to watch and how the kernel runs them. */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/client.h"
#include "spillscope/code.h"
#include "spillscope/image.h"
#include "spillscope/plan.h"
#include "spillscope/store.h"
#include "spillscope/text.h"
#include "spillscope/whitelist.h"

/* A pointer parameter of the entry function that can lead to an object. */
struct catalog_parameter {
    uint8_t index;  /* word of the arguments, from 0: a register, or a word of the stack */
    uint8_t number; /* of the parameter, from 1 */
    uint32_t shape;
};

/* A kind of transaction. */
struct catalog_transaction {
    int64_t id;
    char *name;
    int64_t entity_id;
    uint32_t function; /* index into image->functions */
    uint64_t entry;    /* address of its first instruction; 0 = it begins at places alone */
    bool asynchronous; /* an interrupt or deferred work */
    bool result_known; /* the function returns an integer or pointer */
    uint8_t result_bytes;
    bool result_signed;
    struct whitelist *whitelist;
    struct scope *scope;
    struct catalog_parameter parameters[8];
    uint32_t parameter_count;
    uint32_t group;                  /* index plus 1 of the group that it belongs to; 0 = none */
    bool group_first;                /* a group begins with it */
    bool group_last;                 /* and ends */
    struct client_expression client; /* for whom it is; not present: the task's */
};

/*
 * Where a transaction begins other than by the call of its function: an inlined instance, a clone, a source line. The frame is named by where the
 * function that holds the place finds its return address; it ends at one of the exits in the same frame, or with that function's return.
 */
struct catalog_place {
    uint64_t entry;
    uint32_t transaction;     /* index */
    uint32_t instance;        /* what is entered: the same for all ways into one inlined instance, all addresses of one line; from 1 */
    uint32_t order;           /* of those with the same entry: outer ones first */
    int64_t depth;            /* stack pointer at the entry minus the place of the return address */
    bool whole;               /* a function as a whole, so that there is a result */
    struct code_place *exits; /* sorted by address; TRACK_ANY_DEPTH (spillscope/track.h): in another function than the beginning. Owned */
    uint32_t exit_count;
};

/* Consecutive transactions of one client, compared at the ends. */
struct catalog_group {
    char *name;
    struct whitelist *whitelist; /* of all its transactions */
    struct scope *scope;
};

struct catalog_boot_stack {
    char *name;
    uint64_t low;
    uint64_t high;
};

/* A function that lets another one run later. */
struct catalog_deferral {
    uint64_t entry;
    uint8_t argument; /* that is the function, or points to a record that holds it */
    bool indirect;    /* a record */
    uint64_t member;  /* byte offset in it */
};

struct catalog {
    struct catalog_transaction *transactions; /* sorted by entry */
    uint32_t count;
    struct catalog_place *places; /* sorted by entry, then order */
    uint32_t place_count;
    struct code_place *depths; /* of all instructions of the functions that hold places, sorted by address */
    size_t depth_count;
    uint32_t unplaced;        /* places whose frame or exits cannot be told */
    char *unplaced_name;      /* the transaction of the first of them */
    bool everything;          /* no whitelists */
    uint32_t missing;         /* transactions whose function is not in the ELF */
    char *missing_name;       /* first of them */
    uint32_t task_type;       /* struct with the kernel stack, IMAGE_NONE */
    uint64_t stack_base;      /* byte offset of the member with the lowest address */
    uint64_t stack_size;      /* bytes */
    struct scope *task_scope; /* all that leads to tasks */
    struct catalog_boot_stack *boot_stacks;
    uint32_t boot_stack_count;
    uint64_t *interrupts; /* entry addresses of asynchronous interrupts, sorted */
    uint32_t interrupt_count;
    struct catalog_group *groups;
    uint32_t group_count;
    struct catalog_deferral *deferrals;
    uint32_t deferral_count;
    char *missing_deferral; /* the first function of that kind which cannot be watched in this ELF; NULL */
    uint64_t switch_entry;  /* the function that changes stacks; 0 = not known */
    uint64_t begin;         /* the workload's marks; 0 = none */
    uint64_t end;
};

/* `everything`: no transaction has a whitelist, so that all that can be reached is looked at. */
struct error *catalog_load(struct store *store, const struct plan *plan, bool everything, struct catalog *out_catalog);
void catalog_deinit(struct catalog *catalog);
/* What of the database the ELF does not have, a line for each kind of thing. */
void catalog_tell(const struct catalog *catalog, struct text *out);

/* Transaction entered at this address; NULL = none. */
const struct catalog_transaction *catalog_at(const struct catalog *catalog, uint64_t pc);
/* Places that are entered at this address, outer ones first; *out_count is 0 when there are none. */
const struct catalog_place *catalog_places_at(const struct catalog *catalog, uint64_t pc, uint32_t *out_count);
/* How deep the stack is at an instruction of a function that holds places; false when that is not known. */
bool catalog_depth(const struct catalog *catalog, uint64_t pc, int64_t *out_depth);
/* The result of one, from the register that holds it. */
int64_t catalog_result(const struct catalog_transaction *kind, uint64_t raw);
const struct catalog_deferral *catalog_deferral_at(const struct catalog *catalog, uint64_t pc); /* NULL = none */
bool catalog_is_interrupt(const struct catalog *catalog, uint64_t pc);

#endif
