/* The only file that knows libdw: one visit of all entries of .debug_info, and of the line tables. */
#include <dwarf.h>
#include <elfutils/libdw.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include "die.h"
#include "index_builder.h"

/* A handle of libdw keeps what it read of each unit until it is closed, so it is opened anew after so many bytes. */
enum { READER_DEPTH_MAX = 512, READER_BATCH_BYTES = 32 << 20, NAME_CACHE = 1 << 14 };
#define FILE_UNKNOWN UINT32_MAX

/* Strings of .debug_str are used again and again: the number of one that was interned before, by its place. */
struct known_name {
    const char *place;
    uint32_t number;
};

struct die_reader {
    struct elf_file *file;
    const char *source_root; /* "" = none */
    Dwarf *dwarf;
    struct index_builder *builder;
    struct vector dies;       /* struct die, of the unit at hand */
    struct vector ranges;     /* struct address_range, of the unit at hand */
    struct vector files;      /* uint32_t: string number of each entry of the unit's file table; FILE_UNKNOWN = not asked for yet */
    Dwarf_Files *file_table;  /* libdw's */
    const char *unit_root;    /* the unit's compile directory where it is relative: names are relative to it */
    uint64_t last;            /* offset of the entry visited last */
    struct known_name *names; /* NAME_CACHE of them; owned */
};

/* The entry at hand while its attributes are visited. */
struct entry_visit {
    struct die_reader *reader;
    struct die *die;
    Dwarf_Attribute entry_pc;
    bool has_entry_pc;
    bool has_code;
    struct error *error;
};

static struct error *reader_error(const struct die_reader *reader, const char *what, uint64_t offset) {
    const char *cause = dwarf_errmsg(-1);
    return error_create(ERROR_FORMAT, "%s: malformed DWARF: %s at .debug_info offset 0x%llx: %s", reader->file->path, what,
                        (unsigned long long)offset, cause ? cause : "missing");
}

/* The part of `path` behind the directory `root`; `path` itself where it lies elsewhere. */
static const char *path_below(const char *path, const char *root) {
    size_t length = root ? strlen(root) : 0;
    return length && strncmp(path, root, length) == 0 && path[length] == '/' ? path + length + 1 : path;
}

/* Removes "." and ".." and doubled slashes, then the root. */
static uint32_t reader_intern_path(struct die_reader *reader, const char *path) {
    char *clean = malloc(strlen(path) + 2);
    if (!clean) {
        reader->builder->strings.failed = true;
        return 0;
    }
    size_t length = 0;
    bool absolute = path[0] == '/';
    while (*path) {
        while (*path == '/') {
            path++;
        }
        size_t part = strcspn(path, "/");
        if (part == 2 && path[0] == '.' && path[1] == '.' && length && strcmp(clean + (length >= 2 ? length - 2 : 0), "..") != 0) {
            while (length && clean[length - 1] != '/') {
                length--;
            }
            length -= length ? 1 : 0;
        } else if (part && !(part == 1 && path[0] == '.')) {
            if (length || absolute) {
                clean[length++] = '/';
            }
            memcpy(clean + length, path, part);
            length += part;
        }
        clean[length] = 0;
        path += part;
    }
    clean[length] = 0;
    uint32_t number = strings_intern(&reader->builder->strings, path_below(path_below(clean, reader->source_root), reader->unit_root));
    free(clean);
    return number;
}

static uint32_t reader_file(struct die_reader *reader, uint64_t index) {
    if (index >= reader->files.count) {
        return 0;
    }
    uint32_t *number = VECTOR_AT(&reader->files, uint32_t, index);
    if (*number == FILE_UNKNOWN) {
        const char *path = dwarf_filesrc(reader->file_table, (size_t)index, NULL, NULL);
        *number = path ? reader_intern_path(reader, path) : 0;
    }
    return *number;
}

