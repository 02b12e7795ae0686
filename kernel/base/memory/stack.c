#include <base/memory/pages.h>
#include <base/memory/paging.h>
#include <base/memory/ranges.h>
#include <base/memory/stack.h>

enum { STACK_PAGES = STACK_SIZE / PAGE_SIZE };

uint8_t *stack_create(void) {
    uint8_t *range = range_allocate(STACK_PAGES + 1);
    uint8_t *pages = page_allocate(STACK_PAGES);
    if (range != NULL && pages != NULL) {
        uint8_t *stack = range + PAGE_SIZE;
        size_t mapped = 0;
        while (mapped < STACK_PAGES && paging_map(paging_kernel_root(), (uint64_t)stack + mapped * PAGE_SIZE,
                                                  direct_map_physical(pages) + mapped * PAGE_SIZE, PAGE_WRITE | PAGE_NO_EXECUTE) == STATUS_OK) {
            mapped++;
        }
        if (mapped == STACK_PAGES) {
            return stack;
        }
        while (mapped > 0) {
            mapped--;
            (void)paging_unmap(paging_kernel_root(), (uint64_t)stack + mapped * PAGE_SIZE);
        }
    }
    if (range != NULL) {
        range_free(range, STACK_PAGES + 1);
    }
    if (pages != NULL) {
        page_free(pages, STACK_PAGES);
    }
    return NULL;
}

void stack_destroy(uint8_t *stack) {
    for (size_t page = 0; page < STACK_PAGES; page++) {
        uint64_t physical = paging_unmap(paging_kernel_root(), (uint64_t)stack + page * PAGE_SIZE);
        page_free(direct_map(physical), 1);
    }
    range_free(stack - PAGE_SIZE, STACK_PAGES + 1);
}
