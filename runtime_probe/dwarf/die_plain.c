#include "die_plain.h"

#include <elf.h>

#include "die_reader.h"

/* So many bytes of .debug_info are read before the memory of the file is let go of. */
enum { PLAIN_DEPTH_MAX = 512, PLAIN_BATCH_BYTES = 32 << 20 };

static struct die_cursor section_cursor(const struct elf_file *file, const char *name) {
    const struct elf_section *section = elf_file_section(file, name);
    if (!section || section->type == SHT_NOBITS || section->offset > file->size || section->size > file->size - section->offset) {
        return (struct die_cursor){.at = file->bytes, .end = file->bytes};
    }
    return (struct die_cursor){.at = file->bytes + section->offset, .end = file->bytes + section->offset + section->size};
}

/* A section of strings ends with the end of one: then so does every string in it. */
static struct die_cursor strings_cursor(const struct elf_file *file, const char *name) {
    struct die_cursor cursor = section_cursor(file, name);
    while (cursor.end > cursor.at && cursor.end[-1]) {
        cursor.end--;
    }
    return cursor;
}

static void plain_init(struct die_reader *reader) {
    const struct elf_file *file = reader->file;
    reader->plain = (struct die_plain){.info = section_cursor(file, ".debug_info"),
                                       .abbreviation = section_cursor(file, ".debug_abbrev"),
                                       .string = strings_cursor(file, ".debug_str"),
                                       .line_string = strings_cursor(file, ".debug_line_str"),
                                       .string_offsets = section_cursor(file, ".debug_str_offsets"),
                                       .address = section_cursor(file, ".debug_addr"),
                                       .range_lists = section_cursor(file, ".debug_rnglists"),
                                       .ranges = section_cursor(file, ".debug_ranges"),
                                       .lines = section_cursor(file, ".debug_line"),
                                       .abbreviations_at = UINT64_MAX,
                                       .directories = VECTOR_OF(const char *),
                                       .files = VECTOR_OF(struct die_plain_file)};
    die_abbreviations_init(&reader->plain.abbreviations);
}

static void plain_deinit(struct die_plain *plain) {
    die_abbreviations_deinit(&plain->abbreviations);
    vector_deinit(&plain->directories);
    vector_deinit(&plain->files);
}

/* ------------------------------------------------------------------------------------------------ units */

/* Reads the header of the unit at the cursor, and leaves it at the first entry, with the unit's end. */
static bool plain_header(struct die_plain *plain, struct die_cursor *cursor) {
    uint64_t length = die_cursor_fixed(cursor, 4);
    plain->offset_size = length == DWARF_LENGTH_LONG ? 8 : 4;
    if (plain->offset_size == 8) {
        length = die_cursor_fixed(cursor, 8);
    }
    if (cursor->failed || length > (uint64_t)(cursor->end - cursor->at)) {
        return false;
    }
    cursor->end = cursor->at + length;
    plain->version = (uint16_t)die_cursor_fixed(cursor, 2);
    if (plain->version < 2 || plain->version > 5) {
        return false;
    }
    unsigned kind = DW_UT_compile;
    uint64_t abbreviations = 0;
    if (plain->version >= 5) {
        kind = (unsigned)die_cursor_fixed(cursor, 1);
        plain->address_size = (size_t)die_cursor_fixed(cursor, 1);
        abbreviations = die_cursor_fixed(cursor, plain->offset_size);
    } else {
        abbreviations = die_cursor_fixed(cursor, plain->offset_size);
        plain->address_size = (size_t)die_cursor_fixed(cursor, 1);
    }
    if (kind == DW_UT_type || kind == DW_UT_split_type) {
        die_cursor_skip(cursor, 8 + plain->offset_size); /* signature, and where its type is */
    } else if (kind == DW_UT_skeleton || kind == DW_UT_split_compile) {
        die_cursor_skip(cursor, 8);
    }
    if (cursor->failed || (plain->address_size != 4 && plain->address_size != 8)) {
        return false;
    }
    if (plain->abbreviations_at != abbreviations) {
        struct die_cursor table = plain->abbreviation;
        plain->abbreviations_at = UINT64_MAX;
        die_cursor_skip(&table, abbreviations);
        if (!die_abbreviations_read(&plain->abbreviations, table)) {
            return false;
        }
        plain->abbreviations_at = abbreviations;
    }
    return true;
}

