#include "kernel_map.h"

#include <string.h>

enum { TASKS_MAX = 1 << 20, MEMBERS_MAX = 16 };

void kernel_map_init(struct kernel_map *map, const struct image *image, const struct program *program, const struct guest_memory *memory) {
    *map = (struct kernel_map){.image = image, .program = program, .memory = memory};
}

void kernel_map_deinit(struct kernel_map *map) {
    map_deinit(&map->frames);
    map_deinit(&map->records);
    map_deinit(&map->users);
    map_deinit(&map->boot_stacks);
    map_deinit(&map->stacks);
    map_deinit(&map->tables);
}

/* Where the pages of [low, high) lie; `moved` is added to an address to get where it is mapped. */
static void map_pages(struct kernel_map *map, struct map *frames, uint64_t low, uint64_t high, uint64_t moved) {
    for (uint64_t page = low / GUEST_PAGE_BYTES; page <= (high - 1) / GUEST_PAGE_BYTES; page++) {
        uint64_t physical = 0;
        bool user = false;
        if (guest_memory_translate(map->memory, map->root, page * GUEST_PAGE_BYTES + moved, &physical, &user) && !user) {
            map_insert(frames, physical / GUEST_PAGE_BYTES, page);
        }
    }
}

static void map_copies(struct kernel_map *map, struct map *frames, uint64_t low, uint64_t high) {
    if (placement_is_home(low)) {
        uint64_t running = image_running(map->image, low);
        if (running != PLACEMENT_NOWHERE) {
            map_pages(map, frames, running, running + (high - low), 0);
        }
        return;
    }
    for (unsigned cpu = 0; cpu < layout_copies(&map->layout, low); cpu++) {
        map_pages(map, frames, low, high, layout_copy(&map->layout, low, cpu) - low);
    }
}

void kernel_map_image(struct kernel_map *map, uint64_t root) {
    map->root = root;
    map->stale = false;
    map_clear(&map->frames);
    map_clear(&map->records);
    map_clear(&map->boot_stacks);
    layout_read(&map->layout, map->memory, root);
    for (uint32_t i = 0; i < map->image->variable_count; i++) {
        const struct variable *variable = &map->image->variables[i];
        uint64_t size = map->image->types[variable->type].size;
        if (!variable->thread_local_ && (variable->address || layout_is_percpu(&map->layout, 0))) {
            map_copies(map, &map->frames, variable->address, variable->address + (size ? size : 1));
        }
    }
    for (uint32_t i = 0; i < map->image->symbol_count; i++) { /* data that assembly declares */
        const struct symbol *symbol = &map->image->symbols[i];
        if (symbol->is_object && symbol->address && symbol->size) {
            map_copies(map, &map->frames, symbol->address, symbol->address + symbol->size);
        }
    }
    for (size_t i = 0; i < map->program->boot_stacks.count; i++) {
        const struct address_range *stack = VECTOR_AT(&map->program->boot_stacks, struct address_range, i);
        map_copies(map, &map->boot_stacks, stack->low, stack->high);
    }
    uint64_t pages = map->memory->size / GUEST_PAGE_BYTES;
    if (map->layout.record_size) {
        map_pages(map, &map->records, map->layout.records_at, map->layout.records_at + pages * map->layout.record_size, 0);
    }
    map->ready = true;
}

bool kernel_map_virtual(const struct kernel_map *map, uint64_t physical, uint64_t *out_address) {
    uint64_t page = 0;
    if (!map_find(&map->frames, physical / GUEST_PAGE_BYTES, &page)) {
        return false;
    }
    *out_address = image_home(map->image, page * GUEST_PAGE_BYTES + physical % GUEST_PAGE_BYTES);
    return true;
}

bool kernel_map_record(const struct kernel_map *map, uint64_t physical, uint64_t *out_offset) {
    uint64_t page = 0;
    if (!map->layout.record_size || !map_find(&map->records, physical / GUEST_PAGE_BYTES, &page)) {
        return false;
    }
    *out_offset = (page * GUEST_PAGE_BYTES + physical % GUEST_PAGE_BYTES - map->layout.records_at) % map->layout.record_size;
    return true;
}

