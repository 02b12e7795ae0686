#include "plan_builder.h"

#include <stdlib.h>
#include <string.h>

#include "spillscope/state_key.h"
#include "spillscope/text.h"
#include "node_type.h"
#include "shape_check.h"
#include "type_path.h"

enum { TYPE_DEPTH = 48, SHAPE_LIMIT = 1 << 16 };

struct builder {
    const struct image *image;
    struct store *store;
    struct pointees pointees;
    struct shape *shapes;
    uint32_t count;
    uint32_t capacity;
    uint32_t global_count;
    uint32_t variable_count;
    struct percpu percpu;
};

/* Pointers of one shape while its type is walked. */
struct pointer_walk {
    struct builder *builder;
    const char *root;
    struct text path;
    struct plan_pointer *pointers;
    uint32_t count;
    uint32_t capacity;
    struct plan_pointer now; /* dimensions around the place at hand */
    struct plan_link *links;
    uint32_t link_count;
    uint32_t link_capacity;
    struct error *error;
};

static void shape_deinit(struct shape *shape) {
    for (uint32_t i = 0; i < shape->pointer_count; i++) {
        free((char *)shape->pointers[i].path);
        free((struct plan_target *)shape->pointers[i].targets);
    }
    free((struct plan_pointer *)shape->pointers);
    free((struct plan_link *)shape->links);
    free((struct plan_check *)shape->checks);
    free((char *)shape->root);
}

/* As compilers lay it out; 1 where anything lies elsewhere. */
static uint32_t type_align(const struct image *image, uint32_t index, int depth) {
    const struct type *type = &image->types[index];
    uint32_t align = 1;
    if (depth > TYPE_DEPTH) {
        return 1;
    }
    if (type->kind == TYPE_ARRAY) {
        return type_align(image, type->target, depth + 1);
    }
    if (type->kind != TYPE_STRUCT && type->kind != TYPE_UNION) {
        return type->size > 0 && type->size < image->pointer_size ? (uint32_t)type->size : image->pointer_size;
    }
    for (uint32_t i = 0; i < type->member_count; i++) {
        const struct type_member *member = &type->members[i];
        uint32_t of = member->bit_field ? 1 : type_align(image, member->type, depth + 1);
        if (of > 1 && (member->bit_offset / 8 % of || type->size % of)) {
            return 1; /* packed */
        }
        align = of > align ? of : align;
    }
    return align;
}

