/* Ends an index: resolves declarations, sorts, and drops what is there twice or was dropped by the linker. */
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "index_builder.h"
#include "spillscope/text.h"

void index_builder_symbols(struct index_builder *builder, const struct elf_file *file) {
    for (size_t i = 0; i < file->symbol_count; i++) {
        const struct elf_symbol *from = &file->symbols[i];
        struct symbol *symbol = vector_push(&builder->symbols);
        symbol->name = index_position(strings_intern(&builder->strings, from->name));
        symbol->address = from->address;
        symbol->size = from->size;
        symbol->is_function = from->type == STT_FUNC;
        symbol->is_object = from->type == STT_OBJECT;
    }
}

static int compare_numbers(uint64_t one, uint64_t other) {
    return one < other ? -1 : one > other;
}

static int compare_variables(const void *one, const void *other) {
    const struct variable *a = one;
    const struct variable *b = other;
    int order = compare_numbers(a->address, b->address);
    return order ? order : compare_numbers((uintptr_t)a->root, (uintptr_t)b->root);
}

static int compare_functions(const void *one, const void *other) {
    return compare_numbers(((const struct function_draft *)one)->function.entry, ((const struct function_draft *)other)->function.entry);
}

static int compare_inlined(const void *one, const void *other) {
    const struct inlined *a = one;
    const struct inlined *b = other;
    int order = compare_numbers(a->entry, b->entry);
    return order ? order : compare_numbers(a->depth, b->depth);
}

static int compare_symbols(const void *one, const void *other) {
    return compare_numbers(((const struct symbol *)one)->address, ((const struct symbol *)other)->address);
}

/* At one address the end of a sequence comes before the start of the next. */
static int compare_lines(const void *one, const void *other) {
    const struct line_row *a = one;
    const struct line_row *b = other;
    int order = compare_numbers(a->address, b->address);
    return order ? order : (a->file != LINE_END) - (b->file != LINE_END);
}

/* Points whoever refers to a declaration to the first definition of that name. */
static void builder_resolve_forwards(struct index_builder *builder) {
    struct map definitions = {0};
    struct map resolved = {0};
    for (size_t i = 0; i < builder->types.count; i++) {
        const struct type *type = VECTOR_AT(&builder->types, struct type, i);
        uint64_t known = 0;
        bool record = type->kind == TYPE_STRUCT || type->kind == TYPE_UNION || type->kind == TYPE_ENUM;
        if (record && type->size && !map_find(&definitions, (uintptr_t)type->name * 16 + type->kind, &known)) {
            map_insert(&definitions, (uintptr_t)type->name * 16 + type->kind, i);
        }
    }
    for (size_t i = 0; i < builder->forwards.count; i++) {
        uint32_t forward = *VECTOR_AT(&builder->forwards, uint32_t, i);
        const struct type *type = VECTOR_AT(&builder->types, struct type, forward);
        uint64_t definition = 0;
        if (map_find(&definitions, (uintptr_t)type->name * 16 + type->kind, &definition)) {
            map_insert(&resolved, forward, definition);
        }
    }
#define RESOLVE(field)                                                                                                                               \
    do {                                                                                                                                             \
        uint64_t definition = 0;                                                                                                                     \
        if (map_find(&resolved, (field), &definition)) {                                                                                             \
            (field) = (uint32_t)definition;                                                                                                          \
        }                                                                                                                                            \
    } while (0)
    for (size_t i = 0; i < builder->types.count; i++) {
        RESOLVE(VECTOR_AT(&builder->types, struct type, i)->target);
    }
    for (size_t i = 0; i < builder->members.count; i++) {
        RESOLVE(VECTOR_AT(&builder->members, struct type_member, i)->type);
    }
    for (size_t i = 0; i < builder->variables.count; i++) {
        RESOLVE(VECTOR_AT(&builder->variables, struct variable, i)->type);
    }
    for (size_t i = 0; i < builder->functions.count; i++) {
        RESOLVE(VECTOR_AT(&builder->functions, struct function_draft, i)->function.result_type);
    }
    for (size_t i = 0; i < builder->parameter_types.count; i++) {
        RESOLVE(*VECTOR_AT(&builder->parameter_types, uint32_t, i));
    }
#undef RESOLVE
    builder->types.failed |= definitions.failed || resolved.failed;
    map_deinit(&definitions);
    map_deinit(&resolved);
}

/* clang 19 puts the static local of a function that is only inlined below an empty entry, where its function cannot be seen; the
   symbol at its address is called FUNCTION.NAME. */
