#include "spillscope/guest_memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE_SHIFT = 12, CACHE_SIZE = 4096, SMALL_READ = 1024 };
static const uint64_t PAGE_SIZE = 1U << PAGE_SHIFT;
static const uint64_t FRAME_MASK = 0x000ffffffffff000U;
static const uint64_t TABLE_MASK = 0x000fffffffffffe0U; /* a PAE top table is aligned to 32 bytes only */

/* A remembered translation of one page; valid while `epoch` is the memory's. */
struct translation {
    uint64_t page;
    uint64_t offset; /* of the page in the RAM file, UINT64_MAX = not there */
    uint64_t epoch;
};

struct guest_memory {
    struct session *session;
    const struct arch *arch; /* of the mapping */
    uint8_t *map;            /* NULL = packets only */
    uint64_t size;
    struct guest_translation translation;
    uint64_t epoch;
    uint64_t traffic;
    guest_memory_trace *trace; /* NULL = none */
    void *trace_context;
    struct translation cache[CACHE_SIZE];
};

static struct error *memory_create(struct session *session, struct guest_memory **out_memory) {
    struct guest_memory *memory = calloc(1, sizeof *memory);
    if (!memory) {
        return error_out_of_memory();
    }
    memory->session = session;
    memory->epoch = 1;
    *out_memory = memory;
    return NULL;
}

struct error *guest_memory_create_stub(struct session *session, struct guest_memory **out_memory) {
    return memory_create(session, out_memory);
}

struct error *guest_memory_create_ram(struct session *session, const struct arch *arch, int descriptor, uint64_t size,
                                      struct guest_memory **out_memory) {
    uint8_t *map = mmap(NULL, size, PROT_READ, MAP_SHARED, descriptor, 0);
    if (map == MAP_FAILED) {
        return error_create_errno("cannot map %llu bytes of guest RAM", (unsigned long long)size);
    }
    struct guest_memory *memory = NULL;
    struct error *error = memory_create(session, &memory);
    if (error) {
        munmap(map, size);
        return error;
    }
    memory->arch = arch;
    memory->map = map;
    memory->size = size;
    *out_memory = memory;
    return NULL;
}

void guest_memory_destroy(struct guest_memory *memory) {
    if (memory) {
        if (memory->map) {
            munmap(memory->map, memory->size);
        }
        free(memory);
    }
}

bool guest_memory_is_mapped(const struct guest_memory *memory) {
    return memory->map != NULL;
}

uint64_t guest_memory_traffic(const struct guest_memory *memory) {
    return memory->traffic;
}

void guest_memory_set_trace(struct guest_memory *memory, guest_memory_trace *trace, void *context) {
    memory->trace = trace;
    memory->trace_context = context;
}

uint64_t guest_memory_size(const struct guest_memory *memory) {
    return memory->map ? memory->size : 0;
}

const uint8_t *guest_memory_map(const struct guest_memory *memory) {
    return memory->map;
}

void guest_memory_moved(struct guest_memory *memory, const struct guest_translation *translation) {
    memory->translation = *translation;
    memory->translation.root &= translation->paging == ARCH_PAGING_PAE ? TABLE_MASK : FRAME_MASK;
    memory->epoch++;
}

/* Is what the guest sees at an address to be found in the mapping? */
static bool memory_sees(const struct guest_memory *memory) {
    return memory->map && memory->translation.paging != ARCH_PAGING_UNKNOWN;
}

/* Does the CPU fault at the range whatever its tables say? A stub would translate the bits that tables use, and read elsewhere. */
static bool range_is_impossible(const struct guest_memory *memory, uint64_t address, size_t count) {
    enum arch_paging paging = memory->translation.paging;
    uint32_t levels = memory->translation.levels;
    return address + count < address || !arch_is_canonical(paging, levels, address) || !arch_is_canonical(paging, levels, address + count - 1);
}

/* Offset in the RAM file of a physical page, UINT64_MAX when it is no RAM. */
static uint64_t physical_offset(const struct guest_memory *memory, uint64_t physical) {
    if (physical >= memory->arch->hole_low && physical < memory->arch->hole_high) {
        return UINT64_MAX; /* reads there do not see the RAM file */
    }
    uint64_t offset = physical - memory->arch->ram_base;
    return offset < memory->size ? offset : UINT64_MAX;
}

void guest_memory_find_page(const struct guest_memory *memory, uint64_t address, struct guest_memory_path *out_path) {
    *out_path = (struct guest_memory_path){.page = GUEST_MEMORY_NOWHERE};
    if (memory->translation.paging == ARCH_PAGING_OFF) {
        out_path->page = physical_offset(memory, address & ~(PAGE_SIZE - 1));
        return;
    }
    if (range_is_impossible(memory, address, 1)) {
        return;
    }
    uint64_t table = memory->translation.root;
    struct arch_page_level step;
    for (uint32_t level = memory->translation.levels; arch_page_level(memory->translation.paging, level, &step); level--) {
        uint64_t offset = physical_offset(memory, table);
        if (offset == UINT64_MAX) {
            return;
        }
        uint64_t entry = 0;
        offset += step.entry_bytes * (address >> step.shift & ((1ULL << step.bits) - 1));
        memcpy(&entry, memory->map + offset, step.entry_bytes);
        out_path->entries[out_path->count].offset = offset;
        out_path->entries[out_path->count].bytes = step.entry_bytes;
        out_path->entries[out_path->count++].value = entry;
        if (!(entry & 1)) {
            return;
        }
        bool large = step.large && (entry & 0x80);
        if (level == 1 || large) {
            uint64_t span = 1ULL << step.shift;
            uint64_t frame = (entry & FRAME_MASK & ~(span - 1)) | (address & (span - 1) & ~(PAGE_SIZE - 1));
            out_path->page = physical_offset(memory, frame);
            return;
        }
        table = entry & FRAME_MASK;
    }
}