static struct error *shape_add(struct builder *builder, const char *root, uint32_t type, uint64_t size, uint32_t *out_index) {
    if (builder->count == SHAPE_LIMIT) {
        return error_create(ERROR_FORMAT, "over %d kinds of objects; the last one is %s", SHAPE_LIMIT, root);
    }
    if (builder->count == builder->capacity) {
        uint32_t capacity = builder->capacity ? builder->capacity * 2 : 256;
        struct shape *grown = realloc(builder->shapes, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        builder->shapes = grown;
        builder->capacity = capacity;
    }
    char *copy = strdup(root);
    if (!copy) {
        return error_out_of_memory();
    }
    builder->shapes[builder->count] =
        (struct shape){.root = copy, .type = type, .size = size, .align = type_align(builder->image, type, 0), .variable = PLAN_NONE, .server = true};
    *out_index = builder->count++;
    return NULL;
}

/* The heap shape with this root and type, made when it is new. */
static struct error *shape_of_heap(struct builder *builder, const char *root, uint32_t type, uint32_t *out_index) {
    for (uint32_t i = builder->variable_count; i < builder->count; i++) {
        if (builder->shapes[i].type == type && strcmp(builder->shapes[i].root, root) == 0) {
            *out_index = i;
            return NULL;
        }
    }
    return shape_add(builder, root, type, builder->image->types[type].size, out_index);
}

static struct error *target_add(struct builder *builder, struct plan_pointer *pointer, const char *root, uint32_t type, uint64_t offset) {
    uint32_t shape = 0;
    if (builder->image->types[type].size == 0) {
        return NULL; /* incomplete: nothing to see there */
    }
    struct error *error = shape_of_heap(builder, root, type, &shape);
    if (error) {
        return error;
    }
    for (uint32_t i = 0; i < pointer->target_count; i++) {
        if (pointer->targets[i].shape == shape && pointer->targets[i].offset == offset) {
            return NULL;
        }
    }
    struct plan_target *grown = realloc((struct plan_target *)pointer->targets, (pointer->target_count + 1) * sizeof *grown);
    if (!grown) {
        return error_out_of_memory();
    }
    grown[pointer->target_count] = (struct plan_target){.shape = shape, .offset = offset};
    pointer->targets = grown;
    pointer->target_count++;
    return NULL;
}

/* A target that the analyzer saw: root and path. Globals need none, since every global is a root of the walk. */
static struct error *target_add_seen(struct builder *builder, struct plan_pointer *pointer, const struct pointee *row, uint32_t declared) {
    const struct image *image = builder->image;
    if (strncmp(row->root, "alloc@", 6) == 0) {
        return image->types[declared].size ? target_add(builder, pointer, row->root, declared, 0) : NULL;
    }
    uint32_t type = type_of_root(image, row->root);
    struct type_place place;
    if (type == IMAGE_NONE || !type_path_find(image, type, row->path, &place)) {
        return NULL;
    }
    if (!place.in_array) {
        return target_add(builder, pointer, row->root, type, place.offset);
    }
    /* An element of an array within the object: which one is not known, so the element is walked by itself under its full name. */
    struct text name = {0};
    text_append(&name, row->root);
    text_append(&name, row->path);
    struct error *error = name.failed ? error_out_of_memory() : target_add(builder, pointer, text_string(&name), place.type, 0);
    text_deinit(&name);
    return error;
}

/* The root of heap objects of a type; the caller frees it. */
static char *root_of_type(const struct builder *builder, const struct type *type) {
    char *root = NULL;
    if (type->file && asprintf(&root, "%s:%s", type->file, type->name) >= 0) {
        if (pointees_is_root(&builder->pointees, root)) {
            return root;
        }
        free(root);
    }
    return strdup(type->name);
}

/* The allocated types that embed a type which is never allocated by itself. */
static struct error *target_add_embedding(struct builder *builder, struct plan_pointer *pointer, uint32_t declared) {
    struct error *error = NULL;
    for (size_t i = 0; !error && i < builder->pointees.heap_root_count; i++) {
        const char *root = builder->pointees.heap_roots[i];
        uint32_t outer = type_of_root(builder->image, root);
        uint64_t offset = 0;
        if (outer != IMAGE_NONE && type_embeds(builder->image, outer, declared, &offset)) {
            error = target_add(builder, pointer, root, outer, offset);
        }
    }
    return error;
}

/* Without facts a pointer leads to its declared type, or to what embeds it. */
static struct error *target_add_declared(struct builder *builder, struct plan_pointer *pointer, uint32_t declared) {
    const struct type *type = &builder->image->types[declared];
    if (type->kind != TYPE_STRUCT && type->kind != TYPE_UNION) {
        return NULL;
    }
    char *root SCOPE_FREE = root_of_type(builder, type);
    if (!root) {
        return error_out_of_memory();
    }
    struct error *error = pointees_is_heap_root(&builder->pointees, root) ? NULL : target_add_embedding(builder, pointer, declared);
    return error || pointer->target_count ? error : target_add(builder, pointer, root, declared, 0);
}

static struct error *pointer_add(struct pointer_walk *walk, uint64_t offset, uint32_t declared) {
    struct builder *builder = walk->builder;
    struct text key = {0};
    text_append(&key, walk->root);
    text_append(&key, text_string(&walk->path));
    if (key.failed || walk->path.failed) {
        text_deinit(&key);
        return error_out_of_memory();
    }
    size_t rows = 0;
    const struct pointee *row = pointees_find(&builder->pointees, text_string(&key), &rows);
    text_deinit(&key);
    struct plan_pointer pointer = walk->now;
    const struct type *target = &builder->image->types[declared];
    bool record = target->kind == TYPE_STRUCT || target->kind == TYPE_UNION;
    pointer.offset = offset;
    pointer.declared = record && target->size ? declared : IMAGE_NONE;
    struct error *error = NULL;
    for (size_t i = 0; !error && i < rows; i++) {
        error = target_add_seen(builder, &pointer, &row[i], declared);
    }
    if (!error && rows == 0) {
        error = target_add_declared(builder, &pointer, declared);
    }
    pointer.path = strdup(text_string(&walk->path));
    if (!error && walk->count == walk->capacity) {
        walk->capacity = walk->capacity ? walk->capacity * 2 : 16;
        struct plan_pointer *grown = realloc(walk->pointers, walk->capacity * sizeof *grown);
        if (grown) {
            walk->pointers = grown;
        } else {
            error = error_out_of_memory();
        }
    }
    if (!error && !pointer.path) {
        error = error_out_of_memory();
    }
    if (error || pointer.target_count == 0) {
        free((char *)pointer.path);
        free((struct plan_target *)pointer.targets);
        return error; /* a pointer that leads nowhere is data */
    }
    walk->pointers[walk->count++] = pointer;
    return NULL;
}

/* Notes a pointer that leads to a node. */
static struct error *link_add(struct pointer_walk *walk, uint64_t offset, uint32_t pointer) {
    bool twice = false;
    uint32_t type = node_type_of_pointer(walk->builder->image, pointer, &twice);
    if (type == IMAGE_NONE || twice || !node_type_is(walk->builder->image, type)) {
        return NULL;
    }
    if (walk->link_count == walk->link_capacity) {
        uint32_t capacity = walk->link_capacity ? walk->link_capacity * 2 : 8;
        struct plan_link *grown = realloc(walk->links, capacity * sizeof *grown);
        if (!grown) {
            return error_out_of_memory();
        }
        walk->links = grown;
        walk->link_capacity = capacity;
    }
    struct plan_link link = {.type = type, .offset = offset, .dimensions = walk->now.dimensions};
    for (uint32_t i = 0; i < link.dimensions; i++) {
        link.dimension[i].stride = walk->now.dimension[i].stride;
        link.dimension[i].count = walk->now.dimension[i].count;
    }
    walk->links[walk->link_count++] = link;
    return NULL;
}

static void walk_type(struct pointer_walk *walk, uint32_t type, uint64_t offset, int depth);

static void walk_cut(struct pointer_walk *walk, size_t length) {
    if (walk->path.data) {
        walk->path.length = length;
        walk->path.data[length] = 0;
    }
}

static void walk_array(struct pointer_walk *walk, const struct type *array, uint64_t offset, int depth) {
    size_t length = walk->path.length;
    uint32_t dimension = walk->now.dimensions;
    if (dimension == PLAN_DIMENSIONS) {
        walk->error = error_create(ERROR_FORMAT, "%s%s: arrays nested over %d deep", walk->root, text_string(&walk->path), PLAN_DIMENSIONS);
        return;
    }
    walk->now.dimension[dimension].stride = walk->builder->image->types[array->target].size;
    walk->now.dimension[dimension].count = array->count;
    walk->now.dimensions++;
    text_append(&walk->path, "[]");
    walk_type(walk, array->target, offset, depth + 1);
    walk_cut(walk, length);
    walk->now.dimensions--;
}

static void walk_type(struct pointer_walk *walk, uint32_t index, uint64_t offset, int depth) {
    const struct type *type = &walk->builder->image->types[index];
    if (walk->error || depth > TYPE_DEPTH) {
        return;
    }
    if (type->kind == TYPE_ARRAY) {
        walk_array(walk, type, offset, depth);
    } else if (type->kind == TYPE_POINTER) {
        walk->error = link_add(walk, offset, index);
        walk->error = walk->error ? walk->error : pointer_add(walk, offset, type->target);
    } else if (type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) {
        for (uint32_t i = 0; i < type->member_count && !walk->error; i++) {
            const struct type_member *member = &type->members[i];
            size_t length = walk->path.length;
            if (member->name[0]) {
                text_append_char(&walk->path, '.');
                text_append(&walk->path, member->name);
            }
            walk_type(walk, member->type, offset + member->bit_offset / 8, depth + 1);
            walk_cut(walk, length);
        }
    } else if (type->kind == TYPE_INTEGER && type->size == walk->builder->image->pointer_size) {
        /* An integer is followed only where the analyzer saw it hold a pointer. */
        struct text key = {0};
        size_t rows = 0;
        text_append(&key, walk->root);
        text_append(&key, text_string(&walk->path));
        bool holds = !key.failed && pointees_find(&walk->builder->pointees, text_string(&key), &rows) != NULL;
        text_deinit(&key);
        if (holds) {
            walk->error = pointer_add(walk, offset, index);
        }
    }
}

static struct error *shape_find_pointers(struct builder *builder, uint32_t index) {
    struct pointer_walk walk = {.builder = builder, .root = builder->shapes[index].root};
    walk_type(&walk, builder->shapes[index].type, 0, 0);
    text_deinit(&walk.path);
    builder->shapes[index].pointers = walk.pointers;
    builder->shapes[index].pointer_count = walk.count;
    builder->shapes[index].links = walk.links;
    builder->shapes[index].link_count = walk.link_count;
    return walk.error;
}

/* Entity and role of the file that defines a global. */
static struct error *shape_find_entity(struct query *by_file, struct query *by_prefix, const char *file, struct shape *shape) {
    bool row = false;
    query_bind_text(by_file, 1, file);
    struct error *error = query_step(by_file, &row);
    struct query *query = by_file;
    if (!error && !row) {
        query_bind_text(by_prefix, 1, file);
        error = query_step(by_prefix, &row);
        query = by_prefix;
    }
    if (!error && row) {
        shape->entity_id = query_int(query, 0);
        shape->server = strcmp(query_text(query, 1), "client") != 0;
        while (!error && row) {
            error = query_step(query, &row);
        }
    }
    return error;
}

/* Variables with one copy, or those that each processor has one of. */
static struct error *builder_add_variables(struct builder *builder, bool copied) {
    struct query *by_file __attribute__((cleanup(scope_query))) = NULL;
    struct query *by_prefix __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(builder->store, "SELECT e.id, e.role FROM file f JOIN entity e ON e.id = f.entity_id WHERE f.path = ?", &by_file);
    if (!error) {
        error = store_prepare(builder->store,
                              "SELECT e.id, e.role FROM manifest m JOIN entity e ON e.name = m.name WHERE m.section = 'entity' AND m.key = 'path' "
                              "AND substr(?1, 1, length(m.value)) = m.value ORDER BY length(m.value) DESC, m.id LIMIT 1",
                              &by_prefix);
    }
    uint64_t end = 0;
    for (uint32_t i = 0; !error && i < builder->image->variable_count; i++) {
        const struct variable *variable = &builder->image->variables[i];
        uint64_t size = builder->image->types[variable->type].size;
        bool per_cpu = percpu_has(&builder->percpu, variable);
        if (size == 0 || per_cpu != copied || (variable->thread_local_ && !per_cpu)) {
            continue;
        }
        if (!copied && (variable->address < end || variable->address == 0)) {
            continue; /* no bytes of its own: an alias */
        }
        uint32_t index = 0;
        error = shape_add(builder, variable->root, variable->type, size, &index);
        if (!error) {
            builder->shapes[index].variable = i;
            error = shape_find_entity(by_file, by_prefix, variable->file, &builder->shapes[index]);
        }
        end = variable->address + size;
    }
    return error;
}

/* Types of heap states are shapes even where no pointer is declared to lead to them: parameters may. */
static struct error *builder_add_heap_roots(struct builder *builder) {
    struct error *error = NULL;
    for (size_t i = 0; !error && i < builder->pointees.all_root_count; i++) {
        const char *root = builder->pointees.all_roots[i];
        uint32_t type = type_of_root(builder->image, root);
        uint32_t index = 0;
        if (type != IMAGE_NONE && builder->image->types[type].size) {
            error = shape_of_heap(builder, root, type, &index);
        }
    }
    return error;
}

static struct error *builder_add_parameter_types(struct builder *builder, const struct function *function) {
    const struct image *image = builder->image;
    struct error *error = NULL;
    for (uint32_t i = 0; !error && i < function->parameter_count; i++) {
        const struct type *pointer = &image->types[function->parameter_types[i]];
        if (pointer->kind != TYPE_POINTER) {
            continue;
        }
        const struct type *type = &image->types[pointer->target];
        if ((type->kind == TYPE_STRUCT || type->kind == TYPE_UNION) && type->size) {
            char *root SCOPE_FREE = root_of_type(builder, type);
            uint32_t index = 0;
            error = root ? shape_of_heap(builder, root, pointer->target, &index) : error_out_of_memory();
        }
    }
    return error;
}

/* What the parameters of transactions point to: objects of clients are reached by nothing else. */
static struct error *builder_add_parameters(struct builder *builder) {
    struct query *query __attribute__((cleanup(scope_query))) = NULL;
    struct error *error =
        store_prepare(builder->store, "SELECT DISTINCT f.name FROM txn t JOIN function f ON f.id = t.function_id ORDER BY f.name", &query);
    bool row = true;
    while (!error && !(error = query_step(query, &row)) && row) {
        const struct function *function = image_function_by_name(builder->image, query_text(query, 0));
        if (function) {
            error = builder_add_parameter_types(builder, function);
        }
    }
    return error;
}

static struct error *builder_run(struct builder *builder) {
    struct error *error = pointees_load(builder->store, &builder->pointees);
    if (!error) {
        error = percpu_load(builder->store, builder->image, &builder->percpu);
    }
    if (!error) {
        error = builder_add_variables(builder, false);
        builder->global_count = builder->count;
    }
    if (!error) {
        error = builder_add_variables(builder, true);
        builder->variable_count = builder->count;
    }
    if (!error) {
        error = builder_add_heap_roots(builder);
    }
    if (!error) {
        error = builder_add_parameters(builder);
    }
    for (uint32_t i = 0; !error && i < builder->count; i++) { /* grows while it runs */
        error = shape_find_pointers(builder, i);
        if (!error && i >= builder->variable_count) {
            error = shape_find_checks(builder->image, &builder->shapes[i]);
        }
    }
    return error;
}

struct error *plan_create(struct store *store, const struct image *image, struct plan **out_plan) {
    struct builder builder = {.image = image, .store = store};
    struct error *error = builder_run(&builder);
    pointees_deinit(&builder.pointees);
    struct plan *plan = error ? NULL : calloc(1, sizeof *plan);
    if (!plan) {
        for (uint32_t i = 0; i < builder.count; i++) {
            shape_deinit(&builder.shapes[i]);
        }
        free(builder.shapes);
        return error ? error : error_out_of_memory();
    }
    plan->image = image;
    plan->shapes = builder.shapes;
    plan->shape_count = builder.count;
    plan->global_count = builder.global_count;
    plan->variable_count = builder.variable_count;
    plan->percpu = builder.percpu;
    *out_plan = plan;
    return NULL;
}

void plan_destroy(struct plan *plan) {
    if (plan) {
        for (uint32_t i = 0; i < plan->shape_count; i++) {
            shape_deinit((struct shape *)&plan->shapes[i]);
        }
        free((struct shape *)plan->shapes);
        free(plan);
    }
}
