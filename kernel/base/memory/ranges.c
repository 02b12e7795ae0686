#include <base/lock/spinlock.h>
#include <base/machine/machine.h>
#include <base/memory/layout.h>
#include <base/memory/ranges.h>
#include <base/trial/trial.h>

/* Which pages of the region at RANGES_BASE are in use. Owner: this file. Lock: address_ranges.lock. */
static struct {
    struct spinlock lock;
    uint64_t used[RANGES_PAGES / 64]; /* a bit for each page */
    size_t hint;                      /* where the next search begins */
} address_ranges;

static bool range_used(size_t page) {
    return address_ranges.used[page / 64] >> (page % 64) & 1;
}

static void range_mark(size_t first, size_t pages, bool used) {
    for (size_t page = first; page < first + pages; page++) {
        uint64_t bit = 1ul << (page % 64);
        uint64_t *word = &address_ranges.used[page / 64];
        *word = used ? *word | bit : *word & ~bit;
    }
}

static size_t range_search(size_t from, size_t pages) {
    size_t run = 0;
    for (size_t page = from; page < RANGES_PAGES; page++) {
        if (run == 0 && page % 64 == 0 && address_ranges.used[page / 64] == ~0ul) {
            page += 63;
            continue;
        }
        run = range_used(page) ? 0 : run + 1;
        if (run == pages) {
            return page + 1 - pages;
        }
    }
    return RANGES_PAGES;
}

void *range_allocate(size_t pages) {
    void *result = NULL;
    if (trial_starves(__builtin_return_address(0))) {
        return NULL;
    }
    uint64_t flags = spinlock_acquire(&address_ranges.lock);
    size_t first = range_search(address_ranges.hint, pages);
    if (first == RANGES_PAGES) {
        first = range_search(0, pages);
    }
    if (first != RANGES_PAGES) {
        range_mark(first, pages, true);
        address_ranges.hint = first + pages;
        result = (void *)(RANGES_BASE + first * PAGE_SIZE);
    }
    spinlock_release(&address_ranges.lock, flags);
    return result;
}

void range_free(void *range, size_t pages) {
    size_t first = ((uint64_t)range - RANGES_BASE) / PAGE_SIZE;
    uint64_t flags = spinlock_acquire(&address_ranges.lock);
    for (size_t page = first; page < first + pages; page++) {
        if (page >= RANGES_PAGES || !range_used(page)) {
            machine_panic("range_free: page %lu is not in use", page);
        }
    }
    range_mark(first, pages, false);
    spinlock_release(&address_ranges.lock, flags);
}

size_t ranges_in_use(void) {
    size_t count = 0;
    uint64_t flags = spinlock_acquire(&address_ranges.lock);
    for (size_t word = 0; word < RANGES_PAGES / 64; word++) {
        for (uint64_t left = address_ranges.used[word]; left != 0; left &= left - 1) {
            count++;
        }
    }
    spinlock_release(&address_ranges.lock, flags);
    return count;
}
