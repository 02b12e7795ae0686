#ifndef SPILLSCOPE_SNAPSHOT_H
#define SPILLSCOPE_SNAPSHOT_H
/*
 * The bytes of all objects of a scope at one moment: the globals, then what their typed pointers reach, to any depth. Cycles and shared
 * objects are kept apart by (address, shape). Objects reached from globals of servers come first; an object reached only from the
 * client's globals, or from a transaction's parameters, is the client's.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/allocations.h"
#include "spillscope/error.h"
#include "spillscope/guest_memory.h"
#include "spillscope/plan.h"

#define SNAPSHOT_NONE UINT32_MAX

/* One object. */
struct region {
    uint64_t address;
    uint64_t size; /* bytes */
    uint64_t data; /* where its bytes begin in snapshot->bytes */
    uint32_t shape;
    uint32_t parent;   /* region with the pointer that led here first; SNAPSHOT_NONE = a global or parameter */
    uint32_t pointer;  /* index of that pointer among the parent shape's */
    uint32_t element;  /* which element of its arrays, row by row */
    uint32_t origin;   /* region of the global (or parameter) at the beginning of the chain */
    uint64_t born;     /* serial of its allocation; 0 = not seen */
    uint8_t parameter; /* origin is parameter N - 1; 0 = a global */
    uint8_t cpu;       /* the copy of CPU N - 1 of a per-CPU or thread-local variable; 0 = there is one alone */
    bool server;       /* reached from a global of an entity that is not the client */
    bool stack;        /* lies in a task's stack: walked through, temporary itself */
};

/*
 * Snapshots that are needed no more, kept to be overwritten: most bytes of the next one of their scope are there already, so that these are compared
 * and not copied. Every change of a block of a snapshot's bytes gives it a stamp that no other block has had: in two snapshots, blocks at one place
 * with one stamp are the same and need not be compared.
 */
struct snapshot_spares;
struct error *snapshot_spares_create(struct snapshot_spares **out_spares);
/* After all snapshots that were made with them. NULL is fine. */
void snapshot_spares_destroy(struct snapshot_spares *spares);
enum { SNAPSHOT_BLOCK = 512 };

struct snapshot {
    struct region *regions;
    uint32_t count;
    uint8_t *bytes;
    uint64_t byte_count;
    uint32_t *index;     /* hash of (address, shape) -> region + 1 */
    uint32_t index_size; /* a power of two */
    uint32_t unreadable; /* pointers whose target could not be read */
    uint32_t ambiguous;  /* pointers with several possible shapes, settled by plausibility */
    uint64_t serial;     /* newest allocation when it was taken */
    bool cut;            /* the budget ended the walk: the snapshot is incomplete */
    uint64_t *stamps;    /* of each SNAPSHOT_BLOCK bytes; NULL = there are none */

    struct snapshot_spares *spares; /* who takes it back; NULL = nobody */
    const struct scope *scope;
    uint32_t capacity;      /* of regions */
    uint64_t byte_capacity; /* a multiple of SNAPSHOT_BLOCK */
};

/* A parameter of the transaction that leads to an object. */
struct snapshot_parameter {
    uint64_t address;
    uint32_t shape;
    uint64_t offset; /* the object begins this many bytes before the address */
    uint8_t number;  /* from 1 */
};
struct snapshot_range {
    uint64_t low;  /* first address */
    uint64_t high; /* one past the last */
};

/* Told of each pointer value for which the walk asked what is known of the heap. */
typedef void snapshot_trace(void *context, uint64_t address);

struct snapshot_request {
    const struct plan *plan;
    const struct scope *scope;
    struct guest_memory *memory;
    const struct snapshot_parameter *parameters;
    size_t parameter_count;
    const struct snapshot_range *stacks; /* sorted, apart */
    size_t stack_count;
    const struct allocations *allocations; /* what is known of the heap; NULL = nothing */
    uint32_t object_budget;                /* most objects; more sets `cut` */
    uint64_t byte_budget;                  /* most bytes */
    struct snapshot_spares *spares;        /* NULL = none */
    snapshot_trace *trace;                 /* NULL = none */
    void *trace_context;
};

struct error *snapshot_take(const struct snapshot_request *request, struct snapshot **out_snapshot);
void snapshot_destroy(struct snapshot *snapshot); /* NULL is fine */

/* One of `count` regions and `byte_count` bytes that the caller fills, and then indexes. Regions must lie within the bytes. */
struct error *snapshot_create(uint32_t count, uint64_t byte_count, struct snapshot **out_snapshot);
/* ERROR_FORMAT for regions that lead out of the snapshot or name a shape that the plan does not have. */
struct error *snapshot_index(struct snapshot *snapshot, const struct plan *plan);
struct error *snapshot_copy(const struct snapshot *snapshot, struct snapshot **out_snapshot);

/* Region with this address and shape, NULL = none. */
const struct region *snapshot_find(const struct snapshot *snapshot, uint64_t address, uint32_t shape);

#endif
