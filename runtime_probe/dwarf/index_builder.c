#include "index_builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "spillscope/text.h"

enum { TYPE_DEPTH_MAX = 256, ORIGIN_MAX = 8, ENCODING_BOOLEAN = 2, ENCODING_FLOAT = 4, ENCODING_SIGNED = 5, ENCODING_SIGNED_CHAR = 6 };

/* The unit at hand. */
struct unit {
    struct index_builder *builder;
    struct die *dies;
    uint32_t count;
    const struct address_range *ranges;
};

void index_builder_init(struct index_builder *builder, uint32_t pointer_size) {
    *builder = (struct index_builder){.pointer_size = pointer_size,
                                      .types = VECTOR_OF(struct type),
                                      .members = VECTOR_OF(struct type_member),
                                      .enumerators = VECTOR_OF(struct type_enumerator),
                                      .variables = VECTOR_OF(struct variable),
                                      .functions = VECTOR_OF(struct function_draft),
                                      .inlined = VECTOR_OF(struct inlined),
                                      .ranges = VECTOR_OF(struct address_range),
                                      .parameter_types = VECTOR_OF(uint32_t),
                                      .parameter_names = VECTOR_OF(const char *),
                                      .symbols = VECTOR_OF(struct symbol),
                                      .lines = VECTOR_OF(struct line_row),
                                      .forwards = VECTOR_OF(uint32_t),
                                      .orphans = VECTOR_OF(uint32_t)};
    strings_intern(&builder->strings, "");
    struct type *nothing = vector_push(&builder->types);
    nothing->kind = TYPE_VOID;
    nothing->name = index_position(strings_intern(&builder->strings, "void"));
    nothing->target = IMAGE_NONE;
}

void index_builder_deinit(struct index_builder *builder) {
    strings_deinit(&builder->strings);
    struct vector *vectors[] = {&builder->types,   &builder->members,  &builder->enumerators,     &builder->variables,       &builder->functions,
                                &builder->inlined, &builder->ranges,   &builder->parameter_types, &builder->parameter_names, &builder->symbols,
                                &builder->lines,   &builder->forwards, &builder->orphans};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        vector_deinit(vectors[i]);
    }
    strings_deinit(&builder->descriptions);
    text_deinit(&builder->description);
    map_deinit(&builder->records);
    map_deinit(&builder->abstract);
}

void index_builder_line(struct index_builder *builder, uint64_t address, uint32_t file, uint32_t line, bool end) {
    struct line_row *last = builder->lines.count ? VECTOR_AT(&builder->lines, struct line_row, builder->lines.count - 1) : NULL;
    bool open = last && last->file != LINE_END && last->address <= address; /* the sequence goes on */
    if (open && !end && last->file == file && last->line == line) {
        return;
    }
    struct line_row *row = open && last->address == address ? last : vector_push(&builder->lines);
    *row = (struct line_row){address, end ? LINE_END : file, line};
}

static struct die *unit_find(const struct unit *unit, uint64_t offset) {
    uint32_t low = 0;
    uint32_t high = unit->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (unit->dies[middle].offset < offset) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return offset && low < unit->count && unit->dies[low].offset == offset ? &unit->dies[low] : NULL;
}

/* The end of the entries below `index`: the first entry whose parent stands before it. */
static uint32_t unit_subtree_end(const struct unit *unit, uint32_t index) {
    uint32_t end = index + 1;
    while (end < unit->count && unit->dies[end].parent != DIE_NONE && unit->dies[end].parent >= index) {
        end++;
    }
    return end;
}

/* The entry that holds what `die` leaves to its abstract instance or declaration. */
static const struct die *unit_origin(const struct unit *unit, const struct die *die) {
    for (int steps = 0; die->origin && steps < ORIGIN_MAX; steps++) {
        const struct die *origin = unit_find(unit, die->origin);
        if (!origin) {
            break;
        }
        die = origin;
    }
    return die;
}

/* Adds a number to the description being made: six bits a character, ended by a blank. */
static void describe_number(struct index_builder *builder, uint64_t number) {
    char digits[12];
    size_t at = sizeof digits - 1;
    digits[at] = ' ';
    do {
        digits[--at] = (char)('0' + (number & 63));
        number >>= 6;
    } while (number);
    text_append_bytes(&builder->description, digits + at, sizeof digits - at);
}

