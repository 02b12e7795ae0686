#include <base/heap/heap.h>
#include <base/lib/list.h>
#include <base/lib/string.h>
#include <base/memory/pages.h>
#include <base/memory/paging.h>
#include <memory/address_space.h>
#include <syscalls/syscalls.h>
#include <tasks/task.h>

/* The clients' code within the kernel image: user addresses, and physical ones. */
extern uint8_t user_text_begin[], user_text_end[], user_text_physical[];
extern uint8_t user_rodata_begin[], user_rodata_end[], user_rodata_physical[];

/* Owner: memory mapping. Lock: atomic adds. */
static struct {
    uint64_t spaces;   /* that exist */
    uint64_t requests; /* memory_map requests so far, of all clients */
} memory_statistics;

static uint64_t protection_flags(uint32_t protection) {
    return PAGE_USER | PAGE_NO_EXECUTE | (protection & MEMORY_WRITE ? PAGE_WRITE : 0);
}

static bool protection_valid(uint64_t protection) {
    return protection == MEMORY_READ || protection == (MEMORY_READ | MEMORY_WRITE);
}

static status_t map_image(uint64_t *root, const uint8_t *begin, const uint8_t *end, uint64_t physical, uint64_t flags) {
    uint64_t address = (uint64_t)begin;
    for (; address < (uint64_t)end; address += PAGE_SIZE, physical += PAGE_SIZE) {
        status_t status = paging_map(root, address, physical, PAGE_USER | flags);
        if (status != STATUS_OK) {
            return status;
        }
    }
    return STATUS_OK;
}

static void unmap_pages(struct address_space *space, uint64_t address, uint64_t pages) {
    for (uint64_t i = 0; i < pages; i++) {
        uint64_t physical = paging_unmap(space->root, address + i * PAGE_SIZE);
        if (physical != 0) {
            page_free(direct_map(physical), 1);
        }
    }
}

static status_t map_pages(struct address_space *space, uint64_t address, uint64_t pages) {
    for (uint64_t i = 0; i < pages; i++) {
        void *page = page_allocate(1);
        status_t status = STATUS_NO_MEMORY;
        if (page != NULL) {
            status = paging_map(space->root, address + i * PAGE_SIZE, direct_map_physical(page), protection_flags(MEMORY_READ | MEMORY_WRITE));
            if (status != STATUS_OK) {
                page_free(page, 1);
            }
        }
        if (status != STATUS_OK) {
            unmap_pages(space, address, i);
            return status;
        }
    }
    return STATUS_OK;
}

static void protect_pages(struct address_space *space, uint64_t address, uint64_t pages, uint32_t protection) {
    for (uint64_t i = 0; i < pages; i++) {
        (void)paging_protect(space->root, address + i * PAGE_SIZE, protection_flags(protection));
    }
}

static struct memory_area *area_of(struct rb_node *node) {
    return node == NULL ? NULL : container_of(node, struct memory_area, node);
}

/* A gap of that many pages, or 0: behind the last region, which needs no search, else the lowest one between regions. */
static uint64_t area_gap(struct address_space *space, uint64_t pages) {
    const struct memory_area *last = area_of(rb_find_below(&space->areas, USER_REGIONS_END - 1));
    uint64_t address = last == NULL ? USER_REGIONS_BEGIN : last->node.key + last->pages * PAGE_SIZE;
    if (address + pages * PAGE_SIZE <= USER_REGIONS_END) {
        return address;
    }
    address = USER_REGIONS_BEGIN;
    for (struct rb_node *node = rb_first(&space->areas); node != NULL; node = rb_next(node)) {
        if (node->key >= address + pages * PAGE_SIZE) {
            break;
        }
        if (node->key >= address) {
            address = node->key + area_of(node)->pages * PAGE_SIZE;
        }
    }
    return address + pages * PAGE_SIZE <= USER_REGIONS_END ? address : 0;
}

static void area_account(struct address_space *space, uint64_t before, uint64_t now) {
    space->mapped_pages += now - before;
    if (space->mapped_pages > space->peak_pages) {
        space->peak_pages = space->mapped_pages;
    }
}

/* Makes an area at `address`, or at a gap if that is 0. The space's lock is held. */
static status_t area_create(struct address_space *space, uint64_t address, uint64_t pages, struct memory_area **result) {
    if (space->area_count == AREAS_MAX) {
        return STATUS_LIMIT;
    }
    struct memory_area *area = kmalloc(sizeof *area);
    if (area == NULL) {
        return STATUS_NO_MEMORY;
    }
    uint64_t begin = address != 0 ? address : area_gap(space, pages);
    status_t status = begin == 0 ? STATUS_NO_MEMORY : map_pages(space, begin, pages);
    if (status != STATUS_OK) {
        kfree(area);
        return status;
    }
    *area = (struct memory_area){.node.key = begin, .pages = pages, .protection = MEMORY_READ | MEMORY_WRITE};
    rb_insert(&space->areas, &area->node);
    space->area_count++;
    area_account(space, 0, pages);
    *result = area;
    return STATUS_OK;
}

