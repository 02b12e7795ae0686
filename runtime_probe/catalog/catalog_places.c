#include "catalog_places.h"

#include <stdlib.h>
#include <string.h>

#include "spillscope/track.h"

/* All that is gathered; released by builder_deinit, but for what the catalog takes over. */
struct builder {
    struct store *store;
    const struct image *image;
    struct catalog *catalog;
    struct vector places;           /* struct catalog_place */
    struct vector depths;           /* struct code_place */
    struct vector functions;        /* const struct function *: those in `depths` */
    const struct function *current; /* whose code is at hand */
    struct code *code;              /* NULL = not known */
    struct query *entity;           /* of a file */
    uint32_t instances;
};

static void builder_deinit(struct builder *builder) {
    for (size_t i = 0; i < builder->places.count; i++) {
        free(VECTOR_AT(&builder->places, struct catalog_place, i)->exits);
    }
    vector_deinit(&builder->places);
    vector_deinit(&builder->depths);
    vector_deinit(&builder->functions);
    code_destroy(builder->code);
    query_destroy(builder->entity);
}

static struct error *builder_look(struct builder *builder, const struct function *function) {
    if (builder->current == function) {
        return NULL;
    }
    code_destroy(builder->code);
    builder->code = NULL;
    builder->current = function;
    return function ? code_create(builder->image, function, &builder->code) : NULL;
}

/* The depths of the function at hand are needed at run time. */
static void builder_keep_depths(struct builder *builder) {
    for (size_t i = 0; i < builder->functions.count; i++) {
        if (*VECTOR_AT(&builder->functions, const struct function *, i) == builder->current) {
            return;
        }
    }
    *(const struct function **)vector_push(&builder->functions) = builder->current;
    code_places(builder->code, &builder->depths);
}

static void builder_unplaced(struct builder *builder, uint32_t transaction) {
    struct catalog *catalog = builder->catalog;
    catalog->unplaced++;
    catalog->unplaced_name = catalog->unplaced_name ? catalog->unplaced_name : strdup(catalog->transactions[transaction].name);
}

/* Takes over the exits (struct code_place). */
static void builder_add(struct builder *builder, struct catalog_place place, struct vector *exits) {
    place.exits = exits ? exits->items : NULL;
    place.exit_count = exits ? (uint32_t)exits->count : 0;
    *(struct catalog_place *)vector_push(&builder->places) = place;
    builder_keep_depths(builder);
}

/* ------------------------------------------------------------------------------------------------ inlined instances and clones */

/* Another function of the same source: a clone, or the instance that is inlined. */
static bool same_function(const struct function *one, const struct function *other) {
    return one->line == other->line && strcmp(one->name, other->name) == 0 && strcmp(one->file, other->file) == 0;
}

/* The transaction that a function is the entry of: all functions of the image by their names; IMAGE_NONE = of none. */
static struct error *builder_owners(const struct builder *builder, uint32_t **out_owners) {
    const struct catalog *catalog = builder->catalog;
    struct strings names = {0};
    struct map first = {0}; /* name -> transaction */
    uint32_t *owners = malloc((builder->image->function_count + 1) * sizeof *owners);
    for (uint32_t i = 0; i < catalog->count; i++) {
        if (!strchr(catalog->transactions[i].name, ':')) {
            map_insert(&first, strings_intern(&names, builder->image->functions[catalog->transactions[i].function].name), i);
        }
    }
    for (uint32_t f = 0; owners && f < builder->image->function_count; f++) {
        uint32_t name = 0;
        uint64_t owner = IMAGE_NONE;
        owners[f] = IMAGE_NONE;
        if (strings_find(&names, builder->image->functions[f].name, &name) && map_find(&first, name, &owner)) {
            const struct function *entry = &builder->image->functions[catalog->transactions[owner].function];
            owners[f] = same_function(&builder->image->functions[f], entry) ? (uint32_t)owner : IMAGE_NONE;
        }
    }
    bool failed = !owners || names.failed || first.failed;
    strings_deinit(&names);
    map_deinit(&first);
    if (failed) {
        free(owners);
        return error_out_of_memory();
    }
    *out_owners = owners;
    return NULL;
}

