/* One visit of all entries of .debug_info, unit by unit. */
#include <stdlib.h>
#include "die_reader.h"

/* A handle of libdwarf keeps what it read of each unit until it is closed, so it is opened anew after so many bytes. */
enum { READER_DEPTH_MAX = 512, READER_BATCH_BYTES = 32 << 20 };

struct error *die_reader_error(struct die_reader *reader, Dwarf_Error cause, const char *what, uint64_t offset) {
    struct error *error = error_create(ERROR_FORMAT, "%s: malformed DWARF: %s at .debug_info offset 0x%llx: %s", reader->file->path, what,
                                       (unsigned long long)offset, cause ? dwarf_errmsg(cause) : "missing");
    if (cause && reader->dbg) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    return error;
}

bool die_tag_of(unsigned raw, uint16_t *out_tag) {
    switch (raw) {
    case DW_TAG_compile_unit:
    case DW_TAG_partial_unit:
        *out_tag = DIE_UNIT;
        return true;
    case DW_TAG_base_type:
        *out_tag = DIE_BASE;
        return true;
    case DW_TAG_pointer_type:
    case DW_TAG_reference_type:
        *out_tag = DIE_POINTER;
        return true;
    case DW_TAG_array_type:
        *out_tag = DIE_ARRAY;
        return true;
    case DW_TAG_subrange_type:
        *out_tag = DIE_SUBRANGE;
        return true;
    case DW_TAG_structure_type:
    case DW_TAG_class_type:
        *out_tag = DIE_STRUCT;
        return true;
    case DW_TAG_union_type:
        *out_tag = DIE_UNION;
        return true;
    case DW_TAG_member:
        *out_tag = DIE_MEMBER;
        return true;
    case DW_TAG_enumeration_type:
        *out_tag = DIE_ENUM;
        return true;
    case DW_TAG_enumerator:
        *out_tag = DIE_ENUMERATOR;
        return true;
    case DW_TAG_typedef:
        *out_tag = DIE_TYPEDEF;
        return true;
    case DW_TAG_const_type:
    case DW_TAG_volatile_type:
    case DW_TAG_restrict_type:
    case DW_TAG_atomic_type:
        *out_tag = DIE_QUALIFIER;
        return true;
    case DW_TAG_subroutine_type:
        *out_tag = DIE_SUBROUTINE_TYPE;
        return true;
    case DW_TAG_unspecified_type:
        *out_tag = DIE_UNSPECIFIED_TYPE;
        return true;
    case DW_TAG_subprogram:
        *out_tag = DIE_FUNCTION;
        return true;
    case DW_TAG_formal_parameter:
        *out_tag = DIE_PARAMETER;
        return true;
    case DW_TAG_inlined_subroutine:
        *out_tag = DIE_INLINED;
        return true;
    case DW_TAG_variable:
        *out_tag = DIE_VARIABLE;
        return true;
    case DW_TAG_lexical_block:
        *out_tag = DIE_SCOPE;
        return true;
    default:
        return false;
    }
}

/* Visits `raw` and what is below it; takes `raw` over. */
static struct error *reader_visit(struct die_reader *reader, Dwarf_Die raw, uint32_t parent, unsigned depth) {
    struct error *error = NULL;
    while (raw && !error) {
        Dwarf_Error cause = NULL;
        Dwarf_Half tag = 0;
        Dwarf_Off offset = 0;
        struct die die = {.parent = parent};
        if (dwarf_dieoffset(raw, &offset, &cause) != DW_DLV_OK || dwarf_tag(raw, &tag, &cause) != DW_DLV_OK) {
            error = die_reader_error(reader, cause, "entry", offset);
            break;
        }
        die.offset = offset;
        if (depth && offset <= reader->last) { /* siblings that lead back would never end */
            error = die_reader_error(reader, NULL, "entry", offset);
            break;
        }
        reader->last = offset;
        bool wanted = die_tag_of(tag, &die.tag);
        if (wanted && die.tag == DIE_PARAMETER && VECTOR_AT(&reader->dies, struct die, parent)->tag == DIE_INLINED) {
            wanted = false;
        }
        if (depth > READER_DEPTH_MAX) {
            error = error_create(ERROR_FORMAT, "%s: entries nest deeper than %d at .debug_info offset 0x%llx", reader->file->path, READER_DEPTH_MAX,
                                 (unsigned long long)offset);
            break;
        }
        if (wanted) {
            error = die_library_entry(reader, raw, &die);
            uint32_t index = (uint32_t)vector_append(&reader->dies, &die, 1);
            error = !error && reader->dies.failed ? error_out_of_memory() : error;
            Dwarf_Die child = NULL;
            int result = error ? DW_DLV_NO_ENTRY : dwarf_child(raw, &child, &cause);
            if (result == DW_DLV_ERROR) {
                error = die_reader_error(reader, cause, "children", offset);
            } else if (result == DW_DLV_OK) {
                error = reader_visit(reader, child, index, depth + 1);
            }
        }
        Dwarf_Die next = NULL;
        if (!error && depth > 0) {
            int result = dwarf_siblingof_b(reader->dbg, raw, 1, &next, &cause);
            if (result == DW_DLV_ERROR) {
                error = die_reader_error(reader, cause, "sibling", offset);
            }
        }
        dwarf_dealloc_die(raw);
        raw = next;
    }
    if (error && raw) {
        dwarf_dealloc_die(raw);
    }
    return error;
}

