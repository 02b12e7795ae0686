/* What a transaction leaves behind: its words, where they lie at its exit, and which leaves of which states that changed. */
#include <string.h>

#include "ledger.h"
#include "spillscope/text.h"

enum { WORD = 8, LEAVES_MAX = 256, BYTE_BITS = 8 };

/* A change that adds up over the elements of an array. */
struct changed_state {
    uint32_t key; /* numbers of strings */
    uint32_t instance;
    uint32_t old_value;
    uint32_t new_value;
    uint64_t bytes;
    bool fresh;
    bool whitelisted;
};

struct teller {
    struct ledger *ledger;
    const struct ledger_transaction *transaction;
    struct strings strings;
    struct vector changed; /* struct changed_state, in order of the first store */
    struct map by_key;
};

/* Some bytes of one word that lie in one object. */
struct part {
    const struct ledger_word *word;
    uint64_t now;   /* the word's value */
    uint32_t first; /* byte of the word */
    uint32_t count;
    const char *root;
    uint32_t type;    /* IMAGE_NONE: a buffer */
    uint64_t size;    /* of the object */
    uint64_t offset;  /* of the first byte in it */
    uint64_t address; /* of the object; 0: a variable, which its root tells apart */
    bool fresh;       /* the object is new since the entry */
};

struct candidate {
    uint32_t key;
    uint32_t instance;
    uint32_t type;
    uint64_t bit_offset; /* in the object */
    uint64_t bit_size;
    uint64_t mask; /* its bits in the word */
    bool bit_field;
    bool named; /* in the whitelist by its own name */
    bool left_out;
};

struct choices {
    struct teller *teller;
    const struct part *part;
    struct candidate list[LEAVES_MAX];
    size_t count;
};

static uint32_t string_of(struct teller *teller, struct text *text) {
    uint32_t number = strings_intern(&teller->strings, text_string(text));
    text_deinit(text);
    return number;
}

/* The bits of the word that the leaf takes. */
static uint64_t bits_of(const struct part *part, uint64_t bit_offset, uint64_t bit_size) {
    uint64_t mask = 0;
    for (uint32_t bit = 0; bit < BYTE_BITS * part->count; bit++) {
        uint64_t at = BYTE_BITS * part->offset + bit;
        mask |= at >= bit_offset && at < bit_offset + bit_size ? (uint64_t)1 << (BYTE_BITS * part->first + bit) : 0;
    }
    return mask;
}

static bool choose_leaf(void *context, const struct leaf *leaf) {
    struct choices *choices = context;
    const struct part *part = choices->part;
    struct teller *teller = choices->teller;
    struct candidate *candidate = &choices->list[choices->count];
    struct text key = {0};
    struct text instance = {0};
    text_append(&key, part->root);
    text_append(&key, leaf->path);
    text_append(&instance, part->root);
    if (part->address) {
        text_append_format(&instance, "@0x%llx", (unsigned long long)part->address);
    }
    text_append(&instance, leaf->instance);
    *candidate =
        (struct candidate){.type = leaf->type,
                           .bit_offset = leaf->bit_offset,
                           .bit_size = leaf->bit_size,
                           .mask = bits_of(part, leaf->bit_offset, leaf->bit_size),
                           .bit_field = part->type != IMAGE_NONE && leaf->bit_size != BYTE_BITS * teller->ledger->image->types[leaf->type].size,
                           .named = whitelist_names(teller->transaction->kind->whitelist, text_string(&key))};
    candidate->key = string_of(teller, &key);
    candidate->instance = string_of(teller, &instance);
    return ++choices->count < LEAVES_MAX;
}

/* A store to a bit-field rewrites its neighbours: they count only where their own bits changed. Where none did, one speaks for them. */
static void leave_out_neighbours(struct choices *choices) {
    const struct candidate *speaker = NULL;
    bool flipped = false;
    for (size_t i = 0; i < choices->count; i++) {
        const struct candidate *candidate = &choices->list[i];
        flipped = flipped || (candidate->bit_field && candidate->mask & choices->part->word->flipped);
        if (candidate->bit_field && (!speaker || (candidate->named && !speaker->named))) {
            speaker = candidate;
        }
    }
    for (size_t i = 0; i < choices->count; i++) {
        struct candidate *candidate = &choices->list[i];
        bool counts = flipped ? (candidate->mask & choices->part->word->flipped) != 0 : candidate == speaker;
        candidate->left_out = candidate->bit_field && !counts;
    }
}

static uint64_t whole_bytes(uint64_t bits) {
    uint64_t whole = 0;
    for (uint32_t byte = 0; byte < WORD; byte++) {
        whole |= bits >> (BYTE_BITS * byte) & 0xff ? (uint64_t)0xff << (BYTE_BITS * byte) : 0;
    }
    return whole;
}