static struct error *builder_clone(struct builder *builder, uint32_t transaction, const struct function *clone) {
    struct error *error = builder_look(builder, clone);
    if (!error && builder->code) {
        builder_add(builder,
                    (struct catalog_place){.entry = clone->entry, .transaction = transaction, .instance = ++builder->instances, .whole = true}, NULL);
    } else if (!error) {
        builder_unplaced(builder, transaction);
    }
    return error;
}

/* A call from inside the entity is no transaction. */
static struct error *instance_is_internal(struct builder *builder, const struct inlined *instance, int64_t entity, bool *out_internal) {
    bool row = false;
    bool internal = false;
    query_bind_text(builder->entity, 1, instance->call_file);
    struct error *error = query_step(builder->entity, &row);
    while (!error && row) {
        internal = query_int(builder->entity, 0) == entity;
        error = query_step(builder->entity, &row);
    }
    *out_internal = internal;
    return error;
}

/* One place for each way into the instance; they are one as what is entered. */
static void instance_add(struct builder *builder, struct catalog_place place, const struct vector *entries, const struct vector *exits) {
    place.instance = ++builder->instances;
    for (size_t i = 0; i < entries->count; i++) {
        const struct code_place *entry = VECTOR_AT(entries, struct code_place, i);
        struct vector copy = VECTOR_OF(struct code_place);
        vector_append(&copy, exits->items, exits->count);
        builder->places.failed |= copy.failed;
        place.entry = entry->address;
        place.depth = entry->depth;
        builder_add(builder, place, &copy);
    }
}

static struct error *builder_instance(struct builder *builder, uint32_t transaction, const struct inlined *instance) {
    struct catalog_place place = {.transaction = transaction, .order = instance->depth};
    struct vector entries = VECTOR_OF(struct code_place);
    struct vector exits = VECTOR_OF(struct code_place);
    bool internal = false;
    struct error *error = instance_is_internal(builder, instance, builder->catalog->transactions[transaction].entity_id, &internal);
    if (error || internal) {
        return error;
    }
    error = builder_look(builder, image_function_at(builder->image, instance->entry));
    if (!error && builder->code && code_boundary(builder->code, instance->ranges, instance->range_count, instance->entry, &entries, &exits)) {
        instance_add(builder, place, &entries, &exits);
    } else if (!error) {
        builder_unplaced(builder, transaction);
    }
    builder->places.failed |= entries.failed || exits.failed;
    vector_deinit(&entries);
    vector_deinit(&exits);
    return error;
}

static struct error *builder_functions(struct builder *builder) {
    uint32_t *owners SCOPE_FREE = NULL;
    struct error *error = builder_owners(builder, &owners);
    for (uint32_t f = 0; !error && f < builder->image->function_count; f++) {
        const struct function *clone = &builder->image->functions[f];
        const struct catalog_transaction *kind = owners[f] == IMAGE_NONE ? NULL : &builder->catalog->transactions[owners[f]];
        if (kind && f != kind->function && clone->entry && clone->entry != kind->entry) {
            error = builder_clone(builder, owners[f], clone);
        }
    }
    for (uint32_t i = 0; !error && i < builder->image->inlined_count; i++) {
        const struct inlined *instance = &builder->image->inlined[i];
        if (owners[instance->function] != IMAGE_NONE && instance->entry && instance->range_count) {
            error = builder_instance(builder, owners[instance->function], instance);
        }
    }
    return error;
}

/* ------------------------------------------------------------------------------------------------ lines */

/* What the manifest says of one entry. */
struct line_entry {
    char name[256]; /* FUNCTION or FILE:LINE */
    char exit[256]; /* FILE:LINE; "" = none */
};

