/* Memory regions: pages at addresses of the kernel's choice, zeroed. */
#ifndef API_MEMORY_H
#define API_MEMORY_H

#include <api/status.h>
#include <objects/memory.h>
#include <spillscope_contracts.h>
#include <stddef.h>

enum { MEMORY_PAGE_SIZE = 4096, MEMORY_PAGES_MAX = 64 };
enum { MEMORY_READ = 1, MEMORY_WRITE = 2 };

struct memory_information {
    uint64_t pages;
    uint32_t protection; /* MEMORY_READ, MEMORY_WRITE */
};

/* `address` gets where the region begins. */
status_t memory_map(struct memory_region *region SPILLSCOPE_ACQUIRES, size_t pages, uint32_t protection, void **address);
status_t memory_unmap(struct memory_region *region SPILLSCOPE_RELEASES);
status_t memory_protect(struct memory_region *region, uint32_t protection);
/* Another size; contents up to the smaller of both are kept, and the address may change. */
status_t memory_resize(struct memory_region *region, size_t pages, void **address);
status_t memory_query(struct memory_region *region, struct memory_information *information);

static indivisible void memory_region_drop(struct memory_region *region SPILLSCOPE_RELEASES) {
    (void)memory_unmap(region);
}

#endif
