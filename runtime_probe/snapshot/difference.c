#include "spillscope/difference.h"

#include <stdlib.h>
#include <string.h>

#include "difference_private.h"
#include "members.h"
#include "snapshot_private.h"
#include "value.h"

enum { CHAIN_LIMIT = 8, TEXT_SHOWN = 64 };

struct comparison {
    const struct plan *plan;
    const struct whitelist *whitelist;
    const struct snapshot *before;
    const struct snapshot *after;
    const struct own_bytes *own;
    difference_visitor *visitor;
    void *context;
    struct members members;

    const struct region *now;  /* region at hand */
    const struct region *then; /* the same before; NULL = new */
    struct text prefix;        /* instance of the region */
    struct text question;      /* key that the whitelist is asked for */
    struct error *error;

    /* A run of leaves with one key that is being collected. */
    bool open;
    struct text key;
    struct text first; /* instance of the first leaf */
    struct text last;  /* of the last one */
    uint64_t leaves;
    uint64_t bytes;
    struct text old_value;
    struct text new_value;
    enum difference_effect effect;
    bool characters; /* elements of a character array: shown as text */
    bool untyped;    /* several members of a union may be meant: shown as bytes */
    bool whitelisted;
    bool foreign;
};

/* How the region is reached, from its global on; long chains keep their beginning and end. */
static void chain_append(const struct comparison *comparison, const struct region *region, struct text *text) {
    const struct snapshot *after = comparison->after;
    const struct region *root = &after->regions[region->origin];
    const struct region *near[CHAIN_LIMIT + 1]; /* the last hops, the last one first */
    const struct region *far[CHAIN_LIMIT];      /* a ring: ends with the first hops */
    size_t length = 0;
    for (const struct region *at = region; at->parent != SNAPSHOT_NONE; at = &after->regions[at->parent]) {
        if (length <= CHAIN_LIMIT) {
            near[length] = at;
        }
        far[length++ % CHAIN_LIMIT] = at;
    }
    if (root->parameter) {
        text_append_format(text, "(parameter %u)", root->parameter);
    } else {
        text_append(text, comparison->plan->shapes[root->shape].root);
    }
    if (root->cpu) {
        text_append_format(text, "@cpu%u", root->cpu - 1U);
    }
    for (size_t i = length; i-- > 0;) {
        if (length > 2 * CHAIN_LIMIT && i == length - 1 - CHAIN_LIMIT) {
            text_append_format(text, "->(%zu more)", length - 2 * (size_t)CHAIN_LIMIT);
            i = CHAIN_LIMIT - 1;
        }
        const struct region *hop = i <= CHAIN_LIMIT ? near[i] : far[i % CHAIN_LIMIT];
        const struct region *parent = &after->regions[hop->parent];
        const struct plan_pointer *pointer = &comparison->plan->shapes[parent->shape].pointers[hop->pointer];
        text_append(text, i == length - 1 ? "" : "->");
        text_append(text, pointer->path[0] == '.' && i != length - 1 ? pointer->path + 1 : pointer->path);
        if (pointer->dimensions) {
            text_append_format(text, "#%u", hop->element);
        }
    }
    if (length > 0) {
        text_append(text, "->");
    }
}

static void run_emit(struct comparison *comparison) {
    if (!comparison->open || comparison->error) {
        comparison->open = false;
        return;
    }
    struct text *instance = &comparison->first;
    if (comparison->leaves > 1) {
        text_append_format(instance, " .. %s (%llu)", text_string(&comparison->last) + comparison->prefix.length,
                           (unsigned long long)comparison->leaves);
    }
    const struct region *root = &comparison->after->regions[comparison->now->origin];
    struct difference difference = {
        .key = text_string(&comparison->key),
        .instance = text_string(instance),
        .effect = comparison->effect,
        .old_value = comparison->then ? text_string(&comparison->old_value) : NULL,
        .new_value = text_string(&comparison->new_value),
        .bytes = comparison->bytes,
        .shape = comparison->now->shape,
        .origin = root->parameter ? NULL : &comparison->plan->shapes[root->shape],
        .server = comparison->now->server,
        .whitelisted = comparison->whitelisted,
        .foreign = comparison->foreign,
    };
    bool failed = comparison->key.failed || comparison->first.failed || comparison->new_value.failed || comparison->old_value.failed;
    comparison->error = failed ? error_out_of_memory() : comparison->visitor(comparison->context, &difference);
    comparison->open = false;
}

