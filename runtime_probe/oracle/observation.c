#include "observation.h"

#include <stdlib.h>
#include <string.h>
#include "judge.h"

enum { USER_ADDRESS_BITS = 47, LEAVES_MAX = 256, ADOPTED_BYTES_MAX = 1 << 16 };

void observations_init(struct observations *observations) {
    *observations = (struct observations){
        .active = VECTOR_OF(uint32_t), .unused = VECTOR_OF(uint32_t), .history = VECTOR_OF(struct observed), .user_page = UINT64_MAX};
}

void observations_deinit(struct observations *observations) {
    for (size_t i = 0; i < observations->count; i++) {
        map_deinit(&observations->all[i].touched);
        map_deinit(&observations->all[i].own);
        free(observations->all[i].words);
    }
    free(observations->all);
    vector_deinit(&observations->active);
    vector_deinit(&observations->unused);
    vector_deinit(&observations->history);
}

static uint32_t observation_slot(struct observations *observations) {
    if (observations->unused.count) {
        return *VECTOR_AT(&observations->unused, uint32_t, --observations->unused.count);
    }
    if (observations->count == observations->capacity) {
        size_t capacity = observations->capacity ? observations->capacity * 2 : 16;
        struct observation *all = realloc(observations->all, capacity * sizeof *all);
        if (!all) {
            observations->failed = true;
            return UINT32_MAX;
        }
        observations->all = all;
        observations->capacity = capacity;
    }
    observations->all[observations->count] = (struct observation){0};
    return (uint32_t)observations->count++;
}

uint32_t observation_start(struct observations *observations, uint32_t txn, unsigned cpu, uint64_t sequence) {
    uint32_t index = observation_slot(observations);
    if (index == UINT32_MAX) {
        return index;
    }
    struct observation *observation = &observations->all[index];
    observation->txn = txn;
    observation->began = sequence;
    observation->word_count = 0;
    map_clear(&observation->touched);
    map_clear(&observation->own);
    observation->place = observations->active.count;
    *(uint32_t *)vector_push(&observations->active) = index;
    observation->history = observations->history.count;
    *(struct observed *)vector_push(&observations->history) = (struct observed){.txn = txn, .cpu = cpu};
    return index;
}

struct observed *observations_newest(struct observations *observations) {
    return VECTOR_AT(&observations->history, struct observed, observations->history.count - 1);
}

void observation_drop(struct observations *observations, uint32_t index) {
    if (index == UINT32_MAX) {
        return;
    }
    struct observation *observation = &observations->all[index];
    uint32_t last = *VECTOR_AT(&observations->active, uint32_t, observations->active.count - 1);
    *VECTOR_AT(&observations->active, uint32_t, observation->place) = last;
    observations->all[last].place = observation->place;
    observations->active.count--;
    *(uint32_t *)vector_push(&observations->unused) = index;
}

static struct own_word *own_word_of(struct observations *observations, struct observation *observation, uint64_t physical) {
    uint64_t index = 0;
    if (map_find(&observation->own, physical, &index)) {
        return &observation->words[index];
    }
    if (observation->word_count == observation->word_capacity) {
        size_t capacity = observation->word_capacity ? observation->word_capacity * 2 : 64;
        struct own_word *words = realloc(observation->words, capacity * sizeof *words);
        if (!words) {
            observations->failed = true;
            return NULL;
        }
        observation->words = words;
        observation->word_capacity = capacity;
    }
    map_insert(&observation->own, physical, observation->word_count);
    struct own_word *word = &observation->words[observation->word_count++];
    *word = (struct own_word){.physical = physical, .object = HEAP_NONE};
    return word;
}

/* Can the user access this address? Only low addresses are looked up; copies run over one page after the other. */
static bool address_is_user(struct judge *judge, unsigned cpu, uint64_t address) {
    struct observations *observations = &judge->observations;
    uint64_t root = judge->root[cpu];
    if (address >> USER_ADDRESS_BITS || !root) {
        return false;
    }
    if (observations->user_page != address / GUEST_PAGE_BYTES || observations->user_root != root) {
        uint64_t physical = 0;
        bool user = false;
        observations->user_page = address / GUEST_PAGE_BYTES;
        observations->user_root = root;
        observations->user_access = guest_memory_translate(&judge->memory, root, address, &physical, &user) && user;
    }
    return observations->user_access;
}

