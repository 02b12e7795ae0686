#include <base/cpu/cpu.h>
#include <base/cpu/instructions.h>
#include <base/lib/string.h>
#include <base/lock/spinlock.h>
#include <base/machine/machine.h>
#include <base/memory/pages.h>
#include <base/memory/paging.h>

enum { LEVELS = 4, ENTRIES = 512, UPPER_HALF = 256 };
#define HUGE_SIZE 0x200000ul

extern const uint8_t kernel_text_begin[], kernel_text_end[], kernel_rodata_begin[], kernel_rodata_end[];
extern const uint8_t kernel_data_begin[], kernel_data_end[];

/* Owner: this file. `root` and `devices` are set once at start. `lock` guards the kernel half of all tables; the user
 * half of a root is guarded by the address space it belongs to. */
static struct {
    uint64_t *root;
    uint64_t devices; /* device pages mapped so far */
    struct spinlock lock;
    uint64_t generation; /* changes of kernel translations so far, begins at 0 */
} paging;

static uint64_t *table_create(void) {
    uint64_t *table = page_allocate(1);
    if (table != NULL) {
        for (unsigned i = 0; i < ENTRIES; i++) {
            table[i] = 0;
        }
    }
    return table;
}

static unsigned table_index(uint64_t address, unsigned level) {
    return (unsigned)(address >> (12 + 9 * (level - 1))) % ENTRIES;
}

/* The entry for `address` at `level` (1 = pages), or NULL. With `create`, missing tables are made. */
static uint64_t *table_entry(uint64_t *root, uint64_t address, unsigned level, bool create) {
    uint64_t *table = root;
    for (unsigned at = LEVELS; at > level; at--) {
        uint64_t *entry = &table[table_index(address, at)];
        if (!(*entry & PAGE_PRESENT)) {
            uint64_t *below = create ? table_create() : NULL;
            if (below == NULL) {
                return NULL;
            }
            *entry = direct_map_physical(below) | PAGE_PRESENT | PAGE_WRITE | (address < USER_END ? PAGE_USER : 0);
        } else if (*entry & PAGE_HUGE) {
            return NULL;
        }
        table = direct_map(*entry & PAGE_ADDRESS);
    }
    return &table[table_index(address, level)];
}

static bool address_within(uint64_t address, const uint8_t *begin, const uint8_t *end) {
    return address >= ((uint64_t)begin & ~(PAGE_SIZE - 1)) && address < (uint64_t)end;
}

/* What may be done with a page of the kernel image: a sum of PAGE_ flags. False if it is no part of the kernel's (the boot part, the clients' code).
 */
static bool image_flags(uint64_t address, uint64_t *flags) {
    *flags = PAGE_NO_EXECUTE;
    if (address_within(address, kernel_text_begin, kernel_text_end)) {
        *flags = 0;
    } else if (address_within(address, kernel_data_begin, kernel_data_end)) {
        *flags |= PAGE_WRITE;
    } else {
        return address_within(address, kernel_rodata_begin, kernel_rodata_end);
    }
    return true;
}

/* Page by page from the beginning: an entry is then a number that was counted, not one made of the address of what it leads to. */
static void map_image(void) {
    for (uint64_t physical = KERNEL_PHYSICAL; KERNEL_BASE + physical < (uint64_t)kernel_data_end; physical += PAGE_SIZE) {
        uint64_t flags;
        if (image_flags(KERNEL_BASE + physical, &flags) && paging_map(paging.root, KERNEL_BASE + physical, physical, flags) != STATUS_OK) {
            machine_panic("paging: no memory for the kernel image");
        }
    }
}

void paging_init(uint64_t memory_end) {
    paging.root = table_create();
    if (paging.root == NULL) {
        machine_panic("paging: no memory for the first table");
    }
    for (uint64_t address = 0; address < memory_end; address += HUGE_SIZE) {
        uint64_t *entry = table_entry(paging.root, DIRECT_MAP_BASE + address, 2, true);
        if (entry == NULL) {
            machine_panic("paging: no memory for the direct map");
        }
        *entry = address | PAGE_PRESENT | PAGE_WRITE | PAGE_HUGE | PAGE_NO_EXECUTE;
    }
    map_image();
    /* The upper half of every root is a copy of this one, so all its tables of the second level must exist. */
    if (table_entry(paging.root, RANGES_BASE, 3, true) == NULL || table_entry(paging.root, DEVICES_BASE, 3, true) == NULL) {
        machine_panic("paging: no memory for the kernel half");
    }
    paging_activate(paging.root);
}

volatile void *paging_map_device(uint64_t physical) {
    uint64_t address = DEVICES_BASE + paging.devices * PAGE_SIZE;
    if (paging_map(paging.root, address, physical, PAGE_WRITE | PAGE_UNCACHED | PAGE_NO_EXECUTE) != STATUS_OK) {
        machine_panic("paging: no memory for a device");
    }
    paging.devices++;
    return (volatile void *)address;
}

