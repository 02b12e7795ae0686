/* Page tables of four levels. A root is the address of a PML4 in the direct map; its upper half is shared by all.
 *
 * Other CPUs are not interrupted when a kernel translation goes or changes. Instead each change begins a new generation, and
 * a CPU that is behind forgets all its translations before it could use an old one: when it maps something in the kernel
 * half, and when it goes on with another task (paging_catch_up). Until then nobody may use the address on that CPU. */
#ifndef BASE_PAGING_H
#define BASE_PAGING_H

#include <api/status.h>
#include <base/memory/layout.h>
#include <stdbool.h>

enum { PAGE_PRESENT = 1, PAGE_WRITE = 2, PAGE_USER = 4, PAGE_UNCACHED = 0x18, PAGE_HUGE = 0x80 };
#define PAGE_NO_EXECUTE (1ul << 63)
#define PAGE_ADDRESS 0x000ffffffffff000ul

/* Builds the kernel's own tables and goes on with them. Needs pages_init. */
void paging_init(uint64_t memory_end);
/* Maps device registers, once per device at start. */
volatile void *paging_map_device(uint64_t physical);

/* The kernel's own root, without a user half. */
uint64_t *paging_kernel_root(void);
/* A root with an empty user half, or NULL. */
uint64_t *paging_create(void);
/* Frees the root, the tables and all pages mapped in its user half. It must not be active. */
void paging_destroy(uint64_t *root);
void paging_activate(uint64_t *root);
/* Forgets this CPU's translations if any have changed since it last did. Interrupts are off. */
void paging_catch_up(void);

/* Maps one page with PAGE_ flags (PAGE_PRESENT implied). STATUS_NO_MEMORY if a table is missing and cannot be made. */
status_t paging_map(uint64_t *root, uint64_t address, uint64_t physical, uint64_t flags);
/* Takes a page out and gives its physical address, or 0 if there was none. */
uint64_t paging_unmap(uint64_t *root, uint64_t address);
/* Changes the flags of a mapped page. False if there is none. */
bool paging_protect(uint64_t *root, uint64_t address, uint64_t flags);
/* The entry that maps `address`, or 0. */
uint64_t paging_lookup(uint64_t *root, uint64_t address);
/* Whether the kernel can read at `address` now. */
bool paging_mapped(uint64_t address);
/* How many tables there are for the addresses of ranges.h; they stay once they were needed. */
size_t paging_range_tables(void);

#endif