/* The part of a store that falls into one word. `old` and `new` are the whole word before and after. */
struct word_store {
    uint64_t physical; /* of the word */
    uint64_t old;
    uint64_t new;
    uint8_t bytes; /* stored ones */
    uint64_t pc;
    uint32_t object;
    bool user;
};

static void word_note(struct own_word *word, const struct word_store *store) {
    if (word->object != store->object) { /* other memory now: what was stored before is gone with the object */
        *word = (struct own_word){.physical = word->physical};
        word->object = store->object;
    }
    word->user |= store->user;
    word->flipped |= store->old ^ store->new;
    for (unsigned byte = 0; byte < 8; byte++) {
        if (!(store->bytes >> byte & 1)) {
            continue;
        }
        if (!(word->stored >> byte & 1)) {
            word->pc[byte] = store->pc;
        }
        word->stores[byte]++;
        word->silent[byte] += ((store->old ^ store->new) >> (8 * byte) & 0xff) == 0;
    }
    word->stored |= store->bytes;
}

static void word_store_apply(struct judge *judge, unsigned cpu, const struct word_store *store) {
    struct observations *observations = &judge->observations;
    for (size_t i = 0; i < observations->active.count; i++) {
        struct observation *observation = &observations->all[*VECTOR_AT(&observations->active, uint32_t, i)];
        uint64_t known = 0;
        if (!map_find(&observation->touched, store->physical, &known)) {
            map_insert(&observation->touched, store->physical, store->old);
        }
    }
    const struct context *context = contexts_running(&judge->contexts, cpu);
    for (size_t i = context->count; i > 0 && context->frames[i - 1].kind != FRAME_INTERRUPT; i--) {
        const struct frame *frame = &context->frames[i - 1];
        if (frame->kind == FRAME_TRANSACTION && frame->what != UINT32_MAX) {
            struct own_word *word = own_word_of(observations, &observations->all[frame->what], store->physical);
            if (word) {
                word_note(word, store);
            }
        }
    }
}

void observation_store(struct judge *judge, const struct record_store *record) {
    unsigned size = record->size;
    unsigned char *target = guest_memory_at(&judge->memory, record->physical, size);
    if (!judge->observations.active.count) {
        memcpy(target, record->bytes, size);
        return;
    }
    bool user = address_is_user(judge, record->cpu, record->address);
    judge->summary.stores++;
    for (unsigned done = 0; done < size;) {
        uint64_t physical = record->physical + done;
        unsigned first = (unsigned)(physical % 8);
        unsigned part = size - done < 8 - first ? size - done : 8 - first;
        struct word_store store = {.physical = physical - first, .pc = image_home(judge->image, record->pc), .user = user};
        unsigned char *word = guest_memory_at(&judge->memory, store.physical, 8);
        uint64_t offset = 0;
        if (!word) {
            break; /* RAM ends within a word: its size is a whole number of pages */
        }
        memcpy(&store.old, word, 8);
        memcpy(word + first, record->bytes + done, part);
        memcpy(&store.new, word, 8);
        store.bytes = (uint8_t)(((1u << part) - 1) << first);
        store.object = heap_objects_at(&judge->heap, physical, &offset);
        word_store_apply(judge, record->cpu, &store);
        done += part;
    }
}

/* Does `inner` lie in `outer`, or `outer` be no object at all? */
static bool object_lies_in(const struct heap_objects *heap, uint32_t inner, uint32_t outer) {
    uint32_t around = heap_object(heap, inner)->parent;
    while (around != HEAP_NONE && around != outer) {
        around = heap_object(heap, around)->parent;
    }
    return around == outer;
}