/* Ends the description; true where something of the same one is in the map already. */
static bool describe_end(struct index_builder *builder, const struct map *map, uint64_t *out_key, uint64_t *out_known) {
    builder->types.failed |= builder->description.failed;
    *out_key = strings_intern(&builder->descriptions, text_string(&builder->description));
    text_clear(&builder->description);
    return map_find(map, *out_key, out_known);
}

static uint32_t builder_add_type(struct index_builder *builder, enum type_kind kind, const char *name, uint64_t size, uint32_t target, uint64_t count,
                                 bool is_signed, bool is_char) {
    uint64_t key = 0;
    uint64_t known = 0;
    const uint64_t numbers[] = {kind, size, target, count, (uint64_t)(is_signed ? 2 : 0) + is_char};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        describe_number(builder, numbers[i]);
    }
    text_append(&builder->description, name);
    if (describe_end(builder, &builder->records, &key, &known)) {
        return (uint32_t)known;
    }
    uint32_t index = (uint32_t)builder->types.count;
    struct type *type = vector_push(&builder->types);
    type->kind = kind;
    type->name = index_position(strings_intern(&builder->strings, name));
    type->size = size;
    type->target = target;
    type->count = count;
    type->is_signed = is_signed;
    type->is_char = is_char;
    map_insert(&builder->records, key, index);
    return index;
}

static uint32_t unit_type(const struct unit *unit, uint64_t offset, unsigned depth);

static uint32_t unit_array(const struct unit *unit, uint32_t index, unsigned depth) {
    struct index_builder *builder = unit->builder;
    uint32_t element = unit_type(unit, unit->dies[index].type, depth + 1);
    uint32_t end = unit_subtree_end(unit, index);
    for (uint32_t i = end; i-- > index + 1;) { /* the last subrange is the innermost */
        const struct die *range = &unit->dies[i];
        if (range->parent != index || range->tag != DIE_SUBRANGE) {
            continue;
        }
        uint64_t count = range->flags & DIE_HAS_COUNT ? range->count : 0;
        uint64_t size = VECTOR_AT(&builder->types, struct type, element)->size;
        if (size && count > UINT64_MAX / 16 / size) {
            count = 0; /* an upper bound of -1, as some producers write for flexible arrays */
        }
        element = builder_add_type(builder, TYPE_ARRAY, "", size * count, element, count, false, false);
    }
    return element;
}

/* "struct tag", a name made of the typedef's in the same way, as state keys have it, or one made of the place. */
static uint32_t unit_record_name(const struct unit *unit, const struct die *die) {
    struct index_builder *builder = unit->builder;
    const char *kind = die->tag == DIE_STRUCT ? "struct" : die->tag == DIE_UNION ? "union" : "enum";
    struct text name = {0};
    if (die->name && die->visiting && die->tag == DIE_ENUM) { /* named by a typedef */
        return die->name;
    }
    if (die->name) {
        text_append_format(&name, "%s %s", kind, index_builder_string(builder, die->name));
    } else {
        text_append_format(&name, "%s <%s:%u:%u>", kind, index_builder_string(builder, die->file), die->line, die->column);
    }
    builder->types.failed |= name.failed;
    uint32_t number = strings_intern(&builder->strings, text_string(&name));
    text_deinit(&name);
    return number;
}

static uint64_t member_bit_offset(const struct die *die, uint64_t type_size) {
    if (die->flags & DIE_HAS_DATA_BIT_OFFSET) {
        return die->location * 8 + die->bit_offset;
    }
    if (die->flags & DIE_OLD_BIT_OFFSET) { /* counted from the most significant bit of a unit of byte_size bytes */
        uint64_t unit_bits = 8 * (die->flags & DIE_HAS_SIZE ? die->size : type_size);
        return die->location * 8 + unit_bits - die->bit_offset - die->bit_size;
    }
    return die->location * 8;
}