bool kernel_map_boot_stack(const struct kernel_map *map, uint64_t physical) {
    uint64_t page = 0;
    if (!map_find(&map->boot_stacks, physical / GUEST_PAGE_BYTES, &page)) {
        return false;
    }
    uint64_t address = page * GUEST_PAGE_BYTES + physical % GUEST_PAGE_BYTES;
    for (size_t i = 0; i < map->program->boot_stacks.count; i++) {
        const struct address_range *stack = VECTOR_AT(&map->program->boot_stacks, struct address_range, i);
        if (address >= stack->low && address < stack->high) {
            return true;
        }
    }
    return false;
}

bool kernel_map_member(const struct image *image, uint32_t type, const char *path, uint64_t *out_offset, uint32_t *out_type) {
    uint64_t offset = 0;
    for (int steps = 0; steps < MEMBERS_MAX && *path; steps++) {
        size_t length = strcspn(path, ".");
        const struct type *record = &image->types[type];
        bool found = false;
        for (uint32_t i = 0; i < record->member_count && !found; i++) {
            const struct type_member *member = &record->members[i];
            if (strlen(member->name) == length && strncmp(member->name, path, length) == 0) {
                offset += member->bit_offset / 8;
                type = member->type;
                found = true;
            } else if (!member->name[0]) { /* an anonymous member's members are the record's own */
                uint64_t inner = 0;
                char name[128];
                if (length < sizeof name) {
                    memcpy(name, path, length);
                    name[length] = 0;
                    uint32_t inner_type = IMAGE_NONE;
                    if (kernel_map_member(image, member->type, name, &inner, &inner_type)) {
                        offset += member->bit_offset / 8 + inner;
                        type = inner_type;
                        found = true;
                    }
                }
            }
        }
        if (!found) {
            return false;
        }
        path += length + (path[length] == '.');
    }
    *out_offset = offset;
    *out_type = type;
    return true;
}

typedef void instance_visitor(void *context, uint64_t address);

/* Calls the visitor with the address of each living object of a type: heap objects, variables, and elements of arrays of either. */
static void visit_instances(const struct kernel_map *map, const struct heap_objects *heap, const struct state_roots *roots, uint32_t type,
                            instance_visitor *visitor, void *context) {
    uint64_t size = map->image->types[type].size;
    for (size_t i = 0; size && i < heap->living.count; i++) {
        const struct heap_object *object = heap_object(heap, *VECTOR_AT(&heap->living, uint32_t, i));
        if (state_root(roots, object->root)->type != type) {
            continue;
        }
        for (uint64_t at = 0; at + size <= object->size && at < TASKS_MAX; at += size) {
            visitor(context, object->address + at);
            if (object->size < 2 * size) {
                break;
            }
        }
    }
    for (uint32_t i = 0; i < map->image->variable_count; i++) {
        const struct variable *variable = &map->image->variables[i];
        uint32_t of = variable->type;
        while (map->image->types[of].kind == TYPE_ARRAY && of != type) {
            of = map->image->types[of].target;
        }
        uint64_t whole = map->image->types[variable->type].size;
        for (unsigned cpu = 0; of == type && cpu < layout_copies(&map->layout, variable->address); cpu++) {
            for (uint64_t at = 0; size && !variable->thread_local_ && at + size <= whole && at < TASKS_MAX; at += size) {
                visitor(context, layout_copy(&map->layout, variable->address, cpu) + at);
            }
        }
    }
}

struct stack_search {
    struct kernel_map *map;
    uint64_t root;
    uint64_t base_offset;
    uint64_t size;
    uint64_t size_offset; /* when has_size_member */
    bool has_size_member;
};