/* Bytes of the leaf that differ and are our own, and those that differ and may be others'; bit-fields count when their own bits differ. */
static uint64_t leaf_changed(const struct comparison *comparison, const struct leaf *leaf, uint64_t *out_foreign) {
    const struct region *now = comparison->now;
    uint64_t low = leaf->bit_offset / 8;
    uint64_t high = (leaf->bit_offset + leaf->bit_size + 7) / 8;
    if (high > now->size) {
        return 0;
    }
    const uint8_t *new_bytes = comparison->after->bytes + now->data;
    uint64_t changed = 0;
    if (!comparison->then) {
        for (uint64_t byte = low; byte < high; byte++) {
            changed += !comparison->own || own_bytes_has(comparison->own, now, byte, true) ? 1 : 0;
        }
        return changed;
    }
    const uint8_t *old_bytes = comparison->before->bytes + comparison->then->data;
    bool partial = leaf->bit_offset % 8 != 0 || leaf->bit_size % 8 != 0;
    for (uint64_t byte = low; byte < high; byte++) {
        bool own = !comparison->own || own_bytes_has(comparison->own, now, byte, false);
        bool differs = old_bytes[byte] != new_bytes[byte];
        if (differs && partial) {
            uint64_t from = byte * 8 > leaf->bit_offset ? byte * 8 : leaf->bit_offset;
            uint64_t end = byte * 8 + 8 < leaf->bit_offset + leaf->bit_size ? byte * 8 + 8 : leaf->bit_offset + leaf->bit_size;
            differs = value_bits(old_bytes, now->size, from, end - from) != value_bits(new_bytes, now->size, from, end - from);
        }
        changed += own && differs ? 1 : 0;
        *out_foreign += !own && differs && !own_bytes_knows(comparison->own, now, byte) ? 1 : 0;
    }
    return changed;
}

static void character_append(uint64_t value, struct text *text) {
    if (value >= ' ' && value <= '~') {
        text_append_char(text, (char)value);
    } else {
        text_append_format(text, "\\x%02x", (unsigned)(value & 0xff));
    }
}

/* The whole array of the leaf up to its NUL. */
static void characters_append(const uint8_t *bytes, uint64_t size, const struct leaf *leaf, struct text *text) {
    const char *bracket = strrchr(leaf->instance, '[');
    uint64_t index = bracket ? strtoull(bracket + 1, NULL, 10) : 0;
    for (uint64_t at = leaf->bit_offset / 8 - index; at < size && bytes[at] && text->length < TEXT_SHOWN; at++) {
        character_append(bytes[at], text);
    }
}

/* An integer that was seen to hold a pointer. */
static bool leaf_holds_pointer(const struct comparison *comparison, const struct leaf *leaf) {
    const struct shape *shape = &comparison->plan->shapes[comparison->now->shape];
    const struct type *type = &comparison->plan->image->types[leaf->type];
    bool holds = false;
    for (uint32_t i = 0; type->kind == TYPE_INTEGER && type->size == comparison->plan->image->pointer_size && !holds && i < shape->pointer_count;
         i++) {
        holds = strcmp(shape->pointers[i].path, leaf->path) == 0;
    }
    return holds;
}