static void area_destroy(struct address_space *space, struct memory_area *area) {
    unmap_pages(space, area->node.key, area->pages);
    rb_remove(&space->areas, &area->node);
    space->area_count--;
    area_account(space, area->pages, 0);
    kfree(area);
}

/* The area that a client means by the address of its region, or NULL. */
static struct memory_area *area_find(struct address_space *space, uint64_t address) {
    struct memory_area *area = area_of(rb_find_below(&space->areas, address));
    return area != NULL && area->node.key == address && !area->fixed ? area : NULL;
}

struct address_space *address_space_create(void) {
    struct memory_area *stack;
    struct address_space *space = kmalloc(sizeof *space);
    if (space == NULL) {
        return NULL;
    }
    *space = (struct address_space){.root = paging_create()};
    if (space->root == NULL) {
        kfree(space);
        return NULL;
    }
    (void)__atomic_add_fetch(&memory_statistics.spaces, 1, __ATOMIC_RELAXED);
    if (map_image(space->root, user_text_begin, user_text_end, (uint64_t)user_text_physical, 0) != STATUS_OK ||
        map_image(space->root, user_rodata_begin, user_rodata_end, (uint64_t)user_rodata_physical, PAGE_NO_EXECUTE) != STATUS_OK ||
        area_create(space, USER_STACK_TOP - USER_STACK_PAGES * PAGE_SIZE, USER_STACK_PAGES, &stack) != STATUS_OK) {
        address_space_destroy(space);
        return NULL;
    }
    stack->fixed = true;
    return space;
}

/* The pages of an area, which is in both spaces. */
static void client_pages_copy(const struct address_space *to, const struct address_space *from, const struct memory_area *area) {
    for (uint64_t address = area->node.key; address < area->node.key + area->pages * PAGE_SIZE; address += PAGE_SIZE) {
        memcpy(direct_map(paging_lookup(to->root, address) & PAGE_ADDRESS), direct_map(paging_lookup(from->root, address) & PAGE_ADDRESS), PAGE_SIZE);
    }
}

struct address_space *address_space_copy(const struct address_space *from) {
    struct address_space *space = address_space_create();
    status_t status = space == NULL ? STATUS_NO_MEMORY : STATUS_OK;
    for (struct rb_node *node = rb_first(&from->areas); node != NULL && status == STATUS_OK; node = rb_next(node)) {
        const struct memory_area *area = area_of(node);
        struct memory_area *copy = NULL;
        if (!area->fixed) {
            status = area_create(space, area->node.key, area->pages, &copy);
        }
        if (status == STATUS_OK) {
            client_pages_copy(space, from, area);
        }
        if (copy != NULL) {
            copy->protection = area->protection;
            protect_pages(space, copy->node.key, copy->pages, copy->protection);
        }
    }
    if (status != STATUS_OK && space != NULL) {
        address_space_destroy(space);
        space = NULL;
    }
    return space;
}

void address_space_destroy(struct address_space *space) {
    for (struct rb_node *node = rb_first(&space->areas); node != NULL; node = rb_first(&space->areas)) {
        area_destroy(space, area_of(node));
    }
    for (uint64_t address = (uint64_t)user_text_begin; address < (uint64_t)user_rodata_end; address += PAGE_SIZE) {
        (void)paging_unmap(space->root, address); /* the image's pages are everybody's */
    }
    paging_destroy(space->root);
    kfree(space);
    (void)__atomic_sub_fetch(&memory_statistics.spaces, 1, __ATOMIC_RELAXED);
}

void address_space_activate(struct address_space *space) {
    paging_activate(space == NULL ? paging_kernel_root() : space->root);
}

int64_t sys_memory_map(const struct request *request) {
    struct address_space *space = task_current()->space;
    uint64_t pages = request->arguments[1];
    uint64_t protection = request->arguments[2];
    struct memory_area *area;
    if (pages == 0 || pages > MEMORY_PAGES_MAX || !protection_valid(protection)) {
        return STATUS_INVALID;
    }
    (void)__atomic_add_fetch(&memory_statistics.requests, 1, __ATOMIC_RELAXED);
    uint64_t flags = spinlock_acquire(&space->lock);
    status_t status = area_create(space, 0, pages, &area);
    uint64_t address = status == STATUS_OK ? area->node.key : 0;
    spinlock_release(&space->lock, flags);
    if (status != STATUS_OK) {
        return status;
    }
    status = clear_user((void user_address *)address, pages * PAGE_SIZE);
    if (status == STATUS_OK) {
        status = copy_to_user(request_pointer(request, 0), &address, sizeof address);
    }
    if (status == STATUS_OK) {
        status = copy_to_user(request_pointer(request, 3), &address, sizeof address);
    }
    flags = spinlock_acquire(&space->lock);
    if (status != STATUS_OK) {
        area_destroy(space, area);
    } else if (protection != area->protection) {
        area->protection = (uint32_t)protection;
        protect_pages(space, address, pages, area->protection);
    }
    spinlock_release(&space->lock, flags);
    return status;
}

