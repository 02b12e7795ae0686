#ifndef SPILLSCOPE_RECORDER_H
#define SPILLSCOPE_RECORDER_H
/*
 * What starts the recorder: from the database and the image to the plugin's configuration, and what each of its hooks stands for.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/code.h"
#include "spillscope/error.h"
#include "spillscope/image.h"
#include "spillscope/objects_layout.h"
#include "spillscope/store.h"

enum hook_role { ROLE_EXIT, ROLE_TRANSACTION, ROLE_DEFERRAL, ROLE_ALLOCATOR, ROLE_INTERRUPT, ROLE_LOAD, ROLE_UNLOAD, ROLE_BEGIN, ROLE_END };
enum allocator_effect { EFFECT_ALLOCATE, EFFECT_PAGES, EFFECT_FREE, EFFECT_REALLOCATE, EFFECT_PERCPU, EFFECT_BULK };

/* An address that the recorder watches, of loadable objects the home address. One address may have several roles. */
struct recorder_hook {
    uint64_t address;
    enum hook_role role;
    const char *name;             /* function */
    int64_t txn;                  /* ROLE_TRANSACTION, ROLE_EXIT: id in table txn */
    uint32_t place;               /* of these: what begins or ends here other than by a call (an inlined instance, a line), from 1; 0 = a call */
    uint32_t rank;                /* of those that begin at one address: outer ones first */
    bool whole;                   /* a place that is a function as a whole */
    bool anywhere;                /* ROLE_EXIT: it ends whatever call control is in, for it lies in another function than the beginning */
    enum allocator_effect effect; /* ROLE_ALLOCATOR; the arguments below count from 0, -1 = none */
    int size;                     /* argument: bytes, or pages for EFFECT_PAGES */
    int count;                    /* argument that multiplies the size */
    int order;                    /* argument: pages as a power of two */
    int pointer;                  /* argument: object that is freed or reallocated */
    int size_record;              /* argument: record with a member that holds the bytes (a cache of objects) */
    const char *size_member;      /* its name; owned; NULL = none */
    bool handle;                  /* it deals in addresses of the pages' records, not of the pages */
    int deferred;                 /* ROLE_DEFERRAL: argument that is the function which runs later, or points to a record that holds it */
    const char *deferred_member;  /* the record's member; owned; NULL = none */
    uint8_t pushed;               /* ROLE_INTERRUPT: bytes on the stack above the frame that the processor pushed */
};

/* The hooks that the database asks for, sorted by address. */
struct hook_plan {
    struct recorder_hook *hooks;
    size_t hook_count;
    struct address_range *switches; /* functions that change stacks */
    size_t switch_count;
    uint64_t *fresh; /* where a new task first runs; with none, any code outside of the switch functions is taken for the next task's */
    size_t fresh_count;
    struct code_place *depths; /* of all instructions of the functions that hold places, sorted by address */
    size_t depth_count;
    struct objects_layout objects; /* where the kernel's list of loaded objects is */
    bool has_begin;
    char **missing; /* transactions that begin nowhere in the image, or, some of them, where their end cannot be told */
    size_t missing_count;
};

/* A name that a manifest gives and the image does not have is ERROR_MISMATCH; transactions without code are listed in `missing`. */
struct error *hook_plan_create(struct store *store, const struct image *image, struct hook_plan **out_plan);
void hook_plan_destroy(struct hook_plan *plan); /* NULL is fine */
SCOPE_DEFINE(hook_plan, struct hook_plan *, hook_plan_destroy)

struct recorder_request {
    struct store *store;
    const struct image *image;
    const char *ram_path;    /* of the memory-backend-file, which exists before QEMU loads the plugin or is made by it */
    uint64_t ram_size;       /* bytes; x86: at most 3 GiB, above which RAM is not contiguous */
    const char *log_path;    /* the log that the plugin writes */
    const char *config_path; /* the configuration that this call writes */
    bool blocks;             /* log which code of the image runs, too */
};

/*
 * Writes the configuration, and gives the argument that follows QEMU's `-plugin`; the caller frees it. The plugin is found by the
 * environment variable SPILLSCOPE_RECORDER_PLUGIN, or beside the running program (../lib/spillscope/recorder.so). QEMU splits the argument
 * at commas, so a path with one is ERROR_USAGE.
 */
struct error *recorder_arguments(const struct recorder_request *request, char **out_argument);

#endif
