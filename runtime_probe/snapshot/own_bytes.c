#include <stdlib.h>
#include <string.h>

#include "difference_private.h"
#include "snapshot_private.h"

/* Bits of one object. */
struct own_object {
    uint64_t address;
    uint32_t shape;
    uint64_t size;
    bool whole;     /* appeared in a piece of our own */
    uint8_t *bits;  /* one bit a byte; owned */
    uint8_t *known; /* likewise: bytes of which it is known whether they are our own; owned; NULL = none */
    uint8_t *kept;  /* likewise: stored to, without a change */
};

struct own_bytes {
    struct own_object *objects;
    size_t count;
    size_t capacity;
};

struct error *own_bytes_create(struct own_bytes **out_own) {
    struct own_bytes *own = calloc(1, sizeof *own);
    if (!own) {
        return error_out_of_memory();
    }
    *out_own = own;
    return NULL;
}

void own_bytes_destroy(struct own_bytes *own) {
    if (own) {
        for (size_t i = 0; i < own->count; i++) {
            free(own->objects[i].bits);
            free(own->objects[i].known);
            free(own->objects[i].kept);
        }
        free(own->objects);
        free(own);
    }
}

/* Few objects change in one transaction: a plain list is searched. */
static struct own_object *own_find(const struct own_bytes *own, uint64_t address, uint32_t shape) {
    for (size_t i = 0; i < own->count; i++) {
        if (own->objects[i].address == address && own->objects[i].shape == shape) {
            return &own->objects[i];
        }
    }
    return NULL;
}

static struct own_object *own_get(struct own_bytes *own, const struct region *region) {
    struct own_object *object = own_find(own, region->address, region->shape);
    if (object) {
        return object;
    }
    if (own->count == own->capacity) {
        size_t capacity = own->capacity ? own->capacity * 2 : 32;
        struct own_object *grown = realloc(own->objects, capacity * sizeof *grown);
        if (!grown) {
            return NULL;
        }
        own->objects = grown;
        own->capacity = capacity;
    }
    uint8_t *bits = calloc(1, region->size / 8 + 1);
    if (!bits) {
        return NULL;
    }
    own->objects[own->count] = (struct own_object){.address = region->address, .shape = region->shape, .size = region->size, .bits = bits};
    return &own->objects[own->count++];
}

static void bits_set(uint8_t *bits, uint64_t byte) {
    bits[byte / 8] = (uint8_t)(bits[byte / 8] | 1U << (byte % 8));
}

/* *bits = NULL: none yet. */
static struct error *bits_set_range(const struct own_object *object, uint8_t **bits, uint64_t offset, uint64_t count) {
    if (!*bits) {
        *bits = calloc(1, object->size / 8 + 1);
    }
    if (!*bits) {
        return error_out_of_memory();
    }
    for (uint64_t i = offset; i < offset + count && i < object->size; i++) {
        bits_set(*bits, i);
    }
    return NULL;
}

static bool bits_have(const struct own_object *object, const uint8_t *bits, uint64_t byte) {
    return bits && byte < object->size && bits[byte / 8] >> (byte % 8) & 1;
}

static bool own_mark(struct own_bytes *own, const struct region *region, const uint8_t *old_bytes, const uint8_t *new_bytes) {
    struct own_object *object = own_get(own, region);
    if (!object) {
        return false;
    }
    for (uint64_t i = 0; i < region->size && i < object->size; i++) {
        if (old_bytes[i] != new_bytes[i]) {
            bits_set(object->bits, i);
        }
    }
    return true;
}

struct error *own_bytes_add(struct own_bytes *own, const struct snapshot *before, const struct snapshot *after) {
    for (uint32_t i = 0; i < after->count; i++) {
        const struct region *now = &after->regions[i];
        const struct region *then = snapshot_find(before, now->address, now->shape);
        if (now->size == 0) {
            continue;
        }
        if (!then || then->size != now->size || now->born > before->serial) {
            struct own_object *object = own_get(own, now);
            if (!object) {
                return error_out_of_memory();
            }
            object->whole = true;
        } else if (snapshot_same(before, then, after, now, 0) < now->size &&
                   memcmp(before->bytes + then->data, after->bytes + now->data, now->size) != 0 &&
                   !own_mark(own, now, before->bytes + then->data, after->bytes + now->data)) {
            return error_out_of_memory();
        }
    }
    return NULL;
}

struct error *own_bytes_mark(struct own_bytes *own, const struct region *region, uint64_t offset, uint64_t count) {
    struct own_object *object = own_get(own, region);
    return object ? bits_set_range(object, &object->bits, offset, count) : error_out_of_memory();
}

struct error *own_bytes_keep(struct own_bytes *own, const struct region *region, uint64_t offset, uint64_t count) {
    struct own_object *object = own_get(own, region);
    return object ? bits_set_range(object, &object->kept, offset, count) : error_out_of_memory();
}

struct error *own_bytes_know(struct own_bytes *own, const struct region *region, uint64_t offset, uint64_t count) {
    struct own_object *object = own_get(own, region);
    return object ? bits_set_range(object, &object->known, offset, count) : error_out_of_memory();
}

bool own_bytes_knows(const struct own_bytes *own, const struct region *region, uint64_t byte) {
    const struct own_object *object = own_find(own, region->address, region->shape);
    return object && bits_have(object, object->known, byte);
}

bool own_bytes_has(const struct own_bytes *own, const struct region *region, uint64_t byte, bool fresh) {
    const struct own_object *object = own_find(own, region->address, region->shape);
    return object && (object->whole || bits_have(object, object->bits, byte) || (fresh && bits_have(object, object->kept, byte)));
}

bool own_bytes_has_any(const struct own_bytes *own, const struct region *region) {
    return own_find(own, region->address, region->shape) != NULL;
}
