#include "spillscope/match.h"

#include <string.h>

/* So much is taken to be behind a record, so that the first element of a flexible array has a place. */
enum { FLEXIBLE_BYTES = 4096 };

/* A state of the database, looked for among the leaves of its root's type. */
struct search {
    const char *path;
    uint64_t bit_offset;
    uint64_t bit_size;
    bool named;       /* a leaf with this path was seen */
    bool placed;      /* and lies where it should */
    uint64_t leaf_at; /* where the first with this path lies */
    uint64_t leaf_size;
};

static bool search_leaf(void *context, const struct leaf *leaf) {
    struct search *search = context;
    size_t length = strlen(search->path);
    if (strncmp(leaf->path, search->path, length) != 0) {
        return true;
    }
    if (leaf->path[length]) { /* a state may be a whole record or array: its first leaf says where it lies */
        bool part = leaf->path[length] == '.' || leaf->path[length] == '[';
        search->named |= part;
        search->placed |= part && leaf->bit_offset == search->bit_offset;
        return !search->placed;
    }
    if (!search->named) {
        search->leaf_at = leaf->bit_offset;
        search->leaf_size = leaf->bit_size;
    }
    search->named = true;
    search->placed |= leaf->bit_offset == search->bit_offset && leaf->bit_size == search->bit_size;
    return !search->placed;
}

/* The type of a root: a variable's, or the type itself; a name with its file where several have the tag. IMAGE_NONE: the image has neither. */
static uint32_t root_type(const struct image *image, const char *root) {
    const struct variable *variable = image_variable_by_name(image, root);
    if (variable && (variable->external || strcmp(variable->root, root) == 0)) {
        return variable->type;
    }
    const char *colon = strrchr(root, ':');
    return image_type_by_name(image, colon ? colon + 1 : root);
}

/* Several definitions may share a tag: one of them has to fit. */
static bool search_types(const struct image *image, const char *root, uint32_t type, struct search *search) {
    const char *name = image->types[type].name;
    bool record = image->types[type].kind == TYPE_STRUCT || image->types[type].kind == TYPE_UNION;
    uint64_t whole = image->types[type].size + (record ? FLEXIBLE_BYTES : 0);
    image_leaves(image, type, whole, 0, whole, search_leaf, search);
    for (uint32_t i = 0; record && !search->placed && !image_variable_by_name(image, root) && i < image->type_count; i++) {
        if (i != type && image->types[i].kind == image->types[type].kind && strcmp(image->types[i].name, name) == 0) {
            whole = image->types[i].size + FLEXIBLE_BYTES;
            image_leaves(image, i, whole, 0, whole, search_leaf, search);
        }
    }
    return search->placed;
}

static struct error *check_states(struct store *store, const struct image *image, struct match *match) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error = store_prepare(store,
                                        "SELECT key, root, path, bit_offset, bit_size FROM state WHERE origin = 'analyzer' AND NOT wildcard "
                                        "AND bit_offset IS NOT NULL AND bit_size > 0 AND root_kind IN ('global', 'static', 'heap') ORDER BY key",
                                        &query);
    bool row = false;
    while (!error && !(error = query_step(query, &row)) && row) {
        const char *root = query_text(query, 1);
        uint32_t type = root_type(image, root);
        if (type == IMAGE_NONE || !image->types[type].size) {
            match->absent++;
            continue;
        }
        struct search search = {.path = query_text(query, 2), .bit_offset = (uint64_t)query_int(query, 3), .bit_size = (uint64_t)query_int(query, 4)};
        match->states++;
        if (search_types(image, root, type, &search)) {
            continue;
        }
        match->misplaced++;
        if (search.named) {
            text_append_format(&match->findings, "state %s: bits %llu+%llu in the source, %llu+%llu in the image\n", query_text(query, 0),
                               (unsigned long long)search.bit_offset, (unsigned long long)search.bit_size, (unsigned long long)search.leaf_at,
                               (unsigned long long)search.leaf_size);
        } else {
            text_append_format(&match->findings, "state %s: the image's %s has no such leaf\n", query_text(query, 0), image->types[type].name);
        }
    }
    return error;
}

static bool has_code(const struct image *image, const char *name) {
    const struct function *function = image_function_by_name(image, name);
    return (function && function->entry) || (!function && image_symbol_by_name(image, name));
}

static struct error *check_entries(struct store *store, const struct image *image, struct match *match) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(store,
                      "SELECT t.id, f.name, f.name FROM txn t JOIN function f ON f.id = t.function_id UNION ALL "
                      "SELECT t.id, f.name, a.name FROM txn t JOIN function f ON f.id = t.function_id JOIN txn_alias a ON a.txn_id = t.id "
                      "ORDER BY 1, 3",
                      &query);
    int64_t txn = 0;
    bool found = true;
    char *name SCOPE_FREE = NULL;
    bool row = false;
    while (!error && !(error = query_step(query, &row))) {
        if (!row || query_int(query, 0) != txn) {
            match->entries += txn && found;
            if (!found) {
                text_append_format(&match->findings, "transaction %s: neither it nor an alias has code in the image\n", name);
            }
            if (!row) {
                break;
            }
            free(name);
            name = strdup(query_text(query, 1));
            txn = query_int(query, 0);
            found = false;
            match->transactions++;
            error = name ? NULL : error_out_of_memory();
        }
        found |= has_code(image, query_text(query, 2));
    }
    return error;
}

struct error *match_check(struct store *store, const struct image *image, struct match *match) {
    *match = (struct match){0};
    struct error *error = check_entries(store, image, match);
    error = error ? error : check_states(store, image, match);
    return !error && match->findings.failed ? error_out_of_memory() : error;
}

void match_deinit(struct match *match) {
    text_deinit(&match->findings);
}

struct error *match_error(const struct match *match, const struct image *image) {
    if (!match->misplaced && (match->entries || !match->transactions)) {
        return NULL;
    }
    const char *first = text_string(&match->findings);
    return error_create(ERROR_MISMATCH,
                        "%s is not what the database's source describes: %zu of %zu states lie elsewhere, %zu of %zu transactions have code; %.*s",
                        image->path, match->misplaced, match->states, match->entries, match->transactions, (int)strcspn(first, "\n"), first);
}