static void stack_add(void *context, uint64_t task) {
    struct stack_search *search = context;
    const struct guest_memory *memory = search->map->memory;
    uint64_t base = 0;
    uint64_t size = search->size;
    if (!guest_memory_word(memory, search->root, task + search->base_offset, memory->arch->pointer_size, &base) || !base) {
        return;
    }
    if (search->has_size_member &&
        (!guest_memory_word(memory, search->root, task + search->size_offset, memory->arch->pointer_size, &size) || size > TASKS_MAX)) {
        return;
    }
    for (uint64_t at = 0; at < size; at += GUEST_PAGE_BYTES) {
        uint64_t physical = 0;
        bool user = false;
        if (guest_memory_translate(memory, search->root, base + at, &physical, &user)) {
            map_insert(&search->map->stacks, physical / GUEST_PAGE_BYTES, 1);
        }
    }
}

void kernel_map_stacks(struct kernel_map *map, const struct heap_objects *heap, struct state_roots *roots, uint64_t root) {
    const struct program *program = map->program;
    map_clear(&map->stacks);
    uint32_t type = program->stack_struct ? image_type_by_name(map->image, program->stack_struct) : IMAGE_NONE;
    uint32_t member = IMAGE_NONE;
    struct stack_search search = {.map = map, .root = root, .size = program->stack_size};
    if (type == IMAGE_NONE || !program->stack_base || !kernel_map_member(map->image, type, program->stack_base, &search.base_offset, &member)) {
        return;
    }
    search.has_size_member =
        program->stack_size_member && kernel_map_member(map->image, type, program->stack_size_member, &search.size_offset, &member);
    visit_instances(map, heap, roots, type, stack_add, &search);
}

struct table_search {
    struct kernel_map *map;
    uint64_t root;
    bool users;      /* the user's pages are wanted, not the tables */
    uint64_t offset; /* of the member, which holds a pointer, a physical address, or a control register's value */
};

static void table_add(void *context, uint64_t object) {
    struct table_search *search = context;
    const struct guest_memory *memory = search->map->memory;
    uint64_t value = 0;
    uint64_t physical = 0;
    bool user = false;
    if (!guest_memory_word(memory, search->root, object + search->offset, memory->arch->pointer_size, &value) || !value) {
        return;
    }
    if (!guest_memory_translate(memory, search->root, value, &physical, &user) || user) {
        physical = value;
    }
    if (guest_memory_at(memory, physical, 1) && search->users) {
        guest_memory_users(memory, physical, &search->map->users);
    } else if (guest_memory_at(memory, physical, 1)) {
        guest_memory_tables(memory, physical, &search->map->tables);
    }
}

/* Visits the tables, or the users' pages, below the roots that the manifest names. */
static void visit_roots(struct kernel_map *map, const struct heap_objects *heap, struct state_roots *roots, uint64_t root, bool users) {
    for (size_t i = 0; i < map->program->table_roots.count; i++) {
        const char *name = *VECTOR_AT(&map->program->table_roots, char *, i);
        const char *dot = strchr(name, '.');
        char head[256];
        size_t length = dot ? (size_t)(dot - name) : strlen(name);
        if (length >= sizeof head) {
            continue;
        }
        memcpy(head, name, length);
        head[length] = 0;
        struct table_search search = {.map = map, .root = root, .users = users};
        uint32_t member = IMAGE_NONE;
        uint32_t type = image_type_by_name(map->image, head);
        const struct variable *variable = image_variable_by_name(map->image, head);
        if (type != IMAGE_NONE && dot && kernel_map_member(map->image, type, dot + 1, &search.offset, &member)) {
            visit_instances(map, heap, roots, type, table_add, &search);
        } else if (variable && (!dot || kernel_map_member(map->image, variable->type, dot + 1, &search.offset, &member))) {
            table_add(&search, variable->address);
        }
    }
}

void kernel_map_tables(struct kernel_map *map, const struct heap_objects *heap, struct state_roots *roots, uint64_t root) {
    map_clear(&map->tables);
    guest_memory_tables(map->memory, root, &map->tables);
    visit_roots(map, heap, roots, root, false);
}

void kernel_map_users(struct kernel_map *map, const struct heap_objects *heap, struct state_roots *roots, uint64_t root) {
    map_clear(&map->users);
    guest_memory_users(map->memory, root, &map->users);
    if (map->layout.record_size) {
        visit_roots(map, heap, roots, root, true);
    }
}