static struct error *reader_read_files(struct die_reader *reader, Dwarf_Die *unit, uint64_t offset) {
    size_t count = 0;
    Dwarf_Attribute attribute;
    vector_clear(&reader->files);
    reader->unit_root = NULL;
    if (!dwarf_hasattr(unit, DW_AT_stmt_list)) {
        return NULL;
    }
    if (dwarf_getsrcfiles(unit, &reader->file_table, &count) != 0) {
        return reader_error(reader, "file table", offset);
    }
    for (size_t i = 0; i < count; i++) {
        *(uint32_t *)vector_push(&reader->files) = FILE_UNKNOWN;
    }
    const char *directory = dwarf_attr(unit, DW_AT_comp_dir, &attribute) ? dwarf_formstring(&attribute) : NULL;
    reader->unit_root = directory && directory[0] != '/' ? directory : NULL; /* a reproducible build mapped it away */
    return NULL;
}

/* libdw gives the rows of a unit by address. Rows of sections that the linker dropped lie in no code. */
static struct error *reader_read_lines(struct die_reader *reader, Dwarf_Die *unit, uint64_t offset) {
    Dwarf_Lines *lines = NULL;
    size_t count = 0;
    if (!reader->files.count) {
        return NULL;
    }
    if (dwarf_getsrclines(unit, &lines, &count) != 0) {
        return reader_error(reader, "line table", offset);
    }
    for (size_t i = 0; i < count; i++) {
        Dwarf_Line *row = dwarf_onesrcline(lines, i);
        Dwarf_Addr address = 0;
        Dwarf_Files *table = NULL;
        size_t file = 0;
        int line = 0;
        bool end = false;
        if (dwarf_lineaddr(row, &address) != 0 || dwarf_lineno(row, &line) != 0 || dwarf_line_file(row, &table, &file) != 0 ||
            dwarf_lineendsequence(row, &end) != 0) {
            return reader_error(reader, "line table row", offset);
        }
        if (address && elf_file_is_code(reader->file, end ? address - 1 : address)) {
            index_builder_line(reader->builder, address, reader_file(reader, file), (uint32_t)line, end);
        }
    }
    return NULL;
}

static bool die_tag_of(int raw, uint16_t *out_tag) {
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

static bool expression_uleb(const unsigned char **at, const unsigned char *end, uint64_t *out_value) {
    uint64_t value = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        unsigned char byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            *out_value = value;
            return true;
        }
    }
    return false;
}

/* An indexed address, which libdw looks up. */
static bool attribute_indexed_address(Dwarf_Attribute *attribute, uint64_t *out_address) {
    Dwarf_Op *operations = NULL;
    size_t count = 0;
    Dwarf_Attribute indexed;
    Dwarf_Addr address = 0;
    if (dwarf_getlocation(attribute, &operations, &count) != 0 || !count || dwarf_getlocation_attr(attribute, operations, &indexed) != 0 ||
        dwarf_formaddr(&indexed, &address) != 0) {
        return false;
    }
    *out_address = address;
    return true;
}

/* An expression that is one fixed place: an address, an indexed address, or an offset in the thread's block; others are not static. */
static void reader_location(const struct die_reader *reader, Dwarf_Attribute *attribute, struct die *die) {
    Dwarf_Block block;
    if (dwarf_formblock(attribute, &block) != 0) {
        return; /* a location list: a variable that lives in registers or on the stack */
    }
    const unsigned char *at = block.data;
    const unsigned char *end = at + block.length;
    uint64_t value = 0;
    bool known = false;
    while (at < end) {
        unsigned char op = *at++;
        size_t width = reader->builder->pointer_size;
        uint64_t operand = 0;
        if ((op == DW_OP_addr || op == DW_OP_const8u || op == DW_OP_const4u) && !known) {
            width = op == DW_OP_const8u ? 8 : op == DW_OP_const4u ? 4 : width;
            if ((size_t)(end - at) < width) {
                return;
            }
            memcpy(&value, at, width); /* little-endian, as elf_file checked */
            at += width;
            known = true;
        } else if ((op == DW_OP_addrx || op == DW_OP_GNU_addr_index) && !known) {
            if (!expression_uleb(&at, end, &operand) || !attribute_indexed_address(attribute, &value)) {
                return;
            }
            known = true;
        } else if (op == DW_OP_plus_uconst && known && expression_uleb(&at, end, &operand)) {
            value += operand;
        } else if ((op == DW_OP_form_tls_address || op == DW_OP_GNU_push_tls_address) && known) {
            die->flags |= DIE_THREAD_LOCAL;
        } else {
            return;
        }
    }
    if (known) {
        die->location = value;
        die->flags |= DIE_HAS_ADDRESS;
    }
}