static void run_values(struct comparison *comparison, const struct leaf *leaf) {
    const struct region *now = comparison->now;
    const uint8_t *bytes[2] = {comparison->then ? comparison->before->bytes + comparison->then->data : NULL, comparison->after->bytes + now->data};
    struct text *texts[2] = {&comparison->old_value, &comparison->new_value};
    struct identities *identities[2] = {&comparison->members.before, &comparison->members.after};
    for (int i = 0; i < 2; i++) {
        if (!bytes[i] || texts[i]->length > TEXT_SHOWN) {
            continue;
        }
        if (comparison->characters) {
            if (comparison->leaves == 1) {
                characters_append(bytes[i], now->size, leaf, texts[i]);
            }
        } else {
            text_append(texts[i], texts[i]->length ? ", " : "");
            if (comparison->untyped) {
                value_append_bytes(bytes[i], now->size, leaf->bit_offset, leaf->bit_size, texts[i]);
            } else if (leaf_holds_pointer(comparison, leaf)) {
                texts[i]->failed = !identities_append(identities[i], value_bits(bytes[i], now->size, leaf->bit_offset, leaf->bit_size), texts[i]) ||
                                   texts[i]->failed;
            } else {
                value_append(identities[i], leaf->type, bytes[i], now->size, leaf->bit_offset, leaf->bit_size, texts[i]);
            }
        }
    }
}

static enum difference_effect leaf_effect(struct comparison *comparison, const struct leaf *leaf, bool untyped) {
    if (!comparison->then) {
        return DIFFERENCE_CREATED;
    }
    if (untyped || comparison->plan->image->types[leaf->type].kind != TYPE_POINTER) {
        return DIFFERENCE_MODIFIED;
    }
    struct member_change change = {
        .now = comparison->now,
        .then = comparison->then,
        .leaf = leaf,
        .old_value = value_bits(comparison->before->bytes + comparison->then->data, comparison->then->size, leaf->bit_offset, leaf->bit_size),
        .new_value = value_bits(comparison->after->bytes + comparison->now->data, comparison->now->size, leaf->bit_offset, leaf->bit_size),
    };
    return members_effect(&comparison->members, &change);
}

static bool leaf_whitelisted(struct comparison *comparison, const char *root, const char *path) {
    text_clear(&comparison->question);
    text_append(&comparison->question, root);
    text_append(&comparison->question, path);
    return !comparison->question.failed && whitelist_has(comparison->whitelist, text_string(&comparison->question));
}

/*
 * The other members of a union over the bits of a leaf. Which of them is meant only the whitelist can tell: one that is in it speaks for those that
 * are not; of several, or where none is, the first speaks, for the bytes alone.
 */
struct overlap {
    struct comparison *comparison;
    const char *root;
    const struct leaf *leaf;
    bool whitelisted; /* the leaf is */
    bool passed;      /* and was met */
    uint64_t taken;   /* its bits that members before it take, of those that are whitelisted as it is; from its first on */
    bool any;         /* a member beside it is in the whitelist */
    bool others;      /* one that is whitelisted as it is has another type */
};

static bool overlap_visit(void *context, const struct leaf *other) {
    struct overlap *overlap = context;
    const struct leaf *leaf = overlap->leaf;
    uint64_t low = other->bit_offset > leaf->bit_offset ? other->bit_offset : leaf->bit_offset;
    uint64_t end = other->bit_offset + other->bit_size;
    uint64_t high = end < leaf->bit_offset + leaf->bit_size ? end : leaf->bit_offset + leaf->bit_size;
    if (other->bit_offset == leaf->bit_offset && strcmp(other->instance, leaf->instance) == 0) {
        overlap->passed = true;
        return true;
    }
    bool whitelisted = low < high && leaf_whitelisted(overlap->comparison, overlap->root, other->path);
    overlap->any = overlap->any || whitelisted;
    if (low < high && whitelisted == overlap->whitelisted) {
        overlap->others = overlap->others || other->type != leaf->type;
        for (uint64_t bit = low; !overlap->passed && bit < high && bit - leaf->bit_offset < 64; bit++) {
            overlap->taken |= 1ULL << (bit - leaf->bit_offset);
        }
    }
    return true;
}

