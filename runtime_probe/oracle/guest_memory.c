#include "guest_memory.h"

#include <string.h>
#include <sys/mman.h>

#define ENTRY_PRESENT 1u
#define ENTRY_USER 4u
#define ENTRY_LARGE 0x80u
#define ENTRY_ADDRESS 0x000ffffffffff000u

struct error *guest_memory_init(struct guest_memory *memory, uint64_t base, uint64_t size) {
    void *bytes = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (bytes == MAP_FAILED) {
        return error_create_errno("cannot reserve %llu bytes for the guest's RAM", (unsigned long long)size);
    }
    *memory = (struct guest_memory){bytes, base, size};
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

static uint64_t memory_entry(const struct guest_memory *memory, uint64_t table, uint64_t index) {
    const unsigned char *at = guest_memory_at(memory, (table & ENTRY_ADDRESS) + index * 8, 8);
    uint64_t entry = 0;
    if (at) {
        memcpy(&entry, at, sizeof entry);
    }
    return entry;
}

bool guest_memory_translate(const struct guest_memory *memory, uint64_t root, uint64_t address, uint64_t *out_physical, bool *out_user) {
    if (!root) {
        *out_physical = address;
        *out_user = false;
        return guest_memory_at(memory, address, 1) != NULL;
    }
    uint64_t table = root;
    bool user = true;
    for (int level = 3; level >= 0; level--) {
        unsigned shift = 12 + 9 * (unsigned)level;
        uint64_t entry = memory_entry(memory, table, address >> shift & 511);
        if (!(entry & ENTRY_PRESENT)) {
            return false;
        }
        user &= (entry & ENTRY_USER) != 0;
        if (level == 0 || ((entry & ENTRY_LARGE) && level <= 2)) {
            uint64_t mask = ((uint64_t)1 << shift) - 1;
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

static void tables_walk(const struct guest_memory *memory, uint64_t table, int level, struct map *tables) {
    uint64_t frame = (table & ENTRY_ADDRESS) >> 12;
    uint64_t known = 0;
    if (!guest_memory_at(memory, table & ENTRY_ADDRESS, GUEST_PAGE_BYTES) || map_find(tables, frame, &known)) {
        return;
    }
    map_insert(tables, frame, (uint64_t)level);
    for (uint64_t i = 0; level > 0 && i < 512; i++) {
        uint64_t entry = memory_entry(memory, table, i);
        if ((entry & ENTRY_PRESENT) && !(level <= 2 && (entry & ENTRY_LARGE))) {
            tables_walk(memory, entry, level - 1, tables);
        }
    }
}

void guest_memory_tables(const struct guest_memory *memory, uint64_t root, struct map *tables) {
    if (root) {
        tables_walk(memory, root, 3, tables);
    }
}

static void users_walk(const struct guest_memory *memory, uint64_t table, int level, struct map *users) {
    uint64_t entries = level == 3 ? 256 : 512; /* the upper half is the kernel's */
    for (uint64_t i = 0; i < entries; i++) {
        uint64_t entry = memory_entry(memory, table, i);
        if (!(entry & ENTRY_PRESENT) || !(entry & ENTRY_USER)) {
            continue;
        }
        if (level == 0 || (level <= 2 && (entry & ENTRY_LARGE))) {
            uint64_t pages = (uint64_t)1 << (9 * level);
            for (uint64_t page = 0; page < pages; page++) {
                map_insert(users, ((entry & ENTRY_ADDRESS) >> 12) + page, 1);
            }
        } else {
            users_walk(memory, entry, level - 1, users);
        }
    }
}

void guest_memory_users(const struct guest_memory *memory, uint64_t root, struct map *users) {
    if (root) {
        users_walk(memory, root, 3, users);
    }
}