static uint32_t unit_record(const struct unit *unit, uint32_t index, unsigned depth) {
    struct index_builder *builder = unit->builder;
    struct die *die = &unit->dies[index];
    uint32_t end = unit_subtree_end(unit, index);
    uint32_t name = unit_record_name(unit, die);
    bool forward = (die->flags & DIE_DECLARATION) != 0;
    const uint64_t numbers[] = {100 + die->tag, name, forward, die->file, die->line, die->column, die->size};
    for (size_t i = 0; i < (forward ? 3 : sizeof numbers / sizeof *numbers); i++) {
        describe_number(builder, numbers[i]);
    }
    for (uint32_t i = index + 1; i < end && !forward; i++) {
        const struct die *child = &unit->dies[i];
        const uint64_t details[] = {child->name, child->location, child->bit_offset, child->bit_size, child->count};
        for (size_t j = 0; child->parent == index && j < sizeof details / sizeof *details; j++) {
            describe_number(builder, details[j]);
        }
    }
    uint64_t key = 0;
    uint64_t known = 0;
    if (describe_end(builder, &builder->records, &key, &known)) {
        die->result = (uint32_t)known + 1;
        return (uint32_t)known;
    }
    uint32_t result = (uint32_t)builder->types.count;
    struct type *type = vector_push(&builder->types);
    type->kind = die->tag == DIE_STRUCT ? TYPE_STRUCT : die->tag == DIE_UNION ? TYPE_UNION : TYPE_ENUM;
    type->name = index_position(name);
    type->size = die->size;
    type->target = IMAGE_NONE;
    type->file = index_position(die->file);
    type->line = die->line;
    die->result = result + 1;
    map_insert(&builder->records, key, result);
    if (forward) {
        *(uint32_t *)vector_push(&builder->forwards) = result;
        return result;
    }
    struct vector members = VECTOR_OF(struct type_member);
    struct vector enumerators = VECTOR_OF(struct type_enumerator);
    bool negative = false;
    for (uint32_t i = index + 1; i < end; i++) {
        const struct die *child = &unit->dies[i];
        if (child->parent != index) {
            continue;
        }
        if (child->tag == DIE_MEMBER && die->tag != DIE_ENUM) {
            uint32_t of = unit_type(unit, child->type, depth + 1);
            uint64_t size = VECTOR_AT(&builder->types, struct type, of)->size;
            struct type_member *member = vector_push(&members);
            member->name = index_position(child->name);
            member->type = of;
            member->bit_field = (child->flags & DIE_HAS_BIT_SIZE) != 0;
            member->bit_size = member->bit_field ? child->bit_size : 8 * size;
            member->bit_offset = member_bit_offset(child, size);
        } else if (child->tag == DIE_ENUMERATOR && die->tag == DIE_ENUM) {
            struct type_enumerator *enumerator = vector_push(&enumerators);
            enumerator->name = index_position(child->name);
            enumerator->value = (int64_t)child->count;
            negative |= enumerator->value < 0;
        }
    }
    type = VECTOR_AT(&builder->types, struct type, result < builder->types.count ? result : 0); /* members may have moved the array */
    type->is_signed = negative;
    type->member_count = (uint32_t)members.count;
    type->members = (const struct type_member *)(uintptr_t)vector_append(&builder->members, members.items, members.count);
    type->enumerator_count = (uint32_t)enumerators.count;
    type->enumerators = (const struct type_enumerator *)(uintptr_t)vector_append(&builder->enumerators, enumerators.items, enumerators.count);
    builder->types.failed |= members.failed || enumerators.failed;
    vector_deinit(&members);
    vector_deinit(&enumerators);
    return result;
}

static uint32_t unit_type(const struct unit *unit, uint64_t offset, unsigned depth) {
    struct die *die = unit_find(unit, offset);
    struct index_builder *builder = unit->builder;
    if (!die || depth > TYPE_DEPTH_MAX) {
        return 0;
    }
    if (die->result) {
        return die->result - 1;
    }
    uint32_t result = 0;
    uint32_t target = 0;
    switch ((enum die_tag)die->tag) {
    case DIE_TYPEDEF:
    case DIE_QUALIFIER:
        result = unit_type(unit, die->type, depth + 1);
        break;
    case DIE_BASE: {
        const char *name = index_builder_string(builder, die->name);
        char copy[64]; /* interning may move the string */
        snprintf(copy, sizeof copy, "%s", name);
        bool is_signed = die->count == ENCODING_SIGNED || die->count == ENCODING_SIGNED_CHAR;
        result = builder_add_type(builder, die->count == ENCODING_FLOAT ? TYPE_FLOAT : TYPE_INTEGER, copy, die->size, IMAGE_NONE, 0, is_signed,
                                  strcmp(copy, "char") == 0);
        break;
    }
    case DIE_POINTER:
        target = unit_type(unit, die->type, depth + 1);
        result = builder_add_type(builder, TYPE_POINTER, "", die->flags & DIE_HAS_SIZE ? die->size : builder->pointer_size, target, 0, false, false);
        break;
    case DIE_ARRAY:
        result = unit_array(unit, (uint32_t)(die - unit->dies), depth);
        break;
    case DIE_STRUCT:
    case DIE_UNION:
    case DIE_ENUM:
        return unit_record(unit, (uint32_t)(die - unit->dies), depth);
    case DIE_SUBROUTINE_TYPE:
        result = builder_add_type(builder, TYPE_FUNCTION, "", 0, unit_type(unit, die->type, depth + 1), 0, false, false);
        break;
    default:
        break;
    }
    die->result = result + 1;
    return result;
}