static void builder_adopt_orphans(struct index_builder *builder) {
    struct map symbols = {0};
    for (size_t i = 0; builder->orphans.count && i < builder->symbols.count; i++) {
        const struct symbol *symbol = VECTOR_AT(&builder->symbols, struct symbol, i);
        if (symbol->is_object) {
            map_insert(&symbols, symbol->address, (uintptr_t)symbol->name);
        }
    }
    for (size_t i = 0; i < builder->orphans.count; i++) {
        struct variable *variable = VECTOR_AT(&builder->variables, struct variable, *VECTOR_AT(&builder->orphans, uint32_t, i));
        uint64_t number = 0;
        char function[256] = "";
        if (map_find(&symbols, variable->address, &number)) {
            snprintf(function, sizeof function, "%s", index_builder_string(builder, (uint32_t)number));
        }
        char *dot = strchr(function, '.');
        const char *name = index_builder_string(builder, (uint32_t)(uintptr_t)variable->name);
        if (dot && strncmp(dot + 1, name, strlen(name)) == 0) {
            *dot = 0;
            uint32_t holder = strings_intern(&builder->strings, function);
            variable->function = index_position(holder);
            variable->root = index_builder_root(builder, false, (uint32_t)(uintptr_t)variable->file, holder, (uint32_t)(uintptr_t)variable->name);
        }
    }
    builder->types.failed |= symbols.failed;
    map_deinit(&symbols);
}

/* Keeps the first of equal variables (an abstract and a concrete instance both name a static local's place), and drops those at address
   0 that no symbol confirms: their section was dropped by the linker. */
static void builder_thin_variables(struct index_builder *builder) {
    struct map at_zero = {0};
    for (size_t i = 0; i < builder->symbols.count; i++) {
        const struct symbol *symbol = VECTOR_AT(&builder->symbols, struct symbol, i);
        if (!symbol->address) {
            map_insert(&at_zero, (uintptr_t)symbol->name, 1);
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < builder->variables.count; i++) {
        struct variable *variable = VECTOR_AT(&builder->variables, struct variable, i);
        struct variable *last = kept ? VECTOR_AT(&builder->variables, struct variable, kept - 1) : NULL;
        uint64_t known = 0;
        if (!variable->address && !variable->thread_local_ && !map_find(&at_zero, (uintptr_t)variable->name, &known)) {
            continue;
        }
        if (last && last->address == variable->address && last->root == variable->root) {
            continue;
        }
        *VECTOR_AT(&builder->variables, struct variable, kept++) = *variable;
    }
    builder->variables.count = kept;
    builder->types.failed |= at_zero.failed;
    map_deinit(&at_zero);
}

/* Sorts the functions, tells the inlined instances their new numbers, and leaves a plain array of functions. */
static void builder_place_functions(struct index_builder *builder) {
    vector_sort(&builder->functions, compare_functions);
    struct vector places = VECTOR_OF(uint32_t);
    for (size_t i = 0; i < builder->functions.count; i++) {
        vector_push(&places);
    }
    if (places.failed) {
        builder->types.failed = true;
    } else {
        for (size_t i = 0; i < builder->functions.count; i++) {
            *VECTOR_AT(&places, uint32_t, VECTOR_AT(&builder->functions, struct function_draft, i)->draft) = (uint32_t)i;
        }
        for (size_t i = 0; i < builder->inlined.count; i++) {
            struct inlined *inlined = VECTOR_AT(&builder->inlined, struct inlined, i);
            inlined->function = *VECTOR_AT(&places, uint32_t, inlined->function);
        }
    }
    vector_deinit(&places);
    struct function *plain = builder->functions.items;
    for (size_t i = 0; i < builder->functions.count; i++) {
        struct function function = VECTOR_AT(&builder->functions, struct function_draft, i)->function;
        memcpy(&plain[i], &function, sizeof function); /* the drafts are larger: nothing unread is overwritten */
    }
    builder->functions.element = sizeof(struct function);
}

struct error *index_builder_finish(struct index_builder *builder) {
    builder_resolve_forwards(builder);
    builder_adopt_orphans(builder);
    vector_sort(&builder->variables, compare_variables);
    builder_thin_variables(builder);
    builder_place_functions(builder);
    vector_sort(&builder->inlined, compare_inlined);
    vector_sort(&builder->symbols, compare_symbols);
    vector_sort(&builder->lines, compare_lines);
    const struct vector *vectors[] = {&builder->types,           &builder->members, &builder->enumerators, &builder->variables,
                                      &builder->functions,       &builder->inlined, &builder->ranges,      &builder->parameter_types,
                                      &builder->parameter_names, &builder->symbols, &builder->lines,       &builder->forwards,
                                      &builder->orphans};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        if (vectors[i]->failed) {
            return error_out_of_memory();
        }
    }
    return builder->strings.failed || builder->descriptions.failed || builder->records.failed || builder->abstract.failed ? error_out_of_memory()
                                                                                                                          : NULL;
}
