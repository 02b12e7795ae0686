#ifndef ORACLE_JUDGE_H
#define ORACLE_JUDGE_H
/* The judge's state while it replays a log: memory, heap, contexts, and the transactions under way. */
#include "contexts.h"
#include "deferrals.h"
#include "guest_memory.h"
#include "heap_objects.h"
#include "kernel_map.h"
#include "observation.h"
#include "program.h"
#include "reach.h"
#include "spillscope/oracle.h"
#include "spillscope/record_log.h"
#include "state_roots.h"
#include "tally.h"
#include "typing.h"

struct judge_hook { /* by the number in the log */
    uint64_t address;
    size_t first; /* in the plan */
};

/* An object allocated before the memory's contents are known, so that its physical address is not. */
struct pending_object {
    uint64_t address;
    uint64_t size;
    uint64_t size_at; /* address of the word that holds the size; 0 = `size` does */
    uint64_t born;
    uint32_t root;
    bool pages;
    bool gone;
    bool handle; /* the address is that of the page's record */
    bool percpu; /* every CPU has one, at this address plus its offset */
};

struct judge {
    const struct oracle_request *request;
    const struct image *image;
    struct program program;
    struct hook_plan *plan;
    struct guest_memory memory;
    struct heap_objects heap;
    struct state_roots roots;
    struct typing typing;
    struct kernel_map map;
    struct reach reach;
    struct contexts contexts;
    struct deferrals deferrals;
    struct observations observations;
    struct tally tally;
    struct typing_check check;
    struct vector hooks;                   /* struct judge_hook */
    struct vector pending;                 /* struct pending_object */
    struct vector given[CONTEXT_CPUS_MAX]; /* uint64_t: the objects of the call that leaves next */
    struct map pending_at;                 /* address -> index of the last one there, plus 1 */
    uint64_t sequence;                     /* number of the record at hand */
    uint64_t root[CONTEXT_CPUS_MAX];       /* page-table root of each CPU */
    size_t observed;                       /* transactions entered */
    unsigned cpus;                         /* highest CPU seen, plus 1 */
    bool loading;                          /* pages of the initial memory are coming */
    bool settled;                          /* memory is known */
    bool open_window;                      /* transactions count */
    size_t loads;                          /* how often a loadable object came */
    struct map places;                     /* where the first sections of objects ran -> 1 */
    struct oracle_summary summary;
};

#endif
