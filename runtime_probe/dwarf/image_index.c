#include "image_index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum index_section {
    SECTION_STRINGS,
    SECTION_TYPES,
    SECTION_MEMBERS,
    SECTION_ENUMERATORS,
    SECTION_VARIABLES,
    SECTION_FUNCTIONS,
    SECTION_INLINED,
    SECTION_RANGES,
    SECTION_PARAMETER_TYPES,
    SECTION_PARAMETER_NAMES,
    SECTION_SYMBOLS,
    SECTION_LINES,
    SECTION_FUNCTION_SPANS,
    SECTION_INLINED_SPANS,
    SECTION_TYPE_NAMES,
    SECTION_VARIABLE_NAMES,
    SECTION_VARIABLE_ROOTS,
    SECTION_FUNCTION_NAMES,
    SECTION_SYMBOL_NAMES,
    SECTION_COUNT
};

enum { INDEX_VERSION = 5 };
static const char index_magic[8] = {'S', 'p', 'i', 'l', 'l', 'I', 'd', 'x'};

struct index_header {
    char magic[8];
    uint32_t version;
    uint32_t machine;
    uint32_t pointer_size;
    uint32_t section_count;
    uint64_t size; /* of the whole block */
    char build_id[136];
    struct {
        uint64_t offset;
        uint64_t count;    /* of elements */
        uint64_t bytes;    /* of all of them */
        uint64_t checksum; /* of the bytes */
    } sections[SECTION_COUNT];
    uint64_t checksum; /* of what stands above */
};

static int compare_spans(const void *one, const void *other) {
    const struct span *a = one;
    const struct span *b = other;
    if (a->low != b->low) {
        return a->low < b->low ? -1 : 1;
    }
    if (a->depth != b->depth) {
        return a->depth < b->depth ? -1 : 1;
    }
    return a->index < b->index ? -1 : a->index > b->index;
}

static void spans_add(struct vector *spans, const struct index_builder *builder, const struct address_range *first, uint32_t count, uint32_t index,
                      uint32_t depth) {
    for (uint32_t i = 0; i < count; i++) {
        const struct address_range *range = VECTOR_AT(&builder->ranges, struct address_range, (uintptr_t)first + i);
        *(struct span *)vector_push(spans) = (struct span){range->low, range->high, 0, index, depth};
    }
}

static void spans_finish(struct vector *spans) {
    vector_sort(spans, compare_spans);
    uint64_t reach = 0;
    for (size_t i = 0; i < spans->count; i++) {
        struct span *span = VECTOR_AT(spans, struct span, i);
        reach = span->high > reach ? span->high : reach;
        span->reach = reach;
    }
}

struct name_order {
    const struct index_builder *builder;
    const struct vector *items;
    size_t name; /* offset of the name within an item */
};

static int compare_names(const void *one, const void *other, void *context) {
    const struct name_order *order = context;
    uint32_t a = *(const uint32_t *)one;
    uint32_t b = *(const uint32_t *)other;
    uintptr_t name_a;
    uintptr_t name_b;
    memcpy(&name_a, (const char *)order->items->items + a * order->items->element + order->name, sizeof name_a);
    memcpy(&name_b, (const char *)order->items->items + b * order->items->element + order->name, sizeof name_b);
    int result = name_a == name_b ? 0 : strcmp(order->builder->strings.data + name_a, order->builder->strings.data + name_b);
    return result ? result : a < b ? -1 : a > b;
}

static struct vector names_sorted(const struct index_builder *builder, const struct vector *items, size_t name) {
    struct vector names = VECTOR_OF(uint32_t);
    for (uint32_t i = 0; i < items->count; i++) {
        *(uint32_t *)vector_push(&names) = i;
    }
    struct name_order order = {builder, items, name};
    if (names.count > 1) {
        qsort_r(names.items, names.count, sizeof(uint32_t), compare_names, &order);
    }
    return names;
}

static struct error *file_write(int file, uint64_t offset, const void *bytes, size_t count) {
    size_t done = 0;
    while (done < count) {
        ssize_t wrote = pwrite(file, (const char *)bytes + done, count - done, (off_t)(offset + done));
        if (wrote < 0 && errno != EINTR) {
            return error_create_errno("cannot write the index of debug information");
        }
        done += wrote > 0 ? (size_t)wrote : 0;
    }
    return NULL;
}

/* Lays the arrays out one after the other, and the header last: a file that was cut is seen to be. */
static struct error *index_write(const struct vector *const sections[SECTION_COUNT], struct index_header *header, int file) {
    uint64_t offset = (sizeof *header + 15) & ~(uint64_t)15;
    struct error *error = NULL;
    for (int i = 0; !error && i < SECTION_COUNT; i++) {
        if (sections[i]->failed) {
            return error_out_of_memory();
        }
        size_t bytes = sections[i]->count * sections[i]->element;
        header->sections[i].offset = offset;
        header->sections[i].count = sections[i]->count;
        header->sections[i].bytes = bytes;
        header->sections[i].checksum = hash_bytes(sections[i]->items, bytes);
        error = file_write(file, offset, sections[i]->items, bytes);
        offset = (offset + bytes + 15) & ~(uint64_t)15;
    }
    header->size = offset;
    header->checksum = hash_bytes(header, offsetof(struct index_header, checksum));
    if (!error && ftruncate(file, (off_t)offset) != 0) {
        error = error_create_errno("cannot write the index of debug information");
    }
    return error ? error : file_write(file, 0, header, sizeof *header);
}

