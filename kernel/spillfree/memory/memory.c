#include <api/memory.h>
#include <base/lib/string.h>
#include <base/memory/pages.h>
#include <base/memory/paging.h>
#include <base/memory/ranges.h>

/* This entity has no state: regions belong to their clients, page tables to the hardware. */

static uint64_t protection_flags(uint32_t protection) {
    return PAGE_NO_EXECUTE | (protection & MEMORY_WRITE ? PAGE_WRITE : 0);
}

static bool protection_valid(uint32_t protection) {
    return protection == MEMORY_READ || protection == (MEMORY_READ | MEMORY_WRITE);
}

static void unmap_pages(uint8_t *address, size_t pages) {
    for (size_t i = 0; i < pages; i++) {
        uint64_t physical = paging_unmap(paging_kernel_root(), (uint64_t)(address + i * PAGE_SIZE));
        page_free(direct_map(physical), 1);
    }
}

/* Maps fresh pages, writable and zeroed. */
static status_t map_pages(uint8_t *address, size_t pages) {
    for (size_t i = 0; i < pages; i++) {
        void *page = page_allocate(1);
        status_t status = STATUS_NO_MEMORY;
        if (page != NULL) {
            memset(page, 0, PAGE_SIZE); /* before anyone can see it at its new address */
            status = paging_map(paging_kernel_root(), (uint64_t)(address + i * PAGE_SIZE), direct_map_physical(page), PAGE_WRITE | PAGE_NO_EXECUTE);
            if (status != STATUS_OK) {
                page_free(page, 1);
            }
        }
        if (status != STATUS_OK) {
            unmap_pages(address, i);
            return status;
        }
    }
    return STATUS_OK;
}

static void protect_pages(uint8_t *address, size_t pages, uint32_t protection) {
    for (size_t i = 0; i < pages; i++) {
        (void)paging_protect(paging_kernel_root(), (uint64_t)(address + i * PAGE_SIZE), protection_flags(protection));
    }
}

status_t memory_map(struct memory_region *region, size_t pages, uint32_t protection, void **address) {
    if (pages == 0 || pages > MEMORY_PAGES_MAX || !protection_valid(protection)) {
        return STATUS_INVALID;
    }
    uint8_t *range = range_allocate(pages);
    if (range == NULL) {
        return STATUS_NO_MEMORY;
    }
    status_t status = map_pages(range, pages);
    if (status != STATUS_OK) {
        range_free(range, pages);
        return status;
    }
    if (protection == MEMORY_READ) {
        protect_pages(range, pages, protection);
    }
    *region = (struct memory_region){range, pages, protection};
    *address = range;
    return STATUS_OK;
}

status_t memory_unmap(struct memory_region *region) {
    if (region->address == NULL) {
        return STATUS_BAD_OBJECT;
    }
    unmap_pages(region->address, region->pages);
    range_free(region->address, region->pages);
    *region = (struct memory_region){0};
    return STATUS_OK;
}

status_t memory_protect(struct memory_region *region, uint32_t protection) {
    if (region->address == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (!protection_valid(protection)) {
        return STATUS_INVALID;
    }
    protect_pages(region->address, region->pages, protection);
    region->protection = protection;
    return STATUS_OK;
}

/* Moves a region to a larger range: fresh pages are mapped behind its own ones. */
static status_t region_move(struct memory_region *region, size_t pages) {
    uint8_t *old = region->address;
    uint8_t *range = range_allocate(pages);
    if (range == NULL) {
        return STATUS_NO_MEMORY;
    }
    status_t status = map_pages(range, pages);
    if (status != STATUS_OK) {
        range_free(range, pages);
        return status;
    }
    for (size_t i = 0; i < region->pages; i++) {
        /* The tables of the new range exist now, so this cannot fail any more. */
        uint64_t fresh = paging_unmap(paging_kernel_root(), (uint64_t)(range + i * PAGE_SIZE));
        uint64_t kept = paging_unmap(paging_kernel_root(), (uint64_t)(old + i * PAGE_SIZE));
        (void)paging_map(paging_kernel_root(), (uint64_t)(range + i * PAGE_SIZE), kept, PAGE_WRITE | PAGE_NO_EXECUTE);
        page_free(direct_map(fresh), 1);
    }
    protect_pages(range, pages, region->protection);
    range_free(old, region->pages);
    region->address = range;
    return STATUS_OK;
}

status_t memory_resize(struct memory_region *region, size_t pages, void **address) {
    if (region->address == NULL) {
        return STATUS_BAD_OBJECT;
    }
    if (pages == 0 || pages > MEMORY_PAGES_MAX) {
        return STATUS_INVALID;
    }
    if (pages > region->pages) {
        status_t status = region_move(region, pages);
        if (status != STATUS_OK) {
            return status;
        }
    } else if (pages < region->pages) {
        uint8_t *rest = (uint8_t *)region->address + pages * PAGE_SIZE;
        unmap_pages(rest, region->pages - pages);
        range_free(rest, region->pages - pages);
    }
    region->pages = pages;
    *address = region->address;
    return STATUS_OK;
}

status_t memory_query(struct memory_region *region, struct memory_information *information) {
    if (region->address == NULL) {
        return STATUS_BAD_OBJECT;
    }
    *information = (struct memory_information){region->pages, region->protection};
    return STATUS_OK;
}
