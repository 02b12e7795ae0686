#ifndef ORACLE_GUEST_MEMORY_H
#define ORACLE_GUEST_MEMORY_H
/*
 * The guest's RAM, replayed from the log. Page tables are read as the hardware does (x86_64: 4 levels; i386: 2, or 3 with PAE; Intel SDM volume 3,
 * 4.3 to 4.5); with root 0 virtual and physical addresses are the same.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/arch.h"
#include "spillscope/collection.h"
#include "spillscope/error.h"

enum { GUEST_PAGE_BYTES = 4096 };

struct guest_memory {
    const struct arch *arch;
    unsigned char *bytes; /* owned mapping */
    uint64_t base;        /* physical address of bytes[0] */
    uint64_t size;
};

struct error *guest_memory_init(struct guest_memory *memory, const struct arch *arch, uint64_t base, uint64_t size);
void guest_memory_deinit(struct guest_memory *memory);

/* NULL when [physical, physical + count) is not wholly RAM. */
unsigned char *guest_memory_at(const struct guest_memory *memory, uint64_t physical, uint64_t count);
/* False when not mapped. *out_user: accessible at the user's privilege level. */
bool guest_memory_translate(const struct guest_memory *memory, uint64_t root, uint64_t address, uint64_t *out_physical, bool *out_user);
/* Reads a little-endian word of `size` bytes (up to 8) at a virtual address; false when not mapped. */
bool guest_memory_word(const struct guest_memory *memory, uint64_t root, uint64_t address, unsigned size, uint64_t *out_word);
/* Adds the page frames (physical >> 12) of all tables below `root`, itself included. */
/* The frames of pages that the user can access below `root`: page frame -> 1. */
void guest_memory_users(const struct guest_memory *memory, uint64_t root, struct map *users);
void guest_memory_tables(const struct guest_memory *memory, uint64_t root, struct map *tables);

#endif