static uint64_t stored_bits(const struct ledger_word *word) {
    uint64_t bits = 0;
    for (uint32_t byte = 0; byte < WORD; byte++) {
        bits |= word->stored >> byte & 1 ? (uint64_t)0xff << (BYTE_BITS * byte) : 0;
    }
    return bits;
}

static void append_value(const struct image *image, const struct candidate *candidate, uint64_t word, struct text *text) {
    const struct type *type = candidate->type == IMAGE_NONE ? NULL : &image->types[candidate->type];
    uint64_t bits = candidate->mask ? (word & candidate->mask) >> __builtin_ctzll(candidate->mask) : 0;
    if (type && type->kind == TYPE_ENUM) {
        for (uint32_t i = 0; i < type->enumerator_count; i++) {
            if ((uint64_t)type->enumerators[i].value == bits) {
                text_append(text, type->enumerators[i].name);
                return;
            }
        }
    }
    if (type && type->kind == TYPE_INTEGER && type->is_signed && candidate->bit_size < 64 && candidate->bit_size &&
        bits >> (candidate->bit_size - 1) & 1) {
        text_append_format(text, "%lld", (long long)(bits | ~(((uint64_t)1 << candidate->bit_size) - 1)));
    } else if (type && type->kind == TYPE_INTEGER) {
        text_append_format(text, type->is_signed ? "%lld" : "%llu", (unsigned long long)bits);
    } else {
        text_append_format(text, "0x%llx", (unsigned long long)bits);
    }
}

static void note_change(struct teller *teller, const struct part *part, const struct candidate *candidate, uint64_t changed) {
    uint64_t index = 0;
    uint64_t bytes = (uint64_t)__builtin_popcountll(whole_bytes(changed)) / BYTE_BITS;
    if (map_find(&teller->by_key, candidate->key, &index)) {
        VECTOR_AT(&teller->changed, struct changed_state, index)->bytes += bytes;
        return;
    }
    struct text old_value = {0};
    struct text new_value = {0};
    append_value(teller->ledger->image, candidate, part->word->before, &old_value);
    append_value(teller->ledger->image, candidate, part->now, &new_value);
    map_insert(&teller->by_key, candidate->key, teller->changed.count);
    *(struct changed_state *)vector_push(&teller->changed) = (struct changed_state){
        .key = candidate->key,
        .instance = candidate->instance,
        .old_value = string_of(teller, &old_value),
        .new_value = string_of(teller, &new_value),
        .bytes = bytes,
        .fresh = part->fresh,
        .whitelisted = candidate->named || whitelist_has(teller->transaction->kind->whitelist, strings_at(&teller->strings, candidate->key)),
    };
}

