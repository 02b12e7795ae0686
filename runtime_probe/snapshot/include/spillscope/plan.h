#ifndef SPILLSCOPE_PLAN_H
#define SPILLSCOPE_PLAN_H
/*
 * How the object graph of a kernel is walked: which kinds of objects (shapes) there are, where their pointers lie, and to which shapes
 * they lead. Made once from types (image) and from what the analyzer saw assigned to pointers (table pointee).
 *
 * A scope is the part of the plan that matters to one transaction: shapes that hold whitelisted states or lead to such.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/image.h"
#include "spillscope/percpu.h"
#include "spillscope/store.h"
#include "spillscope/whitelist.h"

#define PLAN_DIMENSIONS 4
#define PLAN_NONE UINT32_MAX

/* Where a pointer may lead on the heap: an object of `shape` that begins `offset` bytes before the address. */
struct plan_target {
    uint32_t shape;
    uint64_t offset;
};

/* A pointer leaf of a shape; those in arrays are one entry with dimensions. */
struct plan_pointer {
    const char *path; /* as in state keys: ".proc[].next" */
    uint64_t offset;  /* bytes from the object's start, of the first element */
    uint32_t dimensions;
    struct {
        uint64_t stride; /* bytes */
        uint64_t count;  /* elements; 0 = as many as the object holds */
    } dimension[PLAN_DIMENSIONS];
    uint32_t declared; /* record type that its declaration says it leads to; IMAGE_NONE = none */
    const struct plan_target *targets;
    uint32_t target_count;
};

/* A pointer leaf to a node of lists or trees, whether or not it is followed; those in arrays are one entry with dimensions. */
struct plan_link {
    uint32_t type;   /* of the node */
    uint64_t offset; /* bytes from the object's start, of the first element */
    uint32_t dimensions;
    struct {
        uint64_t stride;
        uint64_t count; /* 0 = as many as the object holds */
    } dimension[PLAN_DIMENSIONS];
};

/* What must hold of the bytes of an object, whatever its state: tells types apart where a pointer may lead to several. */
enum plan_check_kind {
    CHECK_DATA, /* a data pointer: NULL or readable */
    CHECK_CODE, /* a function pointer: NULL or a function's entry */
    CHECK_LINK, /* a node of a doubly linked list: its neighbours point back */
    CHECK_BOOL, /* 0 or 1 */
    CHECK_ENUM  /* one of the enumerators of `type` */
};
struct plan_check {
    enum plan_check_kind kind;
    uint32_t type;
    uint64_t offset; /* bytes from the object's start */
};

/* A kind of object: a global (its own kind) or a heap type. */
struct shape {
    const char *root; /* what its state keys begin with: a root, or root and path of an element that is walked by itself */
    uint32_t type;
    uint64_t size;     /* bytes */
    uint32_t align;    /* bytes */
    uint32_t variable; /* index into image->variables, PLAN_NONE for the heap */
    bool server;       /* global of an entity that is not the client */
    int64_t entity_id; /* of the global's file, 0 = unknown */
    const struct plan_pointer *pointers;
    uint32_t pointer_count;
    const struct plan_link *links;
    uint32_t link_count;
    const struct plan_check *checks; /* heap shapes only */
    uint32_t check_count;
};

struct plan {
    const struct image *image;
    const struct shape *shapes; /* globals first, in order of their address, then what each processor has a copy of, then the heap's */
    uint32_t shape_count;
    uint32_t global_count;
    uint32_t variable_count; /* globals and per-processor variables */
    struct percpu percpu;
};

/* Database and image must outlive the plan only as long as this call (store) and the plan (image). */
struct error *plan_create(struct store *store, const struct image *image, struct plan **out_plan);
/* One without shapes, where states are not found by walking: scopes of it are empty. */
struct error *plan_create_bare(const struct image *image, struct plan **out_plan);
void plan_destroy(struct plan *plan); /* NULL is fine */

/* Shape of the global that holds the address, PLAN_NONE when it lies in none. */
uint32_t plan_global_at(const struct plan *plan, uint64_t address);
/* Shape of heap objects of this record type, PLAN_NONE when none is known. */
uint32_t plan_heap_shape(const struct plan *plan, uint32_t type);

/* Shape of heap objects with this root, PLAN_NONE when none is known. */
uint32_t plan_shape_of_root(const struct plan *plan, const char *root);

/* For each shape: may it hold or lead to a state that matters? */
struct scope {
    bool *holds;
    bool *leads; /* holds, or leads to one that holds */
};
/* By a whitelist. */
struct error *scope_create(const struct plan *plan, const struct whitelist *whitelist, struct scope **out_scope);
/* By one type: all that holds or leads to its objects. */
struct error *scope_create_for_type(const struct plan *plan, uint32_t type, struct scope **out_scope);
void scope_destroy(struct scope *scope); /* NULL is fine */

#endif