/* Of the leaf's changed bytes, do all lie in these bits of it? In a new object all of its bytes are changed. */
static bool changed_within(const struct comparison *comparison, const struct leaf *leaf, uint64_t bits) {
    const uint8_t *new_bytes = comparison->after->bytes + comparison->now->data;
    const uint8_t *old_bytes = comparison->then ? comparison->before->bytes + comparison->then->data : NULL;
    for (uint64_t bit = 0; bit < leaf->bit_size; bit++) {
        uint64_t at = leaf->bit_offset + bit;
        bool differs = !old_bytes || ((old_bytes[at / 8] ^ new_bytes[at / 8]) >> (at % 8) & 1);
        if (differs && !(bit < 64 && bits >> bit & 1)) {
            return false;
        }
    }
    return true;
}

/* Does another member speak for the leaf? *out_untyped: it speaks itself, but not for its own type. */
static bool leaf_is_spoken_for(struct comparison *comparison, const char *root, const struct leaf *leaf, bool whitelisted, bool *out_untyped) {
    struct overlap overlap = {.comparison = comparison, .root = root, .leaf = leaf, .whitelisted = whitelisted};
    uint64_t first = leaf->bit_offset / 8;
    image_leaves(comparison->plan->image, comparison->plan->shapes[comparison->now->shape].type, comparison->now->size, first,
                 (leaf->bit_offset + leaf->bit_size + 7) / 8 - first, overlap_visit, &overlap);
    *out_untyped = overlap.others;
    return (!whitelisted && overlap.any) || (overlap.taken && changed_within(comparison, leaf, overlap.taken));
}

static bool leaf_visit(void *context, const struct leaf *leaf) {
    struct comparison *comparison = context;
    uint64_t others = 0;
    uint64_t changed = leaf_changed(comparison, leaf, &others);
    bool foreign = changed == 0;
    if (changed + others == 0 || comparison->error) {
        return comparison->error == NULL;
    }
    const char *root = comparison->plan->shapes[comparison->now->shape].root;
    size_t root_length = strlen(root);
    bool whitelisted = leaf_whitelisted(comparison, root, leaf->path);
    bool untyped = false;
    if (!whitelisted && (foreign || !comparison->then)) {
        return true; /* nothing tells that it was stored */
    }
    if (leaf->in_union && leaf_is_spoken_for(comparison, root, leaf, whitelisted, &untyped)) {
        return true;
    }
    enum difference_effect effect = leaf_effect(comparison, leaf, untyped);
    bool same = comparison->open && comparison->effect == effect && comparison->foreign == foreign && comparison->untyped == untyped &&
                strncmp(text_string(&comparison->key), root, root_length) == 0 &&
                strcmp(text_string(&comparison->key) + root_length, leaf->path) == 0;
    if (!same) {
        run_emit(comparison);
        comparison->open = true;
        comparison->leaves = 0;
        comparison->bytes = 0;
        comparison->effect = effect;
        comparison->foreign = foreign;
        comparison->untyped = untyped;
        text_clear(&comparison->key);
        text_append(&comparison->key, root);
        text_append(&comparison->key, leaf->path);
        text_clear(&comparison->old_value);
        text_clear(&comparison->new_value);
        text_clear(&comparison->first);
        text_append(&comparison->first, text_string(&comparison->prefix));
        text_append(&comparison->first, leaf->instance);
        size_t length = strlen(leaf->path);
        comparison->characters = comparison->plan->image->types[leaf->type].is_char && length > 2 && strcmp(leaf->path + length - 2, "[]") == 0;
        comparison->whitelisted = whitelisted;
    } else {
        text_clear(&comparison->last);
        text_append(&comparison->last, text_string(&comparison->prefix));
        text_append(&comparison->last, leaf->instance);
    }
    comparison->leaves++;
    comparison->bytes += foreign ? others : changed;
    run_values(comparison, leaf);
    return comparison->error == NULL;
}

/* One stretch of differing bytes of the region, or of a new one. */
static void region_stretch(struct comparison *comparison, uint64_t from, uint64_t end) {
    const struct region *now = comparison->now;
    const uint8_t *new_bytes = comparison->after->bytes + now->data;
    const uint8_t *old_bytes = comparison->then ? comparison->before->bytes + comparison->then->data : NULL;
    while (old_bytes && old_bytes[from] == new_bytes[from]) { /* they differ somewhere */
        from++;
    }
    while (old_bytes && old_bytes[end - 1] == new_bytes[end - 1]) {
        end--;
    }
    if (comparison->prefix.length == 0) {
        chain_append(comparison, now, &comparison->prefix);
    }
    image_leaves(comparison->plan->image, comparison->plan->shapes[now->shape].type, now->size, from, end - from, leaf_visit, comparison);
}

