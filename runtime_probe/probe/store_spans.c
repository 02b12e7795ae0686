#include "store_spans.h"

#include <stdlib.h>
#include <string.h>

#include "spillscope/text.h"

/* Stretches as they are met: many, until they are joined. */
struct collection {
    const struct whitelist *whitelist;
    const char *root;
    struct store_span *list;
    size_t count;
    size_t capacity;
    struct text key;
    struct text member; /* first member of the newest stretch */
    bool failed;
};

/* ".slabs" of ".slabs[].next", "[].current" of "[].current[]": what one watchpoint is for. */
static size_t member_length(const char *path) {
    size_t skip = strncmp(path, "[]", 2) == 0 ? 2 : 0;
    size_t first = path[skip] ? 1 : 0;
    return skip + first + strcspn(path + skip + first, ".[");
}

static bool collection_grow(struct collection *collection) {
    if (collection->count == collection->capacity) {
        size_t capacity = collection->capacity ? collection->capacity * 2 : 64;
        struct store_span *grown = realloc(collection->list, capacity * sizeof *grown);
        if (!grown) {
            return false;
        }
        collection->list = grown;
        collection->capacity = capacity;
    }
    return true;
}

/* Takes bytes into the newest stretch; a union's later members may lie before it. */
static void collection_widen(struct collection *collection, uint64_t low, uint64_t high) {
    struct store_span *last = &collection->list[collection->count - 1];
    uint64_t end = last->offset + last->length;
    end = high > end ? high : end;
    low = low < last->offset ? low : last->offset;
    while (collection->count > 1 && low < last[-1].offset + last[-1].length) {
        collection->count--;
        last--;
        low = low < last->offset ? low : last->offset;
    }
    *last = (struct store_span){.offset = low, .length = end - low};
}

static bool leaf_collect(void *context, const struct leaf *leaf) {
    struct collection *collection = context;
    uint64_t low = leaf->bit_offset / 8;
    uint64_t high = (leaf->bit_offset + leaf->bit_size + 7) / 8;
    text_clear(&collection->key);
    text_append(&collection->key, collection->root);
    text_append(&collection->key, leaf->path);
    if (collection->key.failed || high == low || !whitelist_has(collection->whitelist, text_string(&collection->key))) {
        return !collection->key.failed;
    }
    size_t length = member_length(leaf->path);
    struct store_span *last = collection->count ? &collection->list[collection->count - 1] : NULL;
    bool same = last && collection->member.length == length && strncmp(text_string(&collection->member), leaf->path, length) == 0;
    bool overlaps = last && low < last->offset + last->length;
    /* An array's elements in between may hold other members: one stretch takes them all, each element of an outermost array has its own. */
    if (overlaps || (same && (leaf->path[0] != '[' || low == last->offset + last->length))) {
        collection_widen(collection, low, high);
        return true;
    }
    if (!collection_grow(collection)) {
        collection->failed = true;
        return false;
    }
    text_clear(&collection->member);
    text_append_bytes(&collection->member, leaf->path, length);
    collection->list[collection->count++] = (struct store_span){.offset = low, .length = high - low, .leaf = true};
    return true;
}

/* Joins the two neighbours with the smallest gap. */
static void collection_join(struct collection *collection) {
    size_t at = 0;
    uint64_t best = UINT64_MAX;
    for (size_t i = 0; i + 1 < collection->count; i++) {
        uint64_t gap = collection->list[i + 1].offset - (collection->list[i].offset + collection->list[i].length);
        if (gap < best) {
            best = gap;
            at = i;
        }
    }
    struct store_span *left = &collection->list[at];
    const struct store_span *right = left + 1;
    *left = (struct store_span){.offset = left->offset, .length = right->offset + right->length - left->offset};
    memmove(left + 1, left + 2, (collection->count - at - 2) * sizeof *left);
    collection->count--;
}

struct error *store_spans_find(const struct plan *plan, const struct whitelist *whitelist, uint32_t shape, uint64_t size,
                               struct store_spans *out_spans) {
    const struct shape *of = &plan->shapes[shape];
    struct collection collection = {.whitelist = whitelist, .root = of->root};
    image_leaves(plan->image, of->type, size, 0, size, leaf_collect, &collection);
    bool failed = collection.failed || collection.key.failed || collection.member.failed;
    while (!failed && collection.count > STORE_SPANS) {
        collection_join(&collection);
    }
    if (!failed) {
        out_spans->count = (uint32_t)collection.count;
        memcpy(out_spans->list, collection.list ? collection.list : out_spans->list, collection.count * sizeof *collection.list);
    }
    text_deinit(&collection.key);
    text_deinit(&collection.member);
    free(collection.list);
    return failed ? error_out_of_memory() : NULL;
}