static uint64_t page_walk(const struct guest_memory *memory, uint64_t address) {
    struct guest_memory_path path;
    guest_memory_find_page(memory, address, &path);
    return path.page;
}

static uint64_t page_offset(struct guest_memory *memory, uint64_t address) {
    if (memory->translation.paging == ARCH_PAGING_OFF) {
        return physical_offset(memory, address & ~(PAGE_SIZE - 1));
    }
    uint64_t page = address >> PAGE_SHIFT;
    struct translation *slot = &memory->cache[page % CACHE_SIZE];
    if (slot->epoch != memory->epoch || slot->page != page) {
        *slot = (struct translation){.page = page, .offset = page_walk(memory, address), .epoch = memory->epoch};
    }
    return slot->offset;
}

/* Visits the bytes in the mapping, pages that follow each other there together; false when a page of the range is not in it. */
static bool map_visit(struct guest_memory *memory, uint64_t address, size_t count, guest_memory_stretch *visitor, void *context) {
    uint64_t start = 0; /* of the stretch at hand */
    size_t length = 0;
    for (size_t done = 0; done < count;) {
        uint64_t at = address + done;
        uint64_t within = at & (PAGE_SIZE - 1);
        size_t step = count - done < PAGE_SIZE - within ? count - done : (size_t)(PAGE_SIZE - within);
        uint64_t offset = page_offset(memory, at);
        if (length && (offset == UINT64_MAX || offset + within != start + length)) {
            visitor(context, memory->map + start, length);
            length = 0;
        }
        if (offset == UINT64_MAX) {
            return false;
        }
        start = length ? start : offset + within;
        length += step;
        done += step;
    }
    if (length) {
        visitor(context, memory->map + start, length);
    }
    return true;
}

static void stretch_copy(void *context, const uint8_t *bytes, size_t count) {
    uint8_t **to = context;
    memcpy(*to, bytes, count);
    *to += count;
}

bool guest_memory_is_in_place(const struct guest_memory *memory) {
    return memory_sees(memory);
}

void guest_memory_visit(struct guest_memory *memory, uint64_t address, size_t count, guest_memory_stretch *visitor, void *context, bool *out_valid) {
    memory->traffic += count;
    if (count == 0 || address + count < address) {
        *out_valid = count == 0;
        return;
    }
    *out_valid = map_visit(memory, address, count, visitor, context);
    if (memory->trace) {
        memory->trace(memory->trace_context, address, count, *out_valid);
    }
}

struct error *guest_memory_read(struct guest_memory *memory, uint64_t address, void *buffer, size_t count, bool *out_valid) {
    memory->traffic += count;
    if (count == 0 || address + count < address) {
        *out_valid = count == 0;
        return NULL;
    }
    if (memory_sees(memory)) {
        uint8_t *to = buffer;
        memory->traffic -= count; /* counted by the visit */
        guest_memory_visit(memory, address, count, stretch_copy, &to, out_valid);
        return NULL;
    }
    if (!memory->session || range_is_impossible(memory, address, count)) {
        *out_valid = false;
        return NULL;
    }
    return session_read_memory(memory->session, address, buffer, count, out_valid);
}

/* One packet carries a limited range: larger reads are done alone, as are those that cannot be; small ones in flights of their own. */
static struct error *packets_read_many(struct guest_memory *memory, struct session_read *reads, size_t count) {
    struct error *error = NULL;
    size_t from = 0;
    for (size_t i = 0; !error && i <= count; i++) {
        bool alone = i < count && (reads[i].count > SMALL_READ || range_is_impossible(memory, reads[i].address, reads[i].count));
        if (i < count && !alone) {
            memory->traffic += reads[i].count;
            continue;
        }
        error = session_read_many(memory->session, reads + from, i - from);
        if (!error && alone) {
            error = guest_memory_read(memory, reads[i].address, reads[i].buffer, reads[i].count, &reads[i].valid);
        }
        from = i + 1;
    }
    return error;
}

struct error *guest_memory_read_many(struct guest_memory *memory, struct session_read *reads, size_t count) {
    if (!memory_sees(memory) && memory->session) {
        return packets_read_many(memory, reads, count);
    }
    struct error *error = NULL;
    for (size_t i = 0; !error && i < count; i++) {
        error = guest_memory_read(memory, reads[i].address, reads[i].buffer, reads[i].count, &reads[i].valid);
    }
    return error;
}
