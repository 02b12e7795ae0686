#include <base/lock/spinlock.h>
#include <base/machine/machine.h>
#include <base/memory/layout.h>
#include <base/memory/pages.h>
#include <base/trial/trial.h>

enum { PAGES_MAX = MEMORY_MAX / PAGE_SIZE };

/* Which frames are in use. Owner: this file. Lock: page_pool.lock (innermost; see docs in base/README.md). */
static struct {
    struct spinlock lock;
    uint64_t used[PAGES_MAX / 64]; /* a bit for each frame */
    size_t end;                    /* frames from here on do not exist */
    size_t hint;                   /* where the next search begins */
    size_t total;                  /* frames that were handed over at start */
} page_pool;

static bool page_used(size_t page) {
    return page_pool.used[page / 64] >> (page % 64) & 1;
}

static void page_mark(size_t page, size_t count, bool used) {
    for (size_t i = page; i < page + count; i++) {
        uint64_t bit = 1ul << (i % 64);
        page_pool.used[i / 64] = used ? page_pool.used[i / 64] | bit : page_pool.used[i / 64] & ~bit;
    }
}

void pages_init(uint64_t first, uint64_t end) {
    size_t begin = (first + PAGE_SIZE - 1) / PAGE_SIZE;
    for (size_t i = 0; i < PAGES_MAX / 64; i++) {
        page_pool.used[i] = ~0ul;
    }
    page_pool.end = end / PAGE_SIZE;
    page_pool.hint = begin;
    page_mark(begin, page_pool.end - begin, false);
    page_pool.total = page_pool.end - begin;
}

/* The first of `count` adjacent free frames in [from, to), or `to`. */
static size_t page_search(size_t from, size_t to, size_t count) {
    size_t run = 0;
    for (size_t page = from; page < to; page++) {
        if (run == 0 && page % 64 == 0 && page_pool.used[page / 64] == ~0ul) {
            page += 63;
            continue;
        }
        run = page_used(page) ? 0 : run + 1;
        if (run == count) {
            return page + 1 - count;
        }
    }
    return to;
}

void *page_allocate(size_t count) {
    void *result = NULL;
    if (trial_starves(__builtin_return_address(0))) {
        return NULL;
    }
    uint64_t flags = spinlock_acquire(&page_pool.lock);
    size_t page = page_search(page_pool.hint, page_pool.end, count);
    if (page == page_pool.end) {
        page = page_search(0, page_pool.end, count);
    }
    if (page != page_pool.end) {
        page_mark(page, count, true);
        page_pool.hint = page + count;
        result = direct_map(page * PAGE_SIZE);
    }
    spinlock_release(&page_pool.lock, flags);
    if (result != NULL) {
        trial_fill(result, count * PAGE_SIZE);
    }
    return result;
}

void page_free(void *pages, size_t count) {
    size_t page = direct_map_physical(pages) / PAGE_SIZE;
    uint64_t flags = spinlock_acquire(&page_pool.lock);
    for (size_t i = page; i < page + count; i++) {
        if (i >= page_pool.end || !page_used(i)) {
            machine_panic("page_free: page %lx is not in use", i * PAGE_SIZE);
        }
    }
    page_mark(page, count, false);
    spinlock_release(&page_pool.lock, flags);
}

size_t pages_available(void) {
    size_t free = 0;
    uint64_t flags = spinlock_acquire(&page_pool.lock);
    for (size_t word = 0; word < PAGES_MAX / 64; word++) {
        free += (size_t)__builtin_popcountl(~page_pool.used[word]);
    }
    spinlock_release(&page_pool.lock, flags);
    return free;
}

size_t pages_in_use(void) {
    return page_pool.total - pages_available();
}

bool pages_consistent(void) {
    bool consistent = pages_available() <= page_pool.total;
    for (size_t page = page_pool.end; page < PAGES_MAX; page++) {
        consistent = consistent && page_used(page);
    }
    return consistent;
}