/* "FILE:LINE" */
static bool line_split(const char *text, char *file, size_t size, uint32_t *out_line) {
    const char *colon = strrchr(text, ':');
    char *end = NULL;
    unsigned long line = colon ? strtoul(colon + 1, &end, 10) : 0;
    if (!colon || (size_t)(colon - text) >= size || end == colon + 1 || *end || line == 0 || line > UINT32_MAX) {
        return false;
    }
    memcpy(file, text, (size_t)(colon - text));
    file[colon - text] = 0;
    *out_line = (uint32_t)line;
    return true;
}

static void line_addresses(const struct image *image, const char *place, struct vector *out_addresses) {
    char file[256];
    uint32_t line = 0;
    if (line_split(place, file, sizeof file, &line)) {
        image_line_starts(image, file, line, out_addresses);
    }
}

/* Ends of what begins in the function at hand: within it by depth, elsewhere at any. False: the depth of one is not known. */
static bool line_exits(struct builder *builder, const char *place, struct vector *exits) {
    struct vector addresses = VECTOR_OF(uint64_t);
    bool known = true;
    line_addresses(builder->image, place, &addresses);
    for (size_t i = 0; i < addresses.count; i++) {
        struct code_place exit = {.address = *VECTOR_AT(&addresses, uint64_t, i), .depth = TRACK_ANY_DEPTH};
        bool here = image_function_at(builder->image, exit.address) == builder->current;
        known = (!here || code_depth(builder->code, exit.address, &exit.depth)) && known;
        vector_append(exits, &exit, 1);
    }
    exits->failed |= addresses.failed;
    vector_deinit(&addresses);
    return known;
}

static struct error *builder_line_at(struct builder *builder, struct catalog_place place, const struct line_entry *entry) {
    struct vector exits = VECTOR_OF(struct code_place);
    struct error *error = builder_look(builder, image_function_at(builder->image, place.entry));
    bool known = !error && builder->code && code_depth(builder->code, place.entry, &place.depth) &&
                 line_exits(builder, entry->exit[0] ? entry->exit : entry->name, &exits);
    if (known) {
        builder_add(builder, place, &exits);
    } else {
        vector_deinit(&exits);
    }
    if (!error && !known) {
        builder_unplaced(builder, place.transaction);
    }
    return error;
}

/* A round that ends where it begins has one beginning in each function: the first address, as of a debugger's breakpoint on the line. */
static struct error *builder_line(struct builder *builder, uint32_t transaction, const struct line_entry *entry) {
    struct vector addresses = VECTOR_OF(uint64_t);
    const struct function *before = NULL;
    uint32_t instance = ++builder->instances;
    bool round = !entry->exit[0] || strcmp(entry->exit, entry->name) == 0;
    struct error *error = NULL;
    line_addresses(builder->image, entry->name, &addresses);
    if (!strchr(entry->name, ':')) {
        *(uint64_t *)vector_push(&addresses) = builder->image->functions[builder->catalog->transactions[transaction].function].entry;
    }
    if (addresses.count == 0) {
        builder_unplaced(builder, transaction);
    }
    for (size_t i = 0; !error && i < addresses.count; i++) {
        uint64_t address = *VECTOR_AT(&addresses, uint64_t, i);
        const struct function *holder = image_function_at(builder->image, address);
        if (!round || holder != before) {
            error = builder_line_at(builder, (struct catalog_place){.entry = address, .transaction = transaction, .instance = instance}, entry);
        }
        before = holder;
    }
    vector_deinit(&addresses);
    return error;
}

static struct error *builder_entry(struct builder *builder, const struct line_entry *entry) {
    if (!strchr(entry->name, ':') && !entry->exit[0]) {
        return NULL;
    }
    for (uint32_t i = 0; i < builder->catalog->count; i++) {
        struct catalog_transaction *kind = &builder->catalog->transactions[i];
        if (strcmp(kind->name, entry->name) == 0) {
            return builder_line(builder, i, entry);
        }
    }
    return NULL;
}