struct error *image_index_write(const struct index_builder *builder, uint16_t machine, const char *build_id, int file) {
    struct vector function_spans = VECTOR_OF(struct span);
    struct vector inlined_spans = VECTOR_OF(struct span);
    for (uint32_t i = 0; i < builder->functions.count; i++) {
        const struct function *function = VECTOR_AT(&builder->functions, struct function, i);
        spans_add(&function_spans, builder, function->ranges, function->range_count, i, 0);
    }
    for (uint32_t i = 0; i < builder->inlined.count; i++) {
        const struct inlined *inlined = VECTOR_AT(&builder->inlined, struct inlined, i);
        spans_add(&inlined_spans, builder, inlined->ranges, inlined->range_count, i, inlined->depth);
    }
    spans_finish(&function_spans);
    spans_finish(&inlined_spans);
    struct vector type_names = names_sorted(builder, &builder->types, offsetof(struct type, name));
    struct vector variable_names = names_sorted(builder, &builder->variables, offsetof(struct variable, name));
    struct vector variable_roots = names_sorted(builder, &builder->variables, offsetof(struct variable, root));
    struct vector function_names = names_sorted(builder, &builder->functions, offsetof(struct function, name));
    struct vector symbol_names = names_sorted(builder, &builder->symbols, offsetof(struct symbol, name));
    struct vector strings = {.items = builder->strings.data, .count = builder->strings.length, .element = 1};
    const struct vector *sections[SECTION_COUNT] = {
        [SECTION_STRINGS] = &strings,
        [SECTION_TYPES] = &builder->types,
        [SECTION_MEMBERS] = &builder->members,
        [SECTION_ENUMERATORS] = &builder->enumerators,
        [SECTION_VARIABLES] = &builder->variables,
        [SECTION_FUNCTIONS] = &builder->functions,
        [SECTION_INLINED] = &builder->inlined,
        [SECTION_RANGES] = &builder->ranges,
        [SECTION_PARAMETER_TYPES] = &builder->parameter_types,
        [SECTION_PARAMETER_NAMES] = &builder->parameter_names,
        [SECTION_SYMBOLS] = &builder->symbols,
        [SECTION_LINES] = &builder->lines,
        [SECTION_FUNCTION_SPANS] = &function_spans,
        [SECTION_INLINED_SPANS] = &inlined_spans,
        [SECTION_TYPE_NAMES] = &type_names,
        [SECTION_VARIABLE_NAMES] = &variable_names,
        [SECTION_VARIABLE_ROOTS] = &variable_roots,
        [SECTION_FUNCTION_NAMES] = &function_names,
        [SECTION_SYMBOL_NAMES] = &symbol_names,
    };
    struct index_header header = {
        .version = INDEX_VERSION, .machine = machine, .pointer_size = builder->pointer_size, .section_count = SECTION_COUNT};
    memcpy(header.magic, index_magic, sizeof header.magic);
    snprintf(header.build_id, sizeof header.build_id, "%s", build_id);
    struct error *error = index_write(sections, &header, file);
    vector_deinit(&function_spans);
    vector_deinit(&inlined_spans);
    vector_deinit(&type_names);
    vector_deinit(&variable_names);
    vector_deinit(&variable_roots);
    vector_deinit(&function_names);
    vector_deinit(&symbol_names);
    return error;
}