/* A typedef of an untagged record names it. `visiting` marks the record as named so. */
static void unit_name_records(const struct unit *unit) {
    for (uint32_t i = 0; i < unit->count; i++) {
        const struct die *die = &unit->dies[i];
        struct die *target = die->tag == DIE_TYPEDEF ? unit_find(unit, die->type) : NULL;
        if (target && !target->name && (target->tag == DIE_STRUCT || target->tag == DIE_UNION || target->tag == DIE_ENUM)) {
            target->name = die->name;
            target->visiting = true;
        }
    }
}

static void unit_parameters(const struct unit *unit, uint32_t index, struct function *function) {
    struct index_builder *builder = unit->builder;
    uint32_t end = unit_subtree_end(unit, index);
    struct vector types = VECTOR_OF(uint32_t);
    struct vector names = VECTOR_OF(const char *);
    for (uint32_t i = index + 1; i < end; i++) {
        const struct die *die = &unit->dies[i];
        if (die->parent == index && die->tag == DIE_PARAMETER) {
            const struct die *origin = unit_origin(unit, die);
            *(uint32_t *)vector_push(&types) = unit_type(unit, origin->type, 0);
            *(const char **)vector_push(&names) = index_position(origin->name);
        }
    }
    function->parameter_count = (uint32_t)types.count;
    function->parameter_types = (const uint32_t *)(uintptr_t)vector_append(&builder->parameter_types, types.items, types.count);
    function->parameter_names = (const char *const *)(uintptr_t)vector_append(&builder->parameter_names, names.items, names.count);
    builder->types.failed |= types.failed || names.failed;
    vector_deinit(&types);
    vector_deinit(&names);
}

/* A function from its entry with code (NULL when it is only inlined) and the entry that describes it. */
static uint32_t unit_add_function(const struct unit *unit, const struct die *code, const struct die *described) {
    struct index_builder *builder = unit->builder;
    struct function function = {0};
    function.name = index_position(described->name);
    function.file = index_position(described->file);
    function.line = described->line;
    function.external = ((described->flags | (code ? code->flags : 0)) & DIE_EXTERNAL) != 0;
    function.result_type = described->type ? unit_type(unit, described->type, 0) : IMAGE_NONE;
    unit_parameters(unit, (uint32_t)(described - unit->dies), &function);
    if (code) {
        function.entry = code->location;
        function.range_count = code->range_count;
        function.ranges = (const struct address_range *)(uintptr_t)vector_append(&builder->ranges, unit->ranges + code->ranges, code->range_count);
    }
    uint32_t index = (uint32_t)builder->functions.count;
    struct function_draft *draft = vector_push(&builder->functions);
    draft->function = function;
    draft->draft = index;
    return index;
}

static void unit_functions(const struct unit *unit) {
    for (uint32_t i = 0; i < unit->count; i++) {
        struct die *die = &unit->dies[i];
        if (die->tag != DIE_FUNCTION || !(die->flags & DIE_HAS_ENTRY)) {
            continue;
        }
        struct die *described = &unit->dies[unit_origin(unit, die) - unit->dies];
        uint32_t index = unit_add_function(unit, die, described);
        die->result = index + 1;
        described->result = described->result ? described->result : index + 1;
    }
}

static uint32_t unit_abstract_function(const struct unit *unit, struct die *described) {
    struct index_builder *builder = unit->builder;
    if (!described->result) {
        describe_number(builder, described->name);
        describe_number(builder, described->file);
        describe_number(builder, described->line);
        uint64_t key = 0;
        uint64_t known = 0;
        if (!describe_end(builder, &builder->abstract, &key, &known)) {
            known = unit_add_function(unit, NULL, described);
            map_insert(&builder->abstract, key, known);
        }
        described->result = (uint32_t)known + 1;
    }
    return described->result - 1;
}