static struct error *builder_lines(struct builder *builder) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct line_entry entry = {.name = ""};
    struct error *error = store_prepare(
        builder->store, "SELECT key, value FROM manifest WHERE section = 'transactions' AND key IN ('entry', 'exit') ORDER BY id", &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *value = query_text(query, 1);
        size_t length = strcspn(value, " \t");
        bool exit = strcmp(query_text(query, 0), "exit") == 0;
        char *target = exit ? entry.exit : entry.name;
        if (length >= sizeof entry.name || (exit && !entry.name[0])) {
            return error_create(ERROR_USAGE, "manifest: [transactions] exit = %s: an entry comes before it, and places are FILE:LINE", value);
        }
        if (!exit) {
            error = builder_entry(builder, &entry);
            entry.exit[0] = 0;
        }
        memcpy(target, value, length);
        target[length] = 0;
    }
    return error ? error : builder_entry(builder, &entry);
}

/* ------------------------------------------------------------------------------------------------ all */

static int place_compare(const void *one, const void *other) {
    const struct catalog_place *a = one;
    const struct catalog_place *b = other;
    if (a->entry != b->entry) {
        return a->entry < b->entry ? -1 : 1;
    }
    return a->order < b->order ? -1 : a->order > b->order;
}

static int depth_compare(const void *one, const void *other) {
    const struct code_place *a = one;
    const struct code_place *b = other;
    return (a->address > b->address) - (a->address < b->address);
}

static struct error *builder_all(struct builder *builder) {
    struct error *error = store_prepare(builder->store, "SELECT entity_id FROM file WHERE path = ? AND entity_id IS NOT NULL", &builder->entity);
    error = error ? error : builder_functions(builder);
    error = error ? error : builder_lines(builder);
    return !error && (builder->places.failed || builder->depths.failed || builder->functions.failed) ? error_out_of_memory() : error;
}

struct error *catalog_load_places(struct store *store, const struct image *image, struct catalog *catalog) {
    struct builder builder __attribute__((cleanup(builder_deinit))) = {.store = store,
                                                                       .image = image,
                                                                       .catalog = catalog,
                                                                       .places = VECTOR_OF(struct catalog_place),
                                                                       .depths = VECTOR_OF(struct code_place),
                                                                       .functions = VECTOR_OF(const struct function *)};
    struct error *error = builder_all(&builder);
    if (error) {
        return error;
    }
    vector_sort(&builder.places, place_compare);
    vector_sort(&builder.depths, depth_compare);
    catalog->places = builder.places.items;
    catalog->place_count = (uint32_t)builder.places.count;
    catalog->depths = builder.depths.items;
    catalog->depth_count = builder.depths.count;
    builder.places = VECTOR_OF(struct catalog_place);
    builder.depths = VECTOR_OF(struct code_place);
    return NULL;
}

const struct catalog_place *catalog_places_at(const struct catalog *catalog, uint64_t pc, uint32_t *out_count) {
    uint32_t low = 0;
    uint32_t high = catalog->place_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (catalog->places[middle].entry < pc) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    uint32_t end = low;
    while (end < catalog->place_count && catalog->places[end].entry == pc) {
        end++;
    }
    *out_count = end - low;
    return end > low ? &catalog->places[low] : NULL;
}

bool catalog_depth(const struct catalog *catalog, uint64_t pc, int64_t *out_depth) {
    struct code_place wanted = {.address = pc};
    const struct code_place *found =
        catalog->depth_count ? bsearch(&wanted, catalog->depths, catalog->depth_count, sizeof wanted, depth_compare) : NULL;
    if (found) {
        *out_depth = found->depth;
    }
    return found != NULL;
}