void observations_adopt(struct judge *judge, uint32_t object) {
    const uint64_t size = heap_object(&judge->heap, object)->size;
    for (size_t i = 0; i < judge->observations.active.count && size <= ADOPTED_BYTES_MAX; i++) {
        struct observation *observation = &judge->observations.all[*VECTOR_AT(&judge->observations.active, uint32_t, i)];
        for (uint64_t offset = 0; observation->word_count && offset < size; offset += 8) {
            uint64_t physical = 0;
            uint64_t index = 0;
            if (heap_object_physical(&judge->heap, object, offset, &physical) && map_find(&observation->own, physical & ~(uint64_t)7, &index) &&
                object_lies_in(&judge->heap, object, observation->words[index].object)) {
                observation->words[index].object = object;
            }
        }
    }
}

/* What the end of an observation works with. */
struct finish {
    struct judge *judge;
    const struct observation *observation;
    uint64_t root;
    bool reached; /* ownership was computed */
    bool tabled;  /* page tables were found */
    bool peopled; /* the user's pages were found */
};

static bool finish_client_owns(struct finish *finish, uint32_t root, uint32_t object, const char *key) {
    struct judge *judge = finish->judge;
    int declared = program_declared_owner(&judge->program, key);
    bool client = false;
    if (object == HEAP_NONE && state_root(&judge->roots, root)->variable != IMAGE_NONE) {
        const struct variable *variable = &judge->image->variables[state_root(&judge->roots, root)->variable];
        client = program_is_client(&judge->program, program_entity_of(&judge->program, variable->file));
    } else if (object != HEAP_NONE && program_has_clients(&judge->program)) {
        if (!finish->reached) {
            reach_compute(&judge->reach, &judge->map, &judge->heap, &judge->roots, finish->root);
            finish->reached = true;
        }
        client = !reach_has(&judge->reach, object);
    }
    if (declared >= 0 && declared != client) {
        judge->summary.overruled++;
        return declared;
    }
    return client;
}

static enum allowance finish_allows(const struct finish *finish, const char *key, size_t root_length) {
    const struct program *program = &finish->judge->program;
    return whitelist_allows(&program->whitelist, VECTOR_AT(&program->txns, struct program_txn, finish->observation->txn)->id, key, root_length);
}

/* Some bytes of one word that lie in one object, from byte `first` of the word. */
struct word_part {
    const struct own_word *word;
    uint64_t now;    /* the word's value at exit */
    uint64_t before; /* and at entry */
    unsigned first;
    unsigned count;
    uint32_t root;   /* of the state keys */
    uint32_t object; /* HEAP_NONE: a variable */
    uint64_t object_size;
    uint64_t offset; /* of byte `first` in the object */
    bool fresh;      /* the object is new since entry */
    bool table;      /* a page table in use: the kernel's, whoever its pages serve */
};

/* The bits of the word that the leaf takes. */
static uint64_t leaf_mask(const struct word_part *part, const struct state_leaf *leaf) {
    uint64_t mask = 0;
    for (unsigned bit = 8 * part->first; bit < 8 * (part->first + part->count); bit++) {
        uint64_t in_object = 8 * part->offset + (bit - 8 * part->first);
        if (in_object >= leaf->bit_offset && in_object < leaf->bit_offset + leaf->bit_size) {
            mask |= (uint64_t)1 << bit;
        }
    }
    return mask;
}

/* Every byte in which a bit is set, whole. */
static uint64_t whole_bytes(uint64_t bits) {
    uint64_t bytes = 0;
    for (unsigned byte = 0; byte < 8; byte++) {
        bytes |= bits >> (8 * byte) & 0xff ? (uint64_t)0xff << (8 * byte) : 0;
    }
    return bytes;
}