void image_index_attach(unsigned char *block, size_t size, struct image_private *private) {
    struct index_header *header = (struct index_header *)(void *)block;
    struct image *image = &private->image;
    const char *strings = (const char *)block + header->sections[SECTION_STRINGS].offset;
#define ARRAY(section, type) ((type *)(void *)(block + header->sections[section].offset))
#define COUNT(section) ((uint32_t)header->sections[section].count)
#define STRING(field) ((field) = strings + (uintptr_t)(field))
    struct type_member *members = ARRAY(SECTION_MEMBERS, struct type_member);
    for (uint32_t i = 0; i < COUNT(SECTION_MEMBERS); i++) {
        STRING(members[i].name);
    }
    struct type_enumerator *enumerators = ARRAY(SECTION_ENUMERATORS, struct type_enumerator);
    for (uint32_t i = 0; i < COUNT(SECTION_ENUMERATORS); i++) {
        STRING(enumerators[i].name);
    }
    struct type *types = ARRAY(SECTION_TYPES, struct type);
    for (uint32_t i = 0; i < COUNT(SECTION_TYPES); i++) {
        STRING(types[i].name);
        STRING(types[i].file);
        types[i].members = members + (uintptr_t)types[i].members;
        types[i].enumerators = enumerators + (uintptr_t)types[i].enumerators;
    }
    struct variable *variables = ARRAY(SECTION_VARIABLES, struct variable);
    for (uint32_t i = 0; i < COUNT(SECTION_VARIABLES); i++) {
        STRING(variables[i].name);
        STRING(variables[i].function);
        STRING(variables[i].file);
        STRING(variables[i].root);
    }
    const char **parameter_names = ARRAY(SECTION_PARAMETER_NAMES, const char *);
    for (uint32_t i = 0; i < COUNT(SECTION_PARAMETER_NAMES); i++) {
        STRING(parameter_names[i]);
    }
    const struct address_range *ranges = ARRAY(SECTION_RANGES, struct address_range);
    const uint32_t *parameter_types = ARRAY(SECTION_PARAMETER_TYPES, uint32_t);
    struct function *functions = ARRAY(SECTION_FUNCTIONS, struct function);
    for (uint32_t i = 0; i < COUNT(SECTION_FUNCTIONS); i++) {
        STRING(functions[i].name);
        STRING(functions[i].file);
        functions[i].ranges = ranges + (uintptr_t)functions[i].ranges;
        functions[i].parameter_types = parameter_types + (uintptr_t)functions[i].parameter_types;
        functions[i].parameter_names = parameter_names + (uintptr_t)functions[i].parameter_names;
    }
    struct inlined *inlined = ARRAY(SECTION_INLINED, struct inlined);
    for (uint32_t i = 0; i < COUNT(SECTION_INLINED); i++) {
        STRING(inlined[i].call_file);
        inlined[i].ranges = ranges + (uintptr_t)inlined[i].ranges;
    }
    struct symbol *symbols = ARRAY(SECTION_SYMBOLS, struct symbol);
    for (uint32_t i = 0; i < COUNT(SECTION_SYMBOLS); i++) {
        STRING(symbols[i].name);
    }
    private->block = block;
    private->strings = strings;
    private->block_size = size;
    image->build_id = header->build_id;
    image->machine = (uint16_t)header->machine;
    image->pointer_size = header->pointer_size;
    image->types = types;
    image->type_count = COUNT(SECTION_TYPES);
    image->variables = variables;
    image->variable_count = COUNT(SECTION_VARIABLES);
    image->functions = functions;
    image->function_count = COUNT(SECTION_FUNCTIONS);
    image->inlined = inlined;
    image->inlined_count = COUNT(SECTION_INLINED);
    image->symbols = symbols;
    image->symbol_count = COUNT(SECTION_SYMBOLS);
    private->lines = ARRAY(SECTION_LINES, struct line_row);
    private->line_count = COUNT(SECTION_LINES);
    private->function_spans = ARRAY(SECTION_FUNCTION_SPANS, struct span);
    private->function_span_count = COUNT(SECTION_FUNCTION_SPANS);
    private->inlined_spans = ARRAY(SECTION_INLINED_SPANS, struct span);
    private->inlined_span_count = COUNT(SECTION_INLINED_SPANS);
    private->type_names = ARRAY(SECTION_TYPE_NAMES, uint32_t);
    private->variable_names = ARRAY(SECTION_VARIABLE_NAMES, uint32_t);
    private->variable_roots = ARRAY(SECTION_VARIABLE_ROOTS, uint32_t);
    private->function_names = ARRAY(SECTION_FUNCTION_NAMES, uint32_t);
    private->symbol_names = ARRAY(SECTION_SYMBOL_NAMES, uint32_t);
#undef ARRAY
#undef COUNT
#undef STRING
}

static bool index_whole(const unsigned char *block, size_t size) {
    struct index_header header;
    memcpy(&header, block, sizeof header);
    bool whole = memcmp(header.magic, index_magic, sizeof header.magic) == 0 && header.version == INDEX_VERSION &&
                 header.section_count == SECTION_COUNT && header.size == size &&
                 header.checksum == hash_bytes(&header, offsetof(struct index_header, checksum)) &&
                 memchr(header.build_id, 0, sizeof header.build_id);
    for (int i = 0; whole && i < SECTION_COUNT; i++) {
        whole = header.sections[i].bytes <= size && header.sections[i].offset <= size - header.sections[i].bytes &&
                header.sections[i].checksum == hash_bytes(block + header.sections[i].offset, (size_t)header.sections[i].bytes);
    }
    return whole;
}

unsigned char *image_index_map(int file, size_t *out_size) {
    struct stat status;
    if (fstat(file, &status) != 0 || (size_t)status.st_size < sizeof(struct index_header)) {
        return NULL;
    }
    size_t size = (size_t)status.st_size;
    unsigned char *block = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE, file, 0);
    if (block == MAP_FAILED) {
        return NULL;
    }
    if (!index_whole(block, size)) {
        munmap(block, size);
        return NULL;
    }
    *out_size = size;
    return block;
}

void image_index_unmap(unsigned char *block, size_t size) {
    if (block) {
        munmap(block, size);
    }
}
