#include "spillscope/placement.h"

#include <stdlib.h>
#include <string.h>

/* The capacity is the power of two above the count. */
bool placement_add(struct placement *placement, const char *object, const char *name, uint64_t home, uint64_t size) {
    uint32_t count = placement->count;
    if ((count & (count - 1)) == 0) {
        struct placement_section *sections = realloc(placement->sections, (count ? (size_t)count * 2 : 1) * sizeof *sections);
        if (!sections) {
            return false;
        }
        placement->sections = sections;
    }
    placement->sections[placement->count++] =
        (struct placement_section){.object = object, .name = name, .home = home, .size = size, .running = PLACEMENT_NOWHERE};
    return true;
}

void placement_deinit(struct placement *placement) {
    free(placement->sections);
    *placement = (struct placement){0};
}

void placement_put(struct placement *placement, uint32_t section, uint64_t running) {
    placement->sections[section].running = running;
    placement->low = UINT64_MAX;
    placement->high = 0;
    for (uint32_t i = 0; i < placement->count; i++) {
        const struct placement_section *at = &placement->sections[i];
        if (at->running != PLACEMENT_NOWHERE) {
            placement->low = at->running < placement->low ? at->running : placement->low;
            placement->high = at->running + at->size > placement->high ? at->running + at->size : placement->high;
        }
    }
}

uint32_t placement_find(const struct placement *placement, const char *object, const char *name) {
    for (uint32_t i = 0; i < placement->count; i++) {
        if (strcmp(placement->sections[i].object, object) == 0 && strcmp(placement->sections[i].name, name) == 0) {
            return i;
        }
    }
    return UINT32_MAX;
}

uint64_t placement_home(const struct placement *placement, uint64_t running) {
    if (running < placement->low || running >= placement->high) {
        return running;
    }
    for (uint32_t i = 0; i < placement->count; i++) {
        const struct placement_section *section = &placement->sections[i];
        if (section->running != PLACEMENT_NOWHERE && running - section->running < section->size) {
            return section->home + (running - section->running);
        }
    }
    return running;
}

uint64_t placement_running(const struct placement *placement, uint64_t home) {
    if (!placement_is_home(home)) {
        return home;
    }
    for (uint32_t i = 0; i < placement->count; i++) {
        const struct placement_section *section = &placement->sections[i];
        if (home - section->home < section->size) {
            return section->running == PLACEMENT_NOWHERE ? PLACEMENT_NOWHERE : section->running + (home - section->home);
        }
    }
    return PLACEMENT_NOWHERE;
}