static void finish_leaf(struct finish *finish, const struct word_part *part, const struct state_leaf *leaf, uint64_t mask) {
    struct judge *judge = finish->judge;
    const struct own_word *word = part->word;
    struct tally_line *line = tally_line_of(&judge->tally, leaf->key);
    uint32_t stores = 0;
    uint32_t silent = UINT32_MAX;
    uint64_t stored = 0;
    for (unsigned byte = 0; byte < 8; byte++) {
        bool in_leaf = mask >> (8 * byte) & 0xff;
        if (in_leaf && word->stored >> byte & 1) {
            stored |= (uint64_t)0xff << (8 * byte);
            stores = word->stores[byte] > stores ? word->stores[byte] : stores;
            silent = word->silent[byte] < silent ? word->silent[byte] : silent;
            line->pc = line->pc ? line->pc : word->pc[byte];
            tally_code_add(&judge->tally, finish->observation->txn, word->pc[byte]);
        }
    }
    line->stores += stores;
    line->silent += stores ? silent : 0;
    /* A byte counts as a whole once a store changed it; the neighbours of a bit-field count only with their own bits. */
    uint64_t flipped = (leaf->bit_field ? word->flipped : whole_bytes(word->flipped)) & mask;
    line->touched |= (word->flipped & mask) != 0;
    line->changed |= part->fresh ? (stored & mask) != 0 : ((part->now ^ part->before) & flipped) != 0;
    line->client &= !part->table && finish_client_owns(finish, part->root, part->object, strings_at(&judge->roots.keys, leaf->key));
}

struct leaf_choice {
    struct state_leaf leaf;
    uint64_t mask; /* its bits in the word */
    enum allowance allowed;
    bool left_out;
};