static void reader_range(struct die_reader *reader, struct die *die, uint64_t low, uint64_t high) {
    if (low >= high || low == 0) {
        return; /* empty, or of a section that the linker dropped */
    }
    struct address_range *range = vector_push(&reader->ranges);
    range->low = low;
    range->high = high;
    die->range_count++;
    if (!(die->flags & DIE_HAS_ENTRY)) {
        die->location = low;
        die->flags |= DIE_HAS_ENTRY;
    }
}

static uint64_t attribute_number(Dwarf_Attribute *attribute, bool *out_known) {
    Dwarf_Word value = 0;
    Dwarf_Sword negative = 0;
    unsigned form = dwarf_whatform(attribute);
    *out_known = true;
    if ((form == DW_FORM_sdata || form == DW_FORM_implicit_const) && dwarf_formsdata(attribute, &negative) == 0) {
        return (uint64_t)negative;
    }
    if (dwarf_formudata(attribute, &value) == 0) {
        return value;
    }
    *out_known = false;
    return 0;
}

/* An old-style member location is an expression, "add so many bytes to the record's address". */
static uint64_t attribute_member_location(Dwarf_Attribute *attribute) {
    bool known = false;
    uint64_t value = attribute_number(attribute, &known);
    Dwarf_Block block;
    if (!known && dwarf_formblock(attribute, &block) == 0) {
        const unsigned char *at = block.data;
        const unsigned char *end = at + block.length;
        if (at < end && *at++ == DW_OP_plus_uconst) {
            expression_uleb(&at, end, &value);
        }
    }
    return value;
}

static uint64_t attribute_reference(Dwarf_Attribute *attribute) {
    Dwarf_Die target;
    return dwarf_formref_die(attribute, &target) ? dwarf_dieoffset(&target) : 0;
}

static bool attribute_flag(Dwarf_Attribute *attribute) {
    bool set = false;
    return dwarf_formflag(attribute, &set) == 0 && set;
}

static uint32_t reader_name(struct die_reader *reader, Dwarf_Attribute *attribute) {
    const char *string = dwarf_formstring(attribute);
    if (!string) {
        return 0;
    }
    struct known_name *known = &reader->names[(uintptr_t)string * 0x9e3779b97f4a7c15u >> 50];
    if (known->place != string) {
        known->place = string;
        known->number = strings_intern(&reader->builder->strings, string);
    }
    return known->number;
}