/* The function around an entry, inlined ones counted in *out_depth; NULL outside of any. */
static const struct die *unit_function_around(const struct unit *unit, const struct die *die, uint32_t *out_depth, const struct die **out_nearest) {
    uint32_t depth = 0;
    *out_nearest = NULL;
    for (uint32_t at = die->parent; at != DIE_NONE; at = unit->dies[at].parent) {
        const struct die *outer = &unit->dies[at];
        if (outer->tag == DIE_INLINED || outer->tag == DIE_FUNCTION) {
            *out_nearest = *out_nearest ? *out_nearest : outer;
        }
        if (outer->tag == DIE_INLINED) {
            depth++;
        } else if (outer->tag == DIE_FUNCTION) {
            *out_depth = depth;
            return outer;
        }
    }
    return NULL;
}

static void unit_inlined(const struct unit *unit) {
    struct index_builder *builder = unit->builder;
    for (uint32_t i = 0; i < unit->count; i++) {
        const struct die *die = &unit->dies[i];
        uint32_t depth = 0;
        const struct die *nearest = NULL;
        if (die->tag != DIE_INLINED || !die->range_count) {
            continue;
        }
        const struct die *around = unit_function_around(unit, die, &depth, &nearest);
        if (!around || !(around->flags & DIE_HAS_ENTRY)) {
            continue; /* in a function that the linker dropped */
        }
        struct die *described = &unit->dies[unit_origin(unit, die) - unit->dies];
        if (described->tag != DIE_FUNCTION) {
            continue;
        }
        uint32_t function = unit_abstract_function(unit, described);
        struct inlined *inlined = vector_push(&builder->inlined);
        inlined->function = function;
        inlined->depth = depth + 1;
        inlined->call_file = index_position(die->call_file);
        inlined->call_line = die->call_line;
        inlined->entry = die->location;
        inlined->range_count = die->range_count;
        inlined->ranges = (const struct address_range *)(uintptr_t)vector_append(&builder->ranges, unit->ranges + die->ranges, die->range_count);
    }
}

const char *index_builder_root(struct index_builder *builder, bool external, uint32_t file, uint32_t function, uint32_t name) {
    struct text root = {0};
    if (!external) {
        text_append_format(&root, "%s:", index_builder_string(builder, file));
        if (function) {
            text_append_format(&root, "%s:", index_builder_string(builder, function));
        }
    }
    text_append(&root, index_builder_string(builder, name));
    builder->types.failed |= root.failed;
    const char *result = index_position(strings_intern(&builder->strings, text_string(&root)));
    text_deinit(&root);
    return result;
}

static void unit_variables(const struct unit *unit) {
    struct index_builder *builder = unit->builder;
    for (uint32_t i = 0; i < unit->count; i++) {
        const struct die *die = &unit->dies[i];
        if (die->tag != DIE_VARIABLE || !(die->flags & DIE_HAS_ADDRESS)) {
            continue;
        }
        const struct die *origin = unit_origin(unit, die);
        uint32_t depth = 0;
        const struct die *nearest = NULL;
        unit_function_around(unit, die, &depth, &nearest);
        uint32_t name = die->name ? die->name : origin->name;
        uint32_t file = die->file ? die->file : origin->file;
        uint32_t function = nearest ? unit_origin(unit, nearest)->name : 0;
        bool external = ((die->flags | origin->flags) & DIE_EXTERNAL) != 0;
        if (nearest && !function) {
            *(uint32_t *)vector_push(&builder->orphans) = (uint32_t)builder->variables.count;
        }
        struct variable variable = {.name = index_position(name), .function = index_position(function), .file = index_position(file)};
        variable.root = index_builder_root(builder, external, file, function, name);
        variable.line = die->line ? die->line : origin->line;
        variable.type = unit_type(unit, die->type ? die->type : origin->type, 0);
        variable.address = die->location;
        variable.external = external;
        variable.thread_local_ = (die->flags & DIE_THREAD_LOCAL) != 0;
        *(struct variable *)vector_push(&builder->variables) = variable;
    }
}

void index_builder_unit(struct index_builder *builder, struct die *dies, uint32_t count, const struct address_range *ranges) {
    struct unit unit = {builder, dies, count, ranges};
    unit_name_records(&unit);
    for (uint32_t i = 0; i < count; i++) { /* every definition of a record, used here or not: another unit may only declare it */
        if (dies[i].tag == DIE_STRUCT || dies[i].tag == DIE_UNION || dies[i].tag == DIE_ENUM) {
            unit_type(&unit, dies[i].offset, 0);
        }
    }
    unit_functions(&unit);
    unit_inlined(&unit);
    unit_variables(&unit);
}