/* A store to a bit-field rewrites its neighbours: they count only where their own bits changed. Where none did, one speaks for them. */
static void finish_bit_fields(const struct word_part *part, struct leaf_choice *choices, size_t count) {
    bool any_changed = false;
    struct leaf_choice *speaker = NULL;
    for (size_t i = 0; i < count; i++) {
        if (choices[i].leaf.bit_field) {
            any_changed |= (choices[i].mask & part->word->flipped) != 0;
            speaker = !speaker || choices[i].allowed > speaker->allowed ? &choices[i] : speaker;
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (choices[i].leaf.bit_field) {
            choices[i].left_out = any_changed ? !(choices[i].mask & part->word->flipped) : &choices[i] != speaker;
        }
    }
}

/* Of union members over the same bits the one in the whitelist speaks for all; without one, the first. */
static void finish_part(struct finish *finish, const struct word_part *part) {
    struct judge *judge = finish->judge;
    size_t count = 0;
    const struct state_leaf *found = state_roots_leaves(&judge->roots, part->root, part->object_size, part->offset, part->count, &count);
    struct leaf_choice choices[LEAVES_MAX];
    count = count < LEAVES_MAX ? count : LEAVES_MAX;
    for (size_t i = 0; i < count; i++) {
        choices[i] = (struct leaf_choice){.leaf = found[i], .mask = leaf_mask(part, &found[i])};
        choices[i].allowed = finish_allows(finish, strings_at(&judge->roots.keys, found[i].key), found[i].root_length);
    }
    finish_bit_fields(part, choices, count);
    uint64_t taken = 0;
    for (int round = ALLOWED; round >= NOT_ALLOWED; round--) {
        for (size_t i = 0; i < count; i++) {
            const struct leaf_choice *choice = &choices[i];
            if (!choice->left_out && (int)choice->allowed == round && choice->mask & ~taken) {
                finish_leaf(finish, part, &choice->leaf, choice->mask & ~taken);
                taken |= choice->mask;
            }
        }
    }
}

/* Is the word part of a page table that is in use? */
static bool finish_is_table(struct finish *finish, uint64_t physical) {
    struct judge *judge = finish->judge;
    uint64_t level = 0;
    if (!finish->tabled) {
        kernel_map_tables(&judge->map, &judge->heap, &judge->roots, finish->root);
        finish->tabled = true;
    }
    return map_find(&judge->map.tables, physical / GUEST_PAGE_BYTES, &level);
}

/* Can the user access the page, so that it is the client's whichever way it was stored to? */
static bool finish_is_user(struct finish *finish, uint64_t physical) {
    struct judge *judge = finish->judge;
    uint64_t known = 0;
    if (!finish->peopled) {
        kernel_map_users(&judge->map, &judge->heap, &judge->roots, finish->root);
        finish->peopled = true;
    }
    return map_find(&judge->map.users, physical / GUEST_PAGE_BYTES, &known);
}

/*
 * Page tables are one unavoidable state of the kernel, found by walking: `pagetables`. Where the pages were allocated the whitelist has to know
 * the allocation all the same.
 */
static void finish_table(struct finish *finish, struct word_part *part) {
    struct judge *judge = finish->judge;
    const char *name = state_root(&judge->roots, part->root)->name;
    if (part->object == HEAP_NONE || finish_allows(finish, name, strlen(name)) != NOT_ALLOWED) {
        part->root = state_roots_heap(&judge->roots, PAGE_TABLES);
        part->table = true;
    }
    finish_part(finish, part);
}

static void finish_unmapped(struct finish *finish, const struct own_word *word, unsigned byte, uint64_t address) {
    unsigned count = 0;
    uint64_t stores = 0;
    for (unsigned i = byte; i < 8 && word->stored >> i & 1 && word->pc[i] == word->pc[byte]; i++) {
        count++;
        stores = word->stores[i] > stores ? word->stores[i] : stores;
    }
    tally_unmapped_add(&finish->judge->tally, finish->observation->txn, word->pc[byte], address, stores, count);
}

/* The bytes of one word that lie in variables of the image, or nowhere. */
static void finish_variables(struct finish *finish, struct word_part part) {
    struct judge *judge = finish->judge;
    const struct own_word *word = part.word;
    uint64_t address = 0;
    bool in_image = kernel_map_virtual(&judge->map, word->physical, &address);
    for (unsigned byte = 0; byte < 8;) {
        if (!(word->stored >> byte & 1)) {
            byte++;
            continue;
        }
        const struct variable *variable = in_image ? image_variable_at(judge->image, address + byte) : NULL;
        uint64_t size = variable ? judge->image->types[variable->type].size : 0;
        part.first = byte;
        part.count = 0;
        for (; byte < 8 && word->stored >> byte & 1 && (!variable || address + byte < variable->address + size); byte++) {
            part.count++;
        }
        if (!part.count) {
            byte++; /* a variable of no size */
            continue;
        }
        if (variable) {
            part.root = state_roots_variable(&judge->roots, (uint32_t)(variable - judge->image->variables));
            part.object = HEAP_NONE;
            part.object_size = size;
            part.offset = address + part.first - variable->address;
        }
        bool record = !variable && kernel_map_record(&judge->map, word->physical + part.first, &part.offset);
        if (record) {
            part.root = state_roots_heap(&judge->roots, judge->map.layout.record_name);
            part.object = HEAP_NONE;
            part.object_size = judge->map.layout.record_size;
        }
        if (finish_is_table(finish, word->physical)) {
            finish_table(finish, &part);
        } else if (variable || record) {
            finish_part(finish, &part);
        } else {
            finish_unmapped(finish, word, part.first, in_image ? address + part.first : word->physical + part.first);
        }
    }
}

/* The object that the word belongs to. What an allocator wrote before it gave the object away (zeroes) counts as the object's. */
static uint32_t finish_object(const struct finish *finish, const struct own_word *word) {
    const struct heap_objects *heap = &finish->judge->heap;
    uint64_t address = 0;
    if (kernel_map_virtual(&finish->judge->map, word->physical, &address) &&
        (layout_is_percpu(&finish->judge->map.layout, address) || placement_is_home(address))) {
        return HEAP_NONE; /* the memory of per-CPU copies and of loaded objects was allocated, but variables are what they are */
    }
    uint64_t offset = 0;
    uint32_t now = HEAP_NONE;
    for (unsigned byte = 0; byte < 8 && now == HEAP_NONE; byte++) {
        now = word->stored >> byte & 1 ? heap_objects_at(heap, word->physical + byte, &offset) : HEAP_NONE;
    }
    if (now == word->object || now == HEAP_NONE || heap_object(heap, now)->born < finish->observation->began) {
        return word->object;
    }
    return object_lies_in(heap, now, word->object) ? now : word->object;
}

static void finish_word(struct finish *finish, const struct own_word *word) {
    struct judge *judge = finish->judge;
    struct word_part part = {.word = word};
    uint64_t stack = 0;
    const unsigned char *now = guest_memory_at(&judge->memory, word->physical, 8);
    if (word->user || !now || map_find(&judge->map.stacks, word->physical / GUEST_PAGE_BYTES, &stack) ||
        kernel_map_boot_stack(&judge->map, word->physical)) {
        return;
    }
    uint32_t held = finish_object(finish, word);
    memcpy(&part.now, now, 8);
    part.before = part.now;
    map_find(&finish->observation->touched, word->physical, &part.before);
    if (held == HEAP_NONE) {
        judge->summary.lasting_bytes += (size_t)__builtin_popcount(word->stored);
        finish_variables(finish, part);
        return;
    }
    const struct heap_object *object = heap_object(&judge->heap, held);
    if (object->freed || (object->pages && finish_is_user(finish, word->physical)) ||
        program_is_stack_root(&judge->program, state_root(&judge->roots, object->root)->name)) {
        return;
    }
    judge->summary.lasting_bytes += (size_t)__builtin_popcount(word->stored);
    part.object = held;
    part.root = object->root;
    part.object_size = object->size;
    part.fresh = object->born > finish->observation->began;
    for (unsigned byte = 0; byte < 8; byte += part.count ? part.count : 1) {
        uint64_t offset = 0;
        part.count = 0;
        if (!(word->stored >> byte & 1) || heap_objects_at(&judge->heap, word->physical + byte, &offset) != held) {
            continue;
        }
        part.first = byte;
        part.offset = offset;
        while (byte + part.count < 8 && word->stored >> (byte + part.count) & 1 && offset + part.count < object->size) {
            part.count++;
        }
        struct word_part run = part;
        if (object->pages && finish_is_table(finish, word->physical)) {
            finish_table(finish, &run);
        } else {
            finish_part(finish, &run);
        }
    }
}

void observation_finish(struct judge *judge, uint32_t index, const struct record_leave *leave) {
    if (index == UINT32_MAX) {
        return;
    }
    struct observation *observation = &judge->observations.all[index];
    struct finish finish = {.judge = judge, .observation = observation, .root = leave->root};
    kernel_map_stacks(&judge->map, &judge->heap, &judge->roots, leave->root);
    for (size_t i = 0; i < observation->word_count; i++) {
        finish_word(&finish, &observation->words[i]);
    }
    tally_end(&judge->tally, observation->txn);
    struct observed *observed = VECTOR_AT(&judge->observations.history, struct observed, observation->history);
    observed->complete = true;
    observed->result = (int64_t)leave->result;
    observation_drop(&judge->observations, index);
}

size_t observations_distinct(const struct observations *observations, size_t count) {
    size_t distinct = 0;
    for (uint32_t txn = 0; txn < count; txn++) {
        bool seen = false;
        for (size_t i = 0; i < observations->history.count && !seen; i++) {
            const struct observed *observed = VECTOR_AT(&observations->history, struct observed, i);
            seen = observed->complete && observed->txn == txn;
        }
        distinct += seen;
    }
    return distinct;
}

/* Rows are inserted in order by one writer, so that an index becomes an id; 0 = none. */
static void bind_index(struct query *query, int parameter, int64_t first, size_t index) {
    if (index) {
        query_bind_int(query, parameter, first + (int64_t)index - 1);
    } else {
        query_bind_null(query, parameter);
    }
}

struct error *observations_write(const struct observations *observations, struct store *store, int64_t run, const struct program *program) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(
        store,
        "INSERT INTO observation (run_id, txn_id, sequence, cpu, status, result, parent_id, caused_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        &query);
    int64_t first = 0;
    for (size_t i = 0; !error && i < observations->history.count; i++) {
        const struct observed *observed = VECTOR_AT(&observations->history, struct observed, i);
        query_bind_int(query, 1, run);
        query_bind_int(query, 2, VECTOR_AT(&program->txns, struct program_txn, observed->txn)->id);
        query_bind_int(query, 3, (int64_t)i);
        query_bind_int(query, 4, observed->cpu);
        query_bind_text(query, 5, observed->complete ? "complete" : "cut");
        if (observed->complete && observed->whole) {
            query_bind_int(query, 6, observed->result);
        } else {
            query_bind_null(query, 6);
        }
        bind_index(query, 7, first, observed->parent);
        bind_index(query, 8, first, observed->caused_by);
        error = query_run(query);
        first = i ? first : store_last_id(store);
    }
    return error;
}
