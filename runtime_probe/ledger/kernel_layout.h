#ifndef LEDGER_KERNEL_LAYOUT_H
#define LEDGER_KERNEL_LAYOUT_H
/*
 * Where a kernel that divides its memory itself keeps things, by the manifest's [percpu], [pages] and [stacks], and what each page of RAM is
 * mapped as: variables of the image, a processor's copy of the per-CPU variables, records of pages.
 */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/collection.h"
#include "spillscope/guest_memory.h"
#include "spillscope/image.h"
#include "spillscope/store.h"

enum { LAYOUT_PAGE = 4096, LAYOUT_PROCESSORS = 64 };

/* A number, or the variable that holds it in the running kernel. */
struct layout_number {
    uint64_t number;
    uint64_t address; /* 0 = it is the number */
    uint32_t size;
};

struct kernel_layout {
    const struct image *image;
    struct guest_memory *memory;
    uint64_t percpu_low; /* linked addresses of the per-CPU variables; low == high: none */
    uint64_t percpu_high;
    uint64_t percpu_offsets; /* address of the array of what to add for each processor */
    struct layout_number processors;
    struct layout_number records; /* address of the record of page 0 */
    struct layout_number direct;  /* where physical memory is mapped from 0 on */
    uint32_t record_type;         /* IMAGE_NONE: pages have no records */
    uint32_t task_type;           /* IMAGE_NONE: [stacks] names none */
    uint64_t current;             /* linked address of the per-CPU variable with the running task; 0 = none */
    struct vector stacks;         /* struct address_range: variables and symbols that are stacks, linked addresses */
    /* as of kernel_layout_read */
    uint32_t processor_count;
    uint64_t offsets[LAYOUT_PROCESSORS];
    uint64_t records_at;
    uint64_t direct_at;
    struct map variables;    /* page of RAM -> page of linked addresses */
    struct map objects;      /* page of RAM -> page of addresses at which a loadable object runs */
    struct map record_pages; /* page of RAM -> page of addresses */
};

struct error *kernel_layout_load(struct store *store, const struct image *image, struct guest_memory *memory, struct kernel_layout *out_layout);
void kernel_layout_deinit(struct kernel_layout *layout);
/* Is it such a kernel? */
struct error *kernel_layout_wanted(struct store *store, bool *out_wanted);

/* By multiples of what may the kernel run away from where it was linked? 0: it does not. */
struct error *kernel_layout_alignment(struct store *store, uint64_t *out_alignment);

/* Reads what only the running kernel knows. The memory must be told of the page tables before. */
void kernel_layout_read(struct kernel_layout *layout);
bool kernel_layout_word(const struct kernel_layout *layout, uint64_t address, uint32_t size, uint64_t *out_value);
/* RAM offset of a virtual address; false when nothing is mapped there. */
bool kernel_layout_ram(const struct kernel_layout *layout, uint64_t address, uint64_t *out_ram);

/* Linked address of what the image has at this byte of RAM; of loadable objects, the home address. */
bool kernel_layout_linked(const struct kernel_layout *layout, uint64_t ram, uint64_t *out_linked);
/* The byte's offset in a page's record. */
bool kernel_layout_record(const struct kernel_layout *layout, uint64_t ram, uint64_t *out_offset);
bool kernel_layout_is_stack(const struct kernel_layout *layout, uint64_t linked);
/* Can the user access this page of RAM by now, as its record says? */
bool kernel_layout_user_mapped(const struct kernel_layout *layout, uint64_t ram);
/* What to add for a processor's copy of a per-CPU variable, while the kernel starts too; 0 = not set up yet. */
uint64_t kernel_layout_offset(const struct kernel_layout *layout, uint32_t processor);
/* Address of the running task's structure; 0 = not known. */
uint64_t kernel_layout_current(const struct kernel_layout *layout, uint32_t processor);
/* Address of a page from that of its record. */
uint64_t kernel_layout_page(const struct kernel_layout *layout, uint64_t record);

/* Byte offset and type of a member, through anonymous ones; `path` with dots. */
bool kernel_layout_member(const struct image *image, uint32_t type, const char *path, uint64_t *out_offset, uint32_t *out_type);

#endif
