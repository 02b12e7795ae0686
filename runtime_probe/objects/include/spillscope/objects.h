#ifndef SPILLSCOPE_OBJECTS_H
#define SPILLSCOPE_OBJECTS_H
/*
 * Which objects (modules, cells) a running kernel has loaded, read from its own list of them: names, sections, addresses. A reader for each
 * kind of kernel says once where its records keep what (objects_layout.c, by the types of the image); following the list is the same for
 * all, needs no types, and so can be done within QEMU.
 *
 * The guest's memory may hold anything: every walk is bounded, and a list that leads nowhere is told with its place.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/collection.h"
#include "spillscope/placement.h"

enum { OBJECTS_MAX = 1024, OBJECTS_SECTIONS_MAX = 1024, OBJECTS_NAME_MAX = 64, OBJECTS_BOUNDS = 8 };

/*
 * Where a kernel's list and the records in it keep what. Numbers alone, so that it can be written down and read back. Offsets are bytes within a
 * record; where a member is either text or a pointer to it, bytes == 0 means a pointer.
 */
struct objects_layout {
    uint64_t list;     /* address of the list's head; 0 = the kernel loads nothing */
    uint64_t circular; /* 1 = links lead to links, and the last one to the head (Linux' list_head); 0 = to records, and the last one is null */
    uint64_t link;     /* where the link to the next record is */
    uint64_t name;
    uint64_t name_bytes;
    uint64_t table;        /* what leads to the sections */
    uint64_t table_apart;  /* 1 = a pointer to the table is there, and offsets below count from the table; 0 = they count from the record */
    uint64_t count;        /* number of sections ... */
    uint64_t count_bytes;  /* ... of this size, up to 8 */
    uint64_t first;        /* the first section */
    uint64_t first_apart;  /* 1 = a pointer to it is there */
    uint64_t stride;       /* bytes of a section's record */
    uint64_t section_name; /* offsets within it */
    uint64_t section_name_bytes;
    uint64_t section_address;
    uint64_t bound_count; /* sections that lie in none of these are gone (initial code that was freed); 0 = all are there */
    uint64_t bound_base[OBJECTS_BOUNDS];
    uint64_t bound_size[OBJECTS_BOUNDS]; /* offset of a number of 4 bytes */
};
enum { OBJECTS_LAYOUT_NUMBERS = sizeof(struct objects_layout) / sizeof(uint64_t) };

struct loaded_section {
    char name[OBJECTS_NAME_MAX];
    uint64_t address;
};
struct loaded_object {
    char name[OBJECTS_NAME_MAX];
    uint64_t record; /* address of the kernel's record of it */
    uint32_t first;  /* of its sections */
    uint32_t count;
};
/* In the kernel's order. A zeroed struct may be given to objects_deinit. */
struct loaded_objects {
    struct vector objects;  /* struct loaded_object */
    struct vector sections; /* struct loaded_section, runs */
};

/* Reads guest memory by virtual address; false where a byte of it is not mapped. */
typedef bool objects_memory(void *context, uint64_t address, void *buffer, size_t count);

/*
 * Fills `out_loaded`, which the caller ends with objects_deinit in any case. NULL = success; else what is wrong with the list, and at which address
 * (*out_at); what was read before that is there. An object whose sections cannot be read has none.
 */
const char *objects_read(const struct objects_layout *layout, objects_memory *memory, void *context, struct loaded_objects *out_loaded,
                         uint64_t *out_at);
void objects_deinit(struct loaded_objects *loaded);

/*
 * Puts every section of the placement where the list has it, and those of objects that it does not have nowhere. `leaving` is the record of an
 * object that is about to go and still listed; 0 = none. `moved` (may be NULL) is told of each section whose place is another one now.
 */
typedef void objects_moved(void *context, uint32_t section);
void objects_apply(const struct loaded_objects *loaded, uint64_t leaving, struct placement *placement, objects_moved *moved, void *context);

#endif
