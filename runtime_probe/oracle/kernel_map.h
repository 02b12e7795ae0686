#ifndef ORACLE_KERNEL_MAP_H
#define ORACLE_KERNEL_MAP_H
/*
 * Where the image's variables and boot stacks lie in physical memory, and which pages are kernel stacks or page tables right now.
 */
#include "guest_memory.h"
#include "heap_objects.h"
#include "layout.h"
#include "program.h"
#include "state_roots.h"

struct kernel_map {
    const struct image *image;
    const struct program *program;
    const struct guest_memory *memory;
    struct layout layout;
    struct map frames;      /* page frame -> virtual page of the image, or at which a loadable object runs */
    struct map records;     /* page frame -> virtual page of the array of page records */
    struct map users;       /* page frame -> 1: pages that the user can access, as of kernel_map_users */
    struct map boot_stacks; /* page frame -> 1: pages that are wholly or partly boot stack */
    struct map stacks;      /* page frame -> 1, as of kernel_map_stacks */
    struct map tables;      /* page frame -> level, as of kernel_map_tables */
    uint64_t root;          /* page-table root that the variables were found with */
    bool ready;
    bool stale; /* loadable objects have moved since */
};

void kernel_map_init(struct kernel_map *map, const struct image *image, const struct program *program, const struct guest_memory *memory);
void kernel_map_deinit(struct kernel_map *map);

/* Finds variables and boot stacks by the page tables at `root`. What the user can access is a client's copy, and left out. */
void kernel_map_image(struct kernel_map *map, uint64_t root);
/* The image's virtual address of a physical one, of loadable objects the home address; false when no variable's page is there. */
bool kernel_map_virtual(const struct kernel_map *map, uint64_t physical, uint64_t *out_address);
/* The page record at a physical address, and the offset in it. */
bool kernel_map_record(const struct kernel_map *map, uint64_t physical, uint64_t *out_offset);
/*
 * Finds the pages that the user can access below `root`, and, where pages have records, below the roots that the manifest names (a program's that is
 * about to run): a client's, through whichever address they are stored to.
 */
void kernel_map_users(struct kernel_map *map, const struct heap_objects *heap, struct state_roots *roots, uint64_t root);
/* A member by a dotted path below a type; false when there is none. */
bool kernel_map_member(const struct image *image, uint32_t type, const char *path, uint64_t *out_offset, uint32_t *out_type);
bool kernel_map_boot_stack(const struct kernel_map *map, uint64_t physical);

/* Finds the stacks that task structures hold now. */
void kernel_map_stacks(struct kernel_map *map, const struct heap_objects *heap, struct state_roots *roots, uint64_t root);
/* Finds the page tables below `root` and below the roots that the manifest names. */
void kernel_map_tables(struct kernel_map *map, const struct heap_objects *heap, struct state_roots *roots, uint64_t root);

#endif