struct error *die_reader_pass_on(struct die_reader *reader) {
    if (reader->dies.failed || reader->ranges.failed || reader->files.failed) {
        return error_out_of_memory();
    }
    index_builder_unit(reader->builder, reader->dies.items, (uint32_t)reader->dies.count, reader->ranges.items);
    vector_clear(&reader->dies);
    vector_clear(&reader->ranges);
    return NULL;
}

static struct error *reader_unit(struct die_reader *reader, Dwarf_Die unit) {
    Dwarf_Error cause = NULL;
    Dwarf_Off offset = 0;
    Dwarf_Addr low = 0;
    if (dwarf_dieoffset(unit, &offset, &cause) != DW_DLV_OK) {
        dwarf_dealloc_die(unit);
        return die_reader_error(reader, cause, "unit", 0);
    }
    reader->low_pc = dwarf_lowpc(unit, &low, &cause) == DW_DLV_OK ? low : 0;
    if (cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    reader->last = offset;
    struct error *error = die_lines_read(reader, unit, offset);
    if (error) {
        dwarf_dealloc_die(unit);
    } else {
        error = reader_visit(reader, unit, DIE_NONE, 0);
    }
    error = error ? error : die_reader_pass_on(reader);
    die_lines_drop(reader);
    return error;
}

/* Units from *position on, about READER_BATCH_BYTES of them; *position is UINT64_MAX at the end. */
static struct error *reader_batch(struct die_reader *reader, uint64_t *position, size_t *units) {
    uint64_t start = *position;
    uint64_t place = 0;
    struct error *error = NULL;
    while (!error && place - (place < start ? place : start) < READER_BATCH_BYTES) {
        Dwarf_Unsigned length = 0;
        Dwarf_Half version = 0;
        Dwarf_Off abbreviations = 0;
        Dwarf_Half address_size = 0;
        Dwarf_Half offset_size = 0;
        Dwarf_Half extension = 0;
        Dwarf_Sig8 signature;
        Dwarf_Unsigned type_offset = 0;
        Dwarf_Unsigned next = 0;
        Dwarf_Half kind = 0;
        Dwarf_Error cause = NULL;
        int result = dwarf_next_cu_header_d(reader->dbg, 1, &length, &version, &abbreviations, &address_size, &offset_size, &extension, &signature,
                                            &type_offset, &next, &kind, &cause);
        if (result == DW_DLV_NO_ENTRY) {
            *position = UINT64_MAX;
            return NULL;
        }
        if (result == DW_DLV_ERROR || next <= place) {
            return die_reader_error(reader, cause, "unit header", place);
        }
        bool skipped = place < start; /* read in an earlier batch */
        place = next;
        if (skipped) {
            continue;
        }
        Dwarf_Die unit = NULL;
        if (dwarf_siblingof_b(reader->dbg, NULL, 1, &unit, &cause) != DW_DLV_OK) {
            return die_reader_error(reader, cause, "unit header", place);
        }
        reader->version = version;
        error = reader_unit(reader, unit);
        *position = place;
        ++*units;
    }
    return error;
}

/* All units through libdwarf. */
static struct error *reader_library_run(struct die_reader *reader) {
    Dwarf_Obj_Access_Interface interface;
    struct error *error = NULL;
    uint64_t position = 0;
    size_t units = 0;
    while (!error && position != UINT64_MAX) {
        error = die_access_open(reader, &interface);
        if (!error) {
            error = reader_batch(reader, &position, &units);
            die_access_close(reader);
        }
    }
    if (!error && !units) {
        error = error_create(ERROR_FORMAT, "%s: no DWARF debug information (.debug_info is empty; build with -g)", reader->file->path);
    }
    return error;
}

enum die_decoder die_decoder_of(const struct elf_file *file) {
    return die_access_fits(file) ? DIE_PLAIN : DIE_LIBRARY;
}

struct error *die_reader_run(struct elf_file *file, const char *source_root, enum die_decoder decoder, struct index_builder *builder) {
    struct die_reader reader = {.file = file,
                                .source_root = source_root ? source_root : "",
                                .builder = builder,
                                .dies = VECTOR_OF(struct die),
                                .ranges = VECTOR_OF(struct address_range),
                                .files = VECTOR_OF(uint32_t),
                                .names = calloc(NAME_CACHE, sizeof *reader.names)};
    if (!reader.names) {
        return error_out_of_memory();
    }
    struct error *error = decoder == DIE_PLAIN ? die_plain_run(&reader) : reader_library_run(&reader);
    free(reader.names);
    vector_deinit(&reader.dies);
    vector_deinit(&reader.ranges);
    vector_deinit(&reader.files);
    return error;
}
