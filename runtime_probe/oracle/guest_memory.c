#include "guest_memory.h"

#include <string.h>
#include <sys/mman.h>
#include "spillscope/record_log.h"

#define ENTRY_PRESENT 1u
#define ENTRY_USER 4u
#define ENTRY_LARGE 0x80u
#define ENTRY_ADDRESS 0x000ffffffffff000u
#define TABLE_ADDRESS 0x000fffffffffffe0u /* of the top table of PAE, which is smaller than a page */

struct error *guest_memory_init(struct guest_memory *memory, const struct arch *arch, uint64_t base, uint64_t size) {
    void *bytes = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED) {
        return error_create_errno("cannot reserve %llu bytes for the guest's RAM", (unsigned long long)size);
    }
    *memory = (struct guest_memory){arch, bytes, base, size};
    return NULL;
}

void guest_memory_deinit(struct guest_memory *memory) {
    if (memory->bytes) {
        munmap(memory->bytes, (size_t)memory->size);
        memory->bytes = NULL;
    }
}

unsigned char *guest_memory_at(const struct guest_memory *memory, uint64_t physical, uint64_t count) {
    uint64_t offset = physical - memory->base;
    return physical >= memory->base && offset <= memory->size && count <= memory->size - offset ? memory->bytes + offset : NULL;
}

/* The tables below a root as the recorder logs it. */
static enum arch_paging root_paging(const struct guest_memory *memory, uint64_t root, uint32_t *out_levels) {
    bool wide = memory->arch->pointer_size == 8;
    *out_levels = wide ? 4 : root & LOG_ROOT_PAE ? 3 : 2;
    return wide ? ARCH_PAGING_LEVELS : root & LOG_ROOT_PAE ? ARCH_PAGING_PAE : ARCH_PAGING_32;
}

static uint64_t memory_entry(const struct guest_memory *memory, uint64_t table, const struct arch_page_level *level, uint64_t index) {
    uint64_t address = table & (level->bits <= 2 ? TABLE_ADDRESS : ENTRY_ADDRESS);
    const unsigned char *at = guest_memory_at(memory, address + index * level->entry_bytes, level->entry_bytes);
    uint64_t entry = 0;
    if (at) {
        memcpy(&entry, at, level->entry_bytes);
    }
    return entry;
}

static uint64_t level_entries(const struct arch_page_level *level) {
    return (uint64_t)1 << level->bits;
}

bool guest_memory_translate(const struct guest_memory *memory, uint64_t root, uint64_t address, uint64_t *out_physical, bool *out_user) {
    if (!root) {
        *out_physical = address;
        *out_user = false;
        return guest_memory_at(memory, address, 1) != NULL;
    }
    uint64_t table = root;
    bool user = true;
    uint32_t levels = 0;
    enum arch_paging paging = root_paging(memory, root, &levels);
    struct arch_page_level level;
    for (uint32_t i = levels; arch_page_level(paging, i, &level); i--) {
        uint64_t entry = memory_entry(memory, table, &level, address >> level.shift & (level_entries(&level) - 1));
        if (!(entry & ENTRY_PRESENT)) {
            return false;
        }
        user &= (entry & ENTRY_USER) != 0 || (paging == ARCH_PAGING_PAE && i == levels); /* whose top entries have no such bit */
        if (i == 1 || ((entry & ENTRY_LARGE) && level.large)) {
            uint64_t mask = ((uint64_t)1 << level.shift) - 1;
            *out_physical = (entry & ENTRY_ADDRESS & ~mask) | (address & mask);
            *out_user = user;
            return true;
        }
        table = entry;
    }
    return false;
}

bool guest_memory_word(const struct guest_memory *memory, uint64_t root, uint64_t address, unsigned size, uint64_t *out_word) {
    uint64_t word = 0;
    for (unsigned done = 0; done < size;) { /* a word may cross into another page */
        uint64_t physical = 0;
        bool user = false;
        unsigned left = GUEST_PAGE_BYTES - (unsigned)((address + done) % GUEST_PAGE_BYTES);
        unsigned part = size - done < left ? size - done : left;
        if (!guest_memory_translate(memory, root, address + done, &physical, &user)) {
            return false;
        }
        const unsigned char *at = guest_memory_at(memory, physical, part);
        if (!at) {
            return false;
        }
        memcpy((unsigned char *)&word + done, at, part);
        done += part;
    }
    *out_word = word;
    return true;
}

static void tables_walk(const struct guest_memory *memory, enum arch_paging paging, uint64_t table, uint32_t at, struct map *tables) {
    uint64_t frame = (table & ENTRY_ADDRESS) >> 12;
    uint64_t known = 0;
    struct arch_page_level level;
    if (!arch_page_level(paging, at, &level) || !guest_memory_at(memory, table & ENTRY_ADDRESS, GUEST_PAGE_BYTES) ||
        map_find(tables, frame, &known)) {
        return;
    }
    map_insert(tables, frame, (uint64_t)at - 1);
    for (uint64_t i = 0; at > 1 && i < level_entries(&level); i++) {
        uint64_t entry = memory_entry(memory, table, &level, i);
        if ((entry & ENTRY_PRESENT) && !(level.large && (entry & ENTRY_LARGE))) {
            tables_walk(memory, paging, entry, at - 1, tables);
        }
    }
}

void guest_memory_tables(const struct guest_memory *memory, uint64_t root, struct map *tables) {
    uint32_t levels = 0;
    if (root && memory->arch->registers->page_root.name) {
        enum arch_paging paging = root_paging(memory, root, &levels);
        tables_walk(memory, paging, root, levels, tables);
    }
}

struct users_walk {
    const struct guest_memory *memory;
    enum arch_paging paging;
    uint32_t levels;
    struct map *users;
};

static void users_walk(const struct users_walk *walk, uint64_t table, uint32_t at) {
    struct arch_page_level level;
    if (!arch_page_level(walk->paging, at, &level)) {
        return;
    }
    bool half = walk->paging == ARCH_PAGING_LEVELS && at == walk->levels; /* the upper half is the kernel's */
    bool top_of_pae = walk->paging == ARCH_PAGING_PAE && at == walk->levels;
    for (uint64_t i = 0; i < level_entries(&level) / (half ? 2 : 1); i++) {
        uint64_t entry = memory_entry(walk->memory, table, &level, i);
        if (!(entry & ENTRY_PRESENT) || (!(entry & ENTRY_USER) && !top_of_pae)) {
            continue;
        }
        if (at == 1 || (level.large && (entry & ENTRY_LARGE))) {
            uint64_t pages = ((uint64_t)1 << level.shift) / GUEST_PAGE_BYTES;
            for (uint64_t page = 0; page < pages; page++) {
                map_insert(walk->users, ((entry & ENTRY_ADDRESS) >> 12) + page, 1);
            }
        } else {
            users_walk(walk, entry, at - 1);
        }
    }
}

void guest_memory_users(const struct guest_memory *memory, uint64_t root, struct map *users) {
    if (root && memory->arch->registers->page_root.name) {
        struct users_walk walk = {.memory = memory, .users = users};
        walk.paging = root_paging(memory, root, &walk.levels);
        users_walk(&walk, root, walk.levels);
    }
}
