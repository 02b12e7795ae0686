#include "returns.h"

#include <string.h>

#include "watcher_private.h"

/* Do the page-table entries that led to the page still say the same? */
static bool page_holds(const struct watcher_cpu *cpu, const uint8_t *map, uint64_t page, uint64_t root) {
    if (cpu->page != page || cpu->page_root != root) {
        return false;
    }
    for (uint32_t i = 0; i < cpu->page_path.count; i++) {
        uint64_t value = 0;
        memcpy(&value, map + cpu->page_path.entries[i].offset, sizeof value);
        if ((value ^ cpu->page_path.entries[i].value) & ~(uint64_t)0x60) { /* accessed and dirty tell nothing */
            return false;
        }
    }
    return true;
}

bool watcher_read_word(struct watcher *watcher, unsigned cpu_index, uint64_t address, uint64_t *out_value) {
    enum { PAGE = 4096 };
    struct watcher_cpu *cpu = &watcher->cpus[cpu_index];
    const struct capture_ground *ground = &watcher->ground;
    const uint8_t *map = guest_memory_map(ground->memory);
    uint64_t page = address & ~(uint64_t)(PAGE - 1);
    uint32_t size = watcher->arch->pointer_size;
    *out_value = 0;
    if (address % size || !page) {
        bool valid = false;
        guest_memory_moved(ground->memory, &ground->translation);
        error_destroy(guest_memory_read(ground->memory, address, out_value, size, &valid));
        return valid;
    }
    if (!page_holds(cpu, map, page, ground->translation.root)) {
        guest_memory_moved(ground->memory, &ground->translation);
        guest_memory_find_page(ground->memory, page, &cpu->page_path);
        cpu->page = page;
        cpu->page_root = ground->translation.root;
    }
    if (cpu->page_path.page == GUEST_MEMORY_NOWHERE) {
        return false;
    }
    memcpy(out_value, map + cpu->page_path.page + (address - page), size);
    return true;
}

bool watcher_call_return(struct watcher *watcher, const struct watcher_place *place, struct guest_return *out_return) {
    if (watcher->arch->registers->link.name) {
        *out_return = (struct guest_return){.pc = place->link, .sp = place->sp};
        return true;
    }
    out_return->sp = place->sp + watcher->arch->pointer_size;
    return watcher_read_word(watcher, place->cpu, place->sp, &out_return->pc);
}

bool watcher_interrupt_return(struct watcher *watcher, const struct watcher_place *place, struct guest_return *out_return) {
    const struct arch_interrupt *frame = watcher->arch->interrupt;
    uint64_t code = 0;
    if (!frame || !watcher_read_word(watcher, place->cpu, place->sp + frame->pc, &out_return->pc) ||
        (frame->sp_when_user && !watcher_read_word(watcher, place->cpu, place->sp + frame->code, &code))) {
        return false;
    }
    if (frame->sp_when_user && !(code & 3)) {
        out_return->sp = place->sp + frame->sp;
        return true;
    }
    return watcher_read_word(watcher, place->cpu, place->sp + frame->sp, &out_return->sp);
}