uint64_t *paging_kernel_root(void) {
    return paging.root;
}

uint64_t *paging_create(void) {
    uint64_t *root = table_create();
    if (root != NULL) {
        for (unsigned i = UPPER_HALF; i < ENTRIES; i++) {
            root[i] = paging.root[i];
        }
    }
    return root;
}

/* Frees what `table` of `level` leads to. The depth of the recursion is the number of levels. */
static void table_destroy(uint64_t *table, unsigned level, unsigned entries) {
    for (unsigned i = 0; i < entries; i++) {
        if (table[i] & PAGE_PRESENT) {
            uint64_t *below = direct_map(table[i] & PAGE_ADDRESS);
            if (level > 1) {
                table_destroy(below, level - 1, ENTRIES);
            } else {
                page_free(below, 1);
            }
        }
    }
    page_free(table, 1);
}

void paging_destroy(uint64_t *root) {
    table_destroy(root, LEVELS, UPPER_HALF);
}

void paging_activate(uint64_t *root) {
    page_root_write(direct_map_physical(root));
}

void paging_catch_up(void) {
    struct cpu *cpu = cpu_this();
    uint64_t generation = __atomic_load_n(&paging.generation, __ATOMIC_ACQUIRE);
    if (cpu->translations != generation) {
        cpu->translations = generation;
        page_root_write(page_root_read());
    }
}

/* This CPU forgets one translation at once, the others as described in paging.h. */
static void translation_forget(uint64_t address) {
    page_forget(address);
    if (address >= USER_END) {
        struct cpu *cpu = cpu_this();
        bool current = cpu->translations == paging.generation;
        uint64_t generation = __atomic_add_fetch(&paging.generation, 1, __ATOMIC_RELEASE);
        if (current) {
            cpu->translations = generation;
        }
    }
}

static uint64_t kernel_half_lock(uint64_t address) {
    return address < USER_END ? 0 : spinlock_acquire(&paging.lock);
}

static void kernel_half_unlock(uint64_t address, uint64_t flags) {
    if (address >= USER_END) {
        spinlock_release(&paging.lock, flags);
    }
}

status_t paging_map(uint64_t *root, uint64_t address, uint64_t physical, uint64_t flags) {
    uint64_t saved = kernel_half_lock(address);
    uint64_t *entry = table_entry(root, address, 1, true);
    if (entry != NULL) {
        *entry = physical | flags | PAGE_PRESENT;
        if (address >= USER_END) {
            paging_catch_up();
        }
    }
    kernel_half_unlock(address, saved);
    return entry == NULL ? STATUS_NO_MEMORY : STATUS_OK;
}

uint64_t paging_unmap(uint64_t *root, uint64_t address) {
    uint64_t physical = 0;
    uint64_t saved = kernel_half_lock(address);
    uint64_t *entry = table_entry(root, address, 1, false);
    if (entry != NULL && *entry & PAGE_PRESENT) {
        physical = *entry & PAGE_ADDRESS;
        *entry = 0;
        translation_forget(address);
    }
    kernel_half_unlock(address, saved);
    return physical;
}

bool paging_protect(uint64_t *root, uint64_t address, uint64_t flags) {
    bool mapped = false;
    uint64_t saved = kernel_half_lock(address);
    uint64_t *entry = table_entry(root, address, 1, false);
    if (entry != NULL && *entry & PAGE_PRESENT) {
        *entry = (*entry & PAGE_ADDRESS) | flags | PAGE_PRESENT;
        translation_forget(address);
        mapped = true;
    }
    kernel_half_unlock(address, saved);
    return mapped;
}

uint64_t paging_lookup(uint64_t *root, uint64_t address) {
    uint64_t *entry = table_entry(root, address, 1, false);
    return entry != NULL && *entry & PAGE_PRESENT ? *entry : 0;
}

bool paging_mapped(uint64_t address) {
    uint64_t *table = direct_map(page_root_read() & PAGE_ADDRESS);
    for (unsigned level = LEVELS; level > 0; level--) {
        uint64_t entry = table[table_index(address, level)];
        if (!(entry & PAGE_PRESENT)) {
            return false;
        }
        if (level == 1 || entry & PAGE_HUGE) {
            return true;
        }
        table = direct_map(entry & PAGE_ADDRESS);
    }
    return false;
}

size_t paging_range_tables(void) {
    size_t count = 0;
    uint64_t flags = spinlock_acquire(&paging.lock);
    for (uint64_t address = RANGES_BASE; address < RANGES_BASE + RANGES_PAGES * PAGE_SIZE; address += HUGE_SIZE) {
        const uint64_t *entry = table_entry(paging.root, address, 2, false);
        count += entry != NULL && *entry & PAGE_PRESENT;
        count += entry != NULL && table_index(address, 2) == 0; /* the table that `entry` is in */
    }
    spinlock_release(&paging.lock, flags);
    return count;
}