/* What the values of all other entries depend on stands in the unit's own, in any order. */
static void plain_bases(struct die_reader *reader, struct die_cursor cursor, struct die_value *out_lines) {
    struct die_plain *plain = &reader->plain;
    plain->directory = "";
    plain->string_offsets_base = 0;
    plain->address_base = 0;
    plain->range_lists_base = 0;
    reader->low_pc = 0;
    const struct die_cursor entry = cursor;
    for (int pass = 0; pass < 2; pass++) { /* its first address may lie in the address table */
        cursor = entry;
        const struct die_abbreviation *abbreviation = die_abbreviations_find(&plain->abbreviations, die_cursor_uleb(&cursor));
        for (uint32_t i = 0; abbreviation && i < abbreviation->count && !cursor.failed; i++) {
            const struct die_form *form = VECTOR_AT(&plain->abbreviations.forms, struct die_form, abbreviation->first + i);
            struct die_value value = die_plain_value(plain, &cursor, form);
            switch (form->name) {
            case DW_AT_str_offsets_base:
                plain->string_offsets_base = value.number;
                break;
            case DW_AT_addr_base:
            case DW_AT_GNU_addr_base:
                plain->address_base = value.number;
                break;
            case DW_AT_rnglists_base:
                plain->range_lists_base = value.number;
                break;
            case DW_AT_stmt_list:
                *out_lines = value;
                break;
            case DW_AT_comp_dir:
                plain->directory = value.kind == VALUE_STRING ? value.string : "";
                break;
            case DW_AT_low_pc:
                reader->low_pc = value.kind == VALUE_ADDRESS ? value.number : 0;
                break;
            default:
                break;
            }
        }
    }
}

/* ------------------------------------------------------------------------------------------------ entries */

/* Bounds that depend on each other. */
struct bounds {
    struct die_value low;
    struct die_value high;
    struct die_value entry;
};

static void plain_bounds(struct die_reader *reader, const struct bounds *bounds, struct die *die) {
    if (bounds->low.kind == VALUE_ADDRESS && !die->range_count && bounds->high.kind != VALUE_NONE) {
        uint64_t high = bounds->high.kind == VALUE_ADDRESS ? bounds->high.number : bounds->low.number + bounds->high.number;
        die_code_range(reader, die, bounds->low.number, high);
    }
    if (die->tag == DIE_INLINED && die->range_count && bounds->entry.kind == VALUE_ADDRESS) {
        die->location = bounds->entry.number;
    } else if (die->tag == DIE_INLINED && die->range_count && bounds->entry.kind == VALUE_NUMBER) {
        die->location += bounds->entry.number;
    }
}

/* All attributes of one entry. */
static struct error *plain_entry(struct die_reader *reader, struct die_cursor *cursor, const struct die_abbreviation *abbreviation, struct die *die) {
    struct die_plain *plain = &reader->plain;
    const struct die_form *forms = VECTOR_AT(&plain->abbreviations.forms, struct die_form, abbreviation->first);
    struct bounds bounds = {0};
    bool code = die->tag == DIE_FUNCTION || die->tag == DIE_INLINED;
    die->ranges = (uint32_t)reader->ranges.count;
    for (uint32_t i = 0; i < abbreviation->count; i++) {
        struct die_value value = die_plain_value(plain, cursor, &forms[i]);
        switch (forms[i].name) {
        case DW_AT_ranges:
            if (code && !die_plain_ranges(reader, &value, die)) {
                return die_reader_error(reader, NULL, "range list", die->offset);
            }
            break;
        case DW_AT_low_pc:
            bounds.low = value;
            break;
        case DW_AT_high_pc:
            bounds.high = value;
            break;
        case DW_AT_entry_pc:
            bounds.entry = value;
            break;
        default:
            die_attribute_take(reader, NULL, forms[i].name, &value, die);
            break;
        }
    }
    if (code) {
        plain_bounds(reader, &bounds, die);
    }
    return NULL;
}

/* Passes an entry that does not matter, and, where it says where the next one beside it is, those below. */
static bool plain_pass(struct die_reader *reader, struct die_cursor *cursor, const struct die_abbreviation *abbreviation) {
    struct die_plain *plain = &reader->plain;
    uint64_t sibling = 0;
    for (uint32_t i = 0; i < abbreviation->count; i++) {
        const struct die_form *form = VECTOR_AT(&plain->abbreviations.forms, struct die_form, abbreviation->first + i);
        struct die_value value = die_plain_value(plain, cursor, form);
        sibling = form->name == DW_AT_sibling && value.kind == VALUE_REFERENCE ? value.number : sibling;
    }
    if (!abbreviation->children || sibling <= (uint64_t)(cursor->at - plain->info.at) || sibling > (uint64_t)(cursor->end - plain->info.at)) {
        return abbreviation->children;
    }
    cursor->at = plain->info.at + sibling;
    return false;
}

/* Where the walk stands among the entries. */
struct level {
    uint32_t parents[PLAIN_DEPTH_MAX + 2]; /* of the entries at each depth, as indices */
    unsigned depth;
    uint64_t passed; /* levels below an entry that does not matter; 0 = not below one */
};