/* Of members of a union over the same bits the whitelisted one speaks for all; without one, the first. */
static void tell_part(struct teller *teller, const struct part *part) {
    const struct ledger_word *word = part->word;
    static const struct leaf BUFFER = {.path = "", .instance = "", .type = IMAGE_NONE};
    struct choices choices = {.teller = teller, .part = part};
    if (part->type == IMAGE_NONE) {
        struct leaf whole = BUFFER;
        whole.bit_offset = BYTE_BITS * part->offset;
        whole.bit_size = BYTE_BITS * (uint64_t)part->count;
        choose_leaf(&choices, &whole);
    } else {
        image_leaves(teller->ledger->image, part->type, part->size, part->offset, part->count, choose_leaf, &choices);
    }
    leave_out_neighbours(&choices);
    uint64_t taken = 0;
    for (int named = 1; named >= 0; named--) {
        for (size_t i = 0; i < choices.count; i++) {
            const struct candidate *candidate = &choices.list[i];
            uint64_t mask = candidate->mask & ~taken;
            if (candidate->left_out || candidate->named != named || !mask) {
                continue;
            }
            uint64_t flipped = candidate->bit_field ? word->flipped : whole_bytes(word->flipped);
            uint64_t changed = part->fresh ? stored_bits(word) & mask : (part->now ^ word->before) & flipped & mask;
            taken |= candidate->mask;
            if (changed) {
                note_change(teller, part, candidate, changed);
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------------ where words lie */

/* Bytes in variables and records of pages; what is neither is counted. */
static void tell_variables(struct teller *teller, struct part part) {
    struct ledger *ledger = teller->ledger;
    const struct ledger_word *word = part.word;
    uint64_t linked = 0;
    bool in_image = kernel_layout_linked(&ledger->layout, word->ram, &linked);
    for (uint32_t byte = 0; byte < WORD;) {
        if (!(word->stored >> byte & 1)) {
            byte++;
            continue;
        }
        const struct variable *variable = in_image ? image_variable_at(ledger->image, linked + byte) : NULL;
        uint64_t size = variable ? ledger->image->types[variable->type].size : 0;
        part.first = byte;
        part.count = 0;
        do {
            byte++;
            part.count++;
        } while (byte < WORD && word->stored >> byte & 1 && (!variable || linked + byte < variable->address + size));
        if (variable) {
            part.root = variable->root;
            part.type = variable->type;
            part.size = size;
            part.offset = linked + part.first - variable->address;
            tell_part(teller, &part);
        } else if (kernel_layout_record(&ledger->layout, word->ram + part.first, &part.offset)) {
            part.type = ledger->layout.record_type;
            part.root = ledger->image->types[part.type].name;
            part.size = ledger->image->types[part.type].size;
            tell_part(teller, &part);
        } else {
            ledger->unplaced += part.count;
        }
    }
}

/* What an allocator wrote before it gave a block away counts as the block's. */
static uint32_t block_of(const struct ledger *ledger, const struct ledger_transaction *transaction, const struct ledger_word *word) {
    uint64_t linked = 0;
    uint64_t offset = 0;
    uint32_t now = HEAP_MAP_NONE;
    if (kernel_layout_linked(&ledger->layout, word->ram, &linked)) {
        return HEAP_MAP_NONE; /* the memory of per-CPU copies was allocated too */
    }
    for (uint32_t byte = 0; byte < WORD && now == HEAP_MAP_NONE; byte++) {
        now = word->stored >> byte & 1 ? heap_map_at(&ledger->heap, word->ram + byte, &offset) : HEAP_MAP_NONE;
    }
    if (now == word->block || now == HEAP_MAP_NONE || heap_map_block(&ledger->heap, now)->born < transaction->born) {
        return word->block;
    }
    return heap_map_lies_in(&ledger->heap, now, word->block) ? now : word->block;
}

static bool name_is_stack(const struct ledger *ledger, uint32_t name) {
    bool stack = false;
    for (size_t i = 0; i < ledger->hooks.stack_names.count && !stack; i++) {
        uint32_t number = *VECTOR_AT(&ledger->hooks.stack_names, uint32_t, i);
        stack = strcmp(strings_at(&ledger->hooks.strings, number), block_names_string(&ledger->names, name)) == 0;
    }
    return stack;
}

static void tell_block(struct teller *teller, struct part part, uint32_t index) {
    const struct ledger *ledger = teller->ledger;
    const struct ledger_word *word = part.word;
    const struct heap_block *block = heap_map_block(&ledger->heap, index);
    if (block->freed || (block->pages && kernel_layout_user_mapped(&ledger->layout, word->ram)) || name_is_stack(ledger, block->name)) {
        return; /* gone, the client's, temporary */
    }
    part.root = block_names_string(&ledger->names, block->name);
    part.type = block_names_at(&ledger->names, block->name)->type;
    part.size = block->size;
    part.address = block->address;
    part.fresh = block->born > teller->transaction->born;
    for (uint32_t byte = 0; byte < WORD; byte++) {
        if (!(word->stored >> byte & 1) || heap_map_at(&ledger->heap, word->ram + byte, &part.offset) != index) {
            continue;
        }
        part.first = byte;
        part.count = 1;
        while (byte + 1 < WORD && word->stored >> (byte + 1) & 1 && part.offset + part.count < block->size) {
            part.count++;
            byte++;
        }
        tell_part(teller, &part);
    }
}

static void tell_word(struct teller *teller, const struct ledger_word *word) {
    const struct ledger *ledger = teller->ledger;
    struct part part = {.word = word};
    uint64_t linked = 0;
    if (word->user || (kernel_layout_linked(&ledger->layout, word->ram, &linked) && kernel_layout_is_stack(&ledger->layout, linked))) {
        return;
    }
    memcpy(&part.now, ledger->shadow + word->ram, WORD);
    uint32_t block = block_of(ledger, teller->transaction, word);
    if (block == HEAP_MAP_NONE) {
        tell_variables(teller, part);
    } else {
        tell_block(teller, part, block);
    }
}

void ledger_tell_changes(struct ledger *ledger, const struct ledger_transaction *transaction) {
    struct teller teller = {.ledger = ledger, .transaction = transaction, .changed = VECTOR_OF(struct changed_state)};
    strings_intern(&teller.strings, "");
    for (size_t i = 0; i < transaction->words.count; i++) {
        tell_word(&teller, VECTOR_AT(&transaction->words, struct ledger_word, i));
    }
    for (size_t i = 0; i < teller.changed.count; i++) {
        const struct changed_state *state = VECTOR_AT(&teller.changed, struct changed_state, i);
        struct ledger_change change = {.key = strings_at(&teller.strings, state->key),
                                       .instance = strings_at(&teller.strings, state->instance),
                                       .old_value = state->fresh ? NULL : strings_at(&teller.strings, state->old_value),
                                       .new_value = strings_at(&teller.strings, state->new_value),
                                       .bytes = state->bytes,
                                       .whitelisted = state->whitelisted};
        ledger->sink.change(ledger->sink.context, transaction, &change);
    }
    strings_deinit(&teller.strings);
    vector_deinit(&teller.changed);
    map_deinit(&teller.by_key);
}