/* How many bytes from `at` on need not be looked at, in large steps. */
static uint64_t region_skip(const struct comparison *comparison, uint64_t at) {
    enum { STEP = 4096 };
    const struct region *now = comparison->now;
    const struct region *then = comparison->then;
    uint64_t known = snapshot_same(comparison->before, then, comparison->after, now, at);
    if (known || now->size - at < STEP || comparison->after->stamps) {
        return known;
    }
    return memcmp(comparison->before->bytes + then->data + at, comparison->after->bytes + now->data + at, STEP) == 0 ? STEP : 0;
}

/* Stretches are more than a leaf apart, so no leaf lies in two of them. */
static void region_compare(struct comparison *comparison) {
    enum { BLOCK = 64 };
    const struct region *now = comparison->now;
    const uint8_t *old_bytes = comparison->before->bytes + comparison->then->data;
    const uint8_t *new_bytes = comparison->after->bytes + now->data;
    uint64_t at = 0;
    while (at < now->size && !comparison->error) {
        uint64_t skip = region_skip(comparison, at);
        if (skip) {
            at += skip;
            continue;
        }
        uint64_t end = at;
        while (end < now->size && memcmp(old_bytes + end, new_bytes + end, now->size - end < BLOCK ? now->size - end : BLOCK) != 0) {
            end += BLOCK;
        }
        if (end > at) {
            region_stretch(comparison, at, end < now->size ? end : now->size);
        }
        at = end + BLOCK;
    }
}

static void region_visit(struct comparison *comparison, const struct region *now) {
    const struct snapshot *before = comparison->before;
    if (now->size == 0 || now->stack) {
        return;
    }
    const struct region *then = snapshot_find(before, now->address, now->shape);
    comparison->now = now;
    comparison->then = then && then->size == now->size && now->born <= before->serial ? then : NULL;
    text_clear(&comparison->prefix);
    if (comparison->then) {
        region_compare(comparison);
    } else if (!comparison->own || own_bytes_has_any(comparison->own, now)) {
        region_stretch(comparison, 0, now->size);
    }
    run_emit(comparison);
}

static struct error *comparison_end(struct comparison *comparison) {
    members_deinit(&comparison->members);
    text_deinit(&comparison->prefix);
    text_deinit(&comparison->question);
    text_deinit(&comparison->key);
    text_deinit(&comparison->first);
    text_deinit(&comparison->last);
    text_deinit(&comparison->old_value);
    text_deinit(&comparison->new_value);
    return comparison->error;
}

struct error *difference_visit(const struct plan *plan, const struct whitelist *whitelist, const struct snapshot *before,
                               const struct snapshot *after, const struct own_bytes *own, difference_visitor *visitor, void *context) {
    struct comparison comparison = {
        .plan = plan, .whitelist = whitelist, .before = before, .after = after, .own = own, .visitor = visitor, .context = context};
    members_init(&comparison.members, plan, before, after);
    for (uint32_t i = 0; i < after->count && !comparison.error; i++) {
        region_visit(&comparison, &after->regions[i]);
    }
    return comparison_end(&comparison);
}

struct error *difference_visit_regions(const struct plan *plan, const struct whitelist *whitelist, const struct snapshot *before,
                                       const struct snapshot *after, const struct own_bytes *own, const uint32_t *regions, size_t count,
                                       difference_visitor *visitor, void *context) {
    struct comparison comparison = {
        .plan = plan, .whitelist = whitelist, .before = before, .after = after, .own = own, .visitor = visitor, .context = context};
    members_init(&comparison.members, plan, before, after);
    for (size_t i = 0; i < count && !comparison.error; i++) {
        region_visit(&comparison, &after->regions[regions[i]]);
    }
    return comparison_end(&comparison);
}
