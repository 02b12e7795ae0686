#ifndef SPILLSCOPE_SLIDE_H
#define SPILLSCOPE_SLIDE_H
/*
 * How far from where it was linked does a kernel run (KASLR)? Found from its text alone: code that runs is looked for in the file at every distance
 * that the kernel may have moved by, and the distance that keeps fitting is it. Needs no register, symbol or promise of the
 * kernel's, and works the same in a plugin and through a stub.
 *
 * Text that the kernel patched, or that holds addresses, fits nowhere or at a wrong place: one fit proves nothing, SLIDE_VOTES at one distance do.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SLIDE_VOTES = 8, SLIDE_CANDIDATES = 16, SLIDE_BYTES_MIN = 12 };

struct slide_search {
    const unsigned char *text; /* as linked */
    uint64_t low;              /* linked address of its first byte */
    uint64_t size;
    uint64_t alignment; /* the kernel moves by multiples of it; 0 = it does not move */
    struct {
        uint64_t slide;
        uint32_t votes;
    } candidates[SLIDE_CANDIDATES];
    uint32_t candidate_count;
    uint64_t last; /* the newest program counter: one block that runs in circles is one witness */
    bool known;
    uint64_t slide; /* to be added to linked addresses, modulo 2^64 */
};

/* `text` must outlive it. Without an alignment the answer is known: 0. */
void slide_search_init(struct slide_search *search, const unsigned char *text, uint64_t low, uint64_t size, uint64_t alignment);
/* The text of an ELF file: `size` bytes at `offset`, mapped for as long as the process lives; NULL when it cannot be. */
const unsigned char *slide_map_text(const char *path, uint64_t offset, uint64_t size);
/* Code that is about to run; true when the distance is known. */
bool slide_search_see(struct slide_search *search, uint64_t pc, const void *bytes, size_t count);

#endif