static int on_attribute(Dwarf_Attribute *attribute, void *context) {
    struct entry_visit *visit = context;
    struct die_reader *reader = visit->reader;
    struct die *die = visit->die;
    unsigned name = dwarf_whatattr(attribute);
    bool known = false;
    switch (name) {
    case DW_AT_name:
        die->name = reader_name(reader, attribute);
        break;
    case DW_AT_type:
        die->type = attribute_reference(attribute);
        break;
    case DW_AT_abstract_origin:
    case DW_AT_specification:
        die->origin = attribute_reference(attribute);
        break;
    case DW_AT_byte_size:
        die->size = attribute_number(attribute, &known);
        die->flags |= known ? DIE_HAS_SIZE : 0;
        break;
    case DW_AT_bit_size:
        die->bit_size = (uint32_t)attribute_number(attribute, &known);
        die->flags |= known ? DIE_HAS_BIT_SIZE : 0;
        break;
    case DW_AT_bit_offset:
        die->bit_offset = attribute_number(attribute, &known);
        die->flags |= known ? DIE_OLD_BIT_OFFSET : 0;
        break;
    case DW_AT_data_bit_offset:
        die->bit_offset = attribute_number(attribute, &known);
        die->flags |= known ? DIE_HAS_DATA_BIT_OFFSET : 0;
        break;
    case DW_AT_data_member_location:
        die->location = attribute_member_location(attribute);
        break;
    case DW_AT_encoding:
    case DW_AT_const_value:
        if (die->tag == DIE_BASE || die->tag == DIE_ENUMERATOR) {
            die->count = attribute_number(attribute, &known);
        }
        break;
    case DW_AT_count:
    case DW_AT_upper_bound:
        die->count = attribute_number(attribute, &known) + (name == DW_AT_upper_bound && known ? 1 : 0);
        die->flags |= known ? DIE_HAS_COUNT : 0;
        break;
    case DW_AT_decl_file:
        die->file = reader_file(reader, attribute_number(attribute, &known));
        break;
    case DW_AT_decl_line:
        die->line = (uint32_t)attribute_number(attribute, &known);
        break;
    case DW_AT_decl_column:
        die->column = (uint32_t)attribute_number(attribute, &known);
        break;
    case DW_AT_call_file:
        die->call_file = reader_file(reader, attribute_number(attribute, &known));
        break;
    case DW_AT_call_line:
        die->call_line = (uint32_t)attribute_number(attribute, &known);
        break;
    case DW_AT_external:
        die->flags |= attribute_flag(attribute) ? DIE_EXTERNAL : 0;
        break;
    case DW_AT_declaration:
        die->flags |= attribute_flag(attribute) ? DIE_DECLARATION : 0;
        break;
    case DW_AT_inline:
        die->flags |= attribute_number(attribute, &known) != DW_INL_not_inlined ? DIE_INLINE : 0;
        break;
    case DW_AT_location:
        if (die->tag == DIE_VARIABLE) {
            reader_location(reader, attribute, die);
        }
        break;
    case DW_AT_low_pc:
    case DW_AT_ranges:
        visit->has_code = true;
        break;
    case DW_AT_entry_pc:
        visit->entry_pc = *attribute;
        visit->has_entry_pc = true;
        break;
    default:
        break;
    }
    return DWARF_CB_OK;
}

static struct error *reader_code(struct die_reader *reader, Dwarf_Die *raw, struct entry_visit *visit) {
    Dwarf_Addr base = 0;
    Dwarf_Addr low = 0;
    Dwarf_Addr high = 0;
    ptrdiff_t next = 0;
    while ((next = dwarf_ranges(raw, next, &base, &low, &high)) > 0) {
        reader_range(reader, visit->die, low, high);
    }
    if (next < 0) {
        return reader_error(reader, "range list", visit->die->offset);
    }
    if (visit->die->tag == DIE_INLINED && visit->die->range_count && visit->has_entry_pc) {
        bool known = false;
        if (dwarf_formaddr(&visit->entry_pc, &low) == 0) {
            visit->die->location = low;
        } else {
            uint64_t offset = attribute_number(&visit->entry_pc, &known);
            visit->die->location += known ? offset : 0;
        }
    }
    return NULL;
}

static struct error *reader_entry(struct die_reader *reader, Dwarf_Die *raw, struct die *die) {
    struct entry_visit visit = {.reader = reader, .die = die};
    if (die->tag == DIE_UNIT) {
        return NULL;
    }
    die->ranges = (uint32_t)reader->ranges.count;
    if (dwarf_getattrs(raw, on_attribute, &visit, 0) < 0) {
        return reader_error(reader, "attributes", die->offset);
    }
    return visit.has_code && (die->tag == DIE_FUNCTION || die->tag == DIE_INLINED) ? reader_code(reader, raw, &visit) : NULL;
}

