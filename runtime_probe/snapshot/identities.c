#include "identities.h"

#include <stdlib.h>

void identities_deinit(struct identities *identities) {
    free(identities->order);
    free(identities->reach);
    identities->order = NULL;
    identities->reach = NULL;
}

static int region_compare(const void *one, const void *other, void *context) {
    const struct region *regions = context;
    const struct region *a = &regions[*(const uint32_t *)one];
    const struct region *b = &regions[*(const uint32_t *)other];
    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    if (a->size != b->size) {
        return a->size > b->size ? -1 : 1; /* the innermost comes last */
    }
    return a < b ? -1 : a > b;
}

static bool identities_make(struct identities *identities) {
    const struct snapshot *snapshot = identities->snapshot;
    if (identities->order) {
        return true;
    }
    identities->order = calloc((size_t)snapshot->count + 1, sizeof *identities->order);
    identities->reach = calloc((size_t)snapshot->count + 1, sizeof *identities->reach);
    if (!identities->order || !identities->reach) {
        identities_deinit(identities);
        return false;
    }
    for (uint32_t i = 0; i < snapshot->count; i++) {
        identities->order[i] = i;
    }
    qsort_r(identities->order, snapshot->count, sizeof *identities->order, region_compare, snapshot->regions);
    uint64_t reach = 0;
    for (uint32_t i = 0; i < snapshot->count; i++) {
        const struct region *region = &snapshot->regions[identities->order[i]];
        uint64_t end = region->address + region->size;
        reach = end > reach ? end : reach;
        identities->reach[i] = reach;
    }
    return true;
}

bool identities_find(struct identities *identities, uint64_t address, const struct region **out_region) {
    const struct snapshot *snapshot = identities->snapshot;
    *out_region = NULL;
    if (!identities_make(identities)) {
        return false;
    }
    uint32_t low = 0;
    uint32_t high = snapshot->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (snapshot->regions[identities->order[middle]].address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (; low > 0 && identities->reach[low - 1] > address; low--) {
        const struct region *region = &snapshot->regions[identities->order[low - 1]];
        if (address - region->address < region->size) {
            *out_region = region;
            return true;
        }
    }
    return true;
}

static void offset_append(uint64_t offset, struct text *text) {
    if (offset) {
        text_append_format(text, "+%llu", (unsigned long long)offset);
    }
}

bool identities_append(struct identities *identities, uint64_t address, struct text *text) {
    const struct plan *plan = identities->plan;
    const struct region *region = NULL;
    uint32_t global = plan_global_at(plan, address);
    if (address == 0) {
        text_append(text, "NULL");
        return true;
    }
    if (global != PLAN_NONE) {
        const struct shape *shape = &plan->shapes[global];
        text_append_format(text, "&%s", shape->root);
        offset_append(image_home(plan->image, address) - plan->image->variables[shape->variable].address, text);
        return true;
    }
    const struct symbol *symbol = image_symbol_at(plan->image, address);
    if (symbol && symbol->size) {
        text_append(text, symbol->name);
        offset_append(image_home(plan->image, address) - symbol->address, text);
        return true;
    }
    if (!identities_find(identities, address, &region)) {
        return false;
    }
    if (!region) {
        text_append_format(text, "0x%llx", (unsigned long long)address);
        return true;
    }
    const struct shape *shape = &plan->shapes[region->shape];
    if (region->cpu) {
        text_append_format(text, "&%s@cpu%u", shape->root, region->cpu - 1U);
    } else {
        text_append_format(text, "%s@0x%llx", shape->root, (unsigned long long)region->address);
    }
    offset_append(address - region->address, text);
    return true;
}