int64_t sys_memory_unmap(const struct request *request) {
    struct address_space *space = task_current()->space;
    uint64_t flags = spinlock_acquire(&space->lock);
    struct memory_area *area = area_find(space, request->arguments[0]);
    if (area != NULL) {
        area_destroy(space, area);
    }
    spinlock_release(&space->lock, flags);
    return area == NULL ? STATUS_BAD_OBJECT : STATUS_OK;
}

int64_t sys_memory_protect(const struct request *request) {
    struct address_space *space = task_current()->space;
    uint64_t protection = request->arguments[1];
    status_t status = STATUS_BAD_OBJECT;
    uint64_t flags = spinlock_acquire(&space->lock);
    struct memory_area *area = area_find(space, request->arguments[0]);
    if (area != NULL) {
        status = STATUS_INVALID;
        if (protection_valid(protection)) {
            area->protection = (uint32_t)protection;
            protect_pages(space, area->node.key, area->pages, area->protection);
            status = STATUS_OK;
        }
    }
    spinlock_release(&space->lock, flags);
    return status;
}

/* Shortens an area in place, or moves its pages to a gap that is large enough. Pages that are new are not cleared yet. */
static status_t area_resize(struct address_space *space, struct memory_area *area, uint64_t pages) {
    uint64_t begin = area->node.key;
    if (pages > area->pages) {
        uint64_t target = area_gap(space, pages);
        status_t status = target == 0 ? STATUS_NO_MEMORY : map_pages(space, target, pages);
        if (status != STATUS_OK) {
            return status;
        }
        for (uint64_t i = 0; i < area->pages; i++) {
            /* The tables of the target exist now, so this cannot fail any more. */
            uint64_t fresh = paging_unmap(space->root, target + i * PAGE_SIZE);
            uint64_t kept = paging_unmap(space->root, begin + i * PAGE_SIZE);
            (void)paging_map(space->root, target + i * PAGE_SIZE, kept, protection_flags(MEMORY_READ | MEMORY_WRITE));
            page_free(direct_map(fresh), 1);
        }
        rb_remove(&space->areas, &area->node);
        area->node.key = target;
        rb_insert(&space->areas, &area->node);
    } else {
        unmap_pages(space, begin + pages * PAGE_SIZE, area->pages - pages);
    }
    area_account(space, area->pages, pages);
    area->pages = pages;
    return STATUS_OK;
}

int64_t sys_memory_resize(const struct request *request) {
    struct address_space *space = task_current()->space;
    uint64_t pages = request->arguments[1];
    uint64_t address = 0, before = 0;
    status_t status = STATUS_BAD_OBJECT;
    uint64_t flags = spinlock_acquire(&space->lock);
    struct memory_area *area = area_find(space, request->arguments[2]);
    if (area != NULL) {
        status = STATUS_INVALID;
        if (pages > 0 && pages <= MEMORY_PAGES_MAX) {
            before = area->pages;
            status = area_resize(space, area, pages);
            address = area->node.key;
        }
    }
    spinlock_release(&space->lock, flags);
    if (status == STATUS_OK && pages > before) {
        status = clear_user((void user_address *)(address + before * PAGE_SIZE), (pages - before) * PAGE_SIZE);
        flags = spinlock_acquire(&space->lock);
        protect_pages(space, address, pages, area->protection);
        spinlock_release(&space->lock, flags);
    }
    if (status == STATUS_OK) {
        status = copy_to_user(request_pointer(request, 0), &address, sizeof address);
    }
    if (status == STATUS_OK) {
        status = copy_to_user(request_pointer(request, 3), &address, sizeof address);
    }
    return status;
}

int64_t sys_memory_query(const struct request *request) {
    struct address_space *space = task_current()->space;
    struct memory_information information = {0};
    uint64_t flags = spinlock_acquire(&space->lock);
    struct memory_area *area = area_find(space, request->arguments[0]);
    if (area != NULL) {
        information = (struct memory_information){area->pages, area->protection};
    }
    spinlock_release(&space->lock, flags);
    if (area == NULL) {
        return STATUS_BAD_OBJECT;
    }
    return copy_to_user(request_pointer(request, 1), &information, sizeof information);
}
