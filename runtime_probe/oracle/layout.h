#ifndef ORACLE_LAYOUT_H
#define ORACLE_LAYOUT_H
/*
 * Where a kernel keeps what is not simply a variable at its linked address: each CPU's copy of the per-CPU variables, and the array of page
 * records, which is how an allocator may name pages (manifest [percpu] and [pages]). Places that only the running kernel knows are read from
 * variables of it.
 */
#include "guest_memory.h"
#include "spillscope/image.h"
#include "spillscope/store.h"

enum { LAYOUT_CPUS_MAX = 64 };

/* A number, or the variable that holds it in the running kernel. */
struct layout_value {
    uint64_t number;
    uint64_t variable; /* address; 0 = it is the number */
    uint32_t size;     /* bytes of the variable */
};

struct layout {
    uint64_t percpu_low; /* linked addresses of the per-CPU variables; low == high: there are none */
    uint64_t percpu_high;
    uint64_t offsets; /* address of the array of what to add for each CPU */
    struct layout_value cpu_count;
    struct layout_value page_records; /* address of page 0's record */
    struct layout_value direct;       /* address where physical memory is mapped from 0 on */
    const char *record_name;          /* type of a page record; the image's; NULL: the kernel has none */
    uint64_t record_size;
    const struct placement *placement; /* the image's */
    /* as of layout_read */
    unsigned cpus;
    uint64_t cpu_offset[LAYOUT_CPUS_MAX];
    uint64_t records_at;
    uint64_t direct_at;
};

/* ERROR_MISMATCH: a symbol or type that the image does not have. */
struct error *layout_load(struct store *store, const struct image *image, struct layout *layout);
/* Reads what the running kernel knows. */
void layout_read(struct layout *layout, const struct guest_memory *memory, uint64_t root);

static inline bool layout_is_percpu(const struct layout *layout, uint64_t linked) {
    return linked >= layout->percpu_low && linked < layout->percpu_high;
}
/* How many copies a variable has (none while the object that it belongs to is not loaded), and where a copy lies. */
static inline unsigned layout_copies(const struct layout *layout, uint64_t linked) {
    return layout_is_percpu(layout, linked) ? layout->cpus : placement_running(layout->placement, linked) != PLACEMENT_NOWHERE;
}
static inline uint64_t layout_copy(const struct layout *layout, uint64_t linked, unsigned cpu) {
    return layout_is_percpu(layout, linked) ? linked + layout->cpu_offset[cpu] : placement_running(layout->placement, linked);
}
/* The address of a page from the address of its record; the argument itself where there are no records. */
uint64_t layout_page(const struct layout *layout, uint64_t record);

#endif