/* The end of a list of entries. */
static void level_leave(struct level *level) {
    if (level->passed) {
        level->passed--;
    } else if (level->depth) {
        level->depth--;
    }
}

static bool plain_wanted(const struct die_reader *reader, const struct level *level, const struct die_abbreviation *abbreviation, struct die *die) {
    if (level->passed || !die_tag_of(abbreviation->tag, &die->tag)) {
        return false;
    }
    return die->tag != DIE_PARAMETER || level->depth == 0 || VECTOR_AT(&reader->dies, struct die, die->parent)->tag != DIE_INLINED;
}

/* One entry that matters, and the way down to what is below it. */
static struct error *plain_visit(struct die_reader *reader, struct die_cursor *cursor, const struct die_abbreviation *abbreviation, struct die *die,
                                 struct level *level) {
    if (level->depth > PLAIN_DEPTH_MAX) {
        return error_create(ERROR_FORMAT, "%s: entries nest deeper than %d at .debug_info offset 0x%llx", reader->file->path, PLAIN_DEPTH_MAX,
                            (unsigned long long)die->offset);
    }
    struct error *error = plain_entry(reader, cursor, abbreviation, die);
    uint32_t index = (uint32_t)vector_append(&reader->dies, die, 1);
    if (!error && abbreviation->children) {
        level->parents[++level->depth] = index;
    }
    return error ? error : reader->dies.failed ? error_out_of_memory() : NULL;
}

static struct error *plain_entries(struct die_reader *reader, struct die_cursor cursor) {
    const struct die_plain *plain = &reader->plain;
    struct level level = {.parents = {DIE_NONE}};
    struct error *error = NULL;
    bool ended = false; /* the unit's own entry has no more below it */
    while (!error && !ended && cursor.at < cursor.end) {
        struct die die = {.offset = (uint64_t)(cursor.at - plain->info.at), .parent = level.parents[level.depth]};
        uint64_t code = die_cursor_uleb(&cursor);
        const struct die_abbreviation *abbreviation = die_abbreviations_find(&plain->abbreviations, code);
        if (cursor.failed || (code && !abbreviation)) {
            error = die_reader_error(reader, NULL, "entry", die.offset);
        } else if (!code) {
            level_leave(&level);
            ended = level.depth == 0 && !level.passed;
        } else if (plain_wanted(reader, &level, abbreviation, &die)) {
            error = plain_visit(reader, &cursor, abbreviation, &die, &level);
            ended = level.depth == 0;
        } else {
            bool below = plain_pass(reader, &cursor, abbreviation);
            level.passed += below ? 1 : 0;
            ended = level.depth == 0 && !below;
        }
        if (!error && cursor.failed) {
            error = die_reader_error(reader, NULL, "attributes", die.offset);
        }
    }
    return error;
}

/* The unit at the cursor, which it passes. */
static struct error *plain_unit(struct die_reader *reader, struct die_cursor *cursor) {
    struct die_plain *plain = &reader->plain;
    struct die_cursor unit = *cursor;
    struct die_value lines = {.kind = VALUE_NONE};
    plain->unit = (uint64_t)(cursor->at - plain->info.at);
    if (!plain_header(plain, &unit)) {
        return die_reader_error(reader, NULL, "unit header", plain->unit);
    }
    cursor->at = unit.end;
    plain_bases(reader, unit, &lines);
    reader->unit_root = plain->directory[0] != '/' ? plain->directory : NULL; /* a reproducible build mapped it away */
    vector_clear(&plain->directories);
    vector_clear(&plain->files);
    vector_clear(&reader->files);
    struct error *error = NULL;
    if (lines.kind == VALUE_PLACE || lines.kind == VALUE_NUMBER) {
        error = die_plain_lines(reader, lines.number);
    }
    error = error ? error : plain_entries(reader, unit);
    if (!error && (plain->directories.failed || plain->files.failed)) {
        error = error_out_of_memory();
    }
    return error ? error : die_reader_pass_on(reader);
}

struct error *die_plain_run(struct die_reader *reader) {
    plain_init(reader);
    struct die_cursor cursor = reader->plain.info;
    const unsigned char *kept = cursor.at; /* up to here the memory was let go of */
    struct error *error = NULL;
    if (cursor.at == cursor.end) {
        error = error_create(ERROR_FORMAT, "%s: no DWARF debug information (build with -g)", reader->file->path);
    }
    while (!error && cursor.at < cursor.end) {
        error = plain_unit(reader, &cursor);
        if (cursor.at - kept >= PLAIN_BATCH_BYTES) {
            elf_file_forget(reader->file);
            kept = cursor.at;
        }
    }
    plain_deinit(&reader->plain);
    return error;
}