/* Visits `raw`, its siblings but for the unit, and what is below them. */
static struct error *reader_visit(struct die_reader *reader, Dwarf_Die raw, uint32_t parent, unsigned depth) {
    struct error *error = NULL;
    for (int more = 0; more == 0 && !error;) {
        struct die die = {.parent = parent, .offset = dwarf_dieoffset(&raw)};
        int tag = dwarf_tag(&raw);
        if (tag == DW_TAG_invalid || (depth && die.offset <= reader->last)) { /* siblings that lead back would never end */
            return reader_error(reader, "entry", die.offset);
        }
        if (depth > READER_DEPTH_MAX) {
            return error_create(ERROR_FORMAT, "%s: entries nest deeper than %d at .debug_info offset 0x%llx", reader->file->path, READER_DEPTH_MAX,
                                (unsigned long long)die.offset);
        }
        reader->last = die.offset;
        bool wanted = die_tag_of(tag, &die.tag);
        if (wanted && die.tag == DIE_PARAMETER && VECTOR_AT(&reader->dies, struct die, parent)->tag == DIE_INLINED) {
            wanted = false;
        }
        if (wanted) {
            error = reader_entry(reader, &raw, &die);
            uint32_t index = (uint32_t)vector_append(&reader->dies, &die, 1);
            error = !error && reader->dies.failed ? error_out_of_memory() : error;
            Dwarf_Die child;
            int below = error || !dwarf_haschildren(&raw) ? 1 : dwarf_child(&raw, &child);
            if (below < 0) {
                error = reader_error(reader, "children", die.offset);
            } else if (below == 0) {
                error = reader_visit(reader, child, index, depth + 1);
            }
        }
        more = error || depth == 0 ? 1 : dwarf_siblingof(&raw, &raw);
        if (more < 0) {
            error = reader_error(reader, "sibling", die.offset);
        }
    }
    return error;
}

static struct error *reader_unit(struct die_reader *reader, Dwarf_Die *unit) {
    uint64_t offset = dwarf_dieoffset(unit);
    vector_clear(&reader->dies);
    vector_clear(&reader->ranges);
    reader->last = offset;
    struct error *error = reader_read_files(reader, unit, offset);
    error = error ? error : reader_read_lines(reader, unit, offset);
    error = error ? error : reader_visit(reader, *unit, DIE_NONE, 0);
    if (!error && (reader->dies.failed || reader->ranges.failed || reader->files.failed)) {
        error = error_out_of_memory();
    }
    if (!error) {
        index_builder_unit(reader->builder, reader->dies.items, (uint32_t)reader->dies.count, reader->ranges.items);
    }
    return error;
}

/* Units from *position on, about READER_BATCH_BYTES of them; *position is UINT64_MAX at the end. */
static struct error *reader_batch(struct die_reader *reader, uint64_t *position, size_t *units) {
    uint64_t start = *position;
    struct error *error = NULL;
    while (!error && *position - start < READER_BATCH_BYTES) {
        Dwarf_Off next = 0;
        size_t header = 0;
        Dwarf_Half version = 0;
        Dwarf_Off abbreviations = 0;
        Dwarf_Die unit;
        int more = dwarf_next_unit(reader->dwarf, *position, &next, &header, &version, &abbreviations, NULL, NULL, NULL, NULL);
        if (more > 0) {
            *position = UINT64_MAX;
            return NULL;
        }
        if (more < 0 || next <= *position || !dwarf_offdie(reader->dwarf, *position + header, &unit)) {
            return reader_error(reader, "unit header", *position);
        }
        *position = next;
        error = reader_unit(reader, &unit);
        ++*units;
    }
    return error;
}

struct error *die_reader_run(struct elf_file *file, const char *source_root, struct index_builder *builder) {
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
    elf_version(EV_CURRENT);
    struct error *error = NULL;
    uint64_t position = 0;
    size_t units = 0;
    while (!error && position != UINT64_MAX) {
        Elf *elf = elf_memory((char *)(uintptr_t)file->bytes, file->size); /* it is only read */
        reader.dwarf = elf ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;
        error = reader.dwarf
                    ? reader_batch(&reader, &position, &units)
                    : error_create(ERROR_FORMAT, "%s: cannot read DWARF at offset 0: %s", file->path, elf ? dwarf_errmsg(-1) : elf_errmsg(-1));
        memset(reader.names, 0, NAME_CACHE * sizeof *reader.names); /* a string that was decompressed goes away with its handle */
        dwarf_end(reader.dwarf);
        elf_end(elf);
        elf_file_forget(file);
    }
    if (!error && !units) {
        error = error_create(ERROR_FORMAT, "%s: no DWARF debug information (.debug_info is empty; build with -g)", file->path);
    }
    free(reader.names);
    vector_deinit(&reader.dies);
    vector_deinit(&reader.ranges);
    vector_deinit(&reader.files);
    return error;
}
