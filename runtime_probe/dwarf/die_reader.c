/* The only file that knows libdwarf (release 20210528): one visit of all entries of .debug_info, and of the line tables. */
#include <elf.h>
#include <libdwarf/dwarf.h>
#include <libdwarf/libdwarf.h>
#include <stdlib.h>
#include <string.h>
#include "die.h"
#include "index_builder.h"

/* A handle of libdwarf keeps what it read of each unit until it is closed, so it is opened anew after so many bytes. */
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
    Dwarf_Debug dbg;
    struct index_builder *builder;
    struct vector dies;    /* struct die, of the unit at hand */
    struct vector ranges;  /* struct address_range, of the unit at hand */
    struct vector files;   /* uint32_t: string number of each entry of the unit's file table; FILE_UNKNOWN = not asked for yet */
    char **paths;          /* the file table, libdwarf's */
    int64_t file_base;     /* number of its first entry: 0 since DWARF 5, else 1 */
    const char *unit_root; /* the unit's compile directory where it is relative: names are relative to it */
    uint16_t version;
    uint64_t low_pc;          /* of the unit */
    uint64_t last;            /* offset of the entry visited last */
    struct known_name *names; /* NAME_CACHE of them; owned */
};

/* Turns a libdwarf failure into an error that names the place, and releases it. */
static struct error *reader_error(struct die_reader *reader, Dwarf_Error cause, const char *what, uint64_t offset) {
    struct error *error = error_create(ERROR_FORMAT, "%s: malformed DWARF: %s at .debug_info offset 0x%llx: %s", reader->file->path, what,
                                       (unsigned long long)offset, cause ? dwarf_errmsg(cause) : "missing");
    if (cause && reader->dbg) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    return error;
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

static uint32_t reader_file(struct die_reader *reader, uint64_t number) {
    int64_t index = (int64_t)number - reader->file_base;
    if (index < 0 || (uint64_t)index >= reader->files.count) {
        return 0;
    }
    uint32_t *known = VECTOR_AT(&reader->files, uint32_t, index);
    if (*known == FILE_UNKNOWN) {
        *known = reader_intern_path(reader, reader->paths[index]);
    }
    return *known;
}

/* The unit's file table: names are interned when they are asked for. reader_drop_files gives it back. */
static struct error *reader_read_files(struct die_reader *reader, Dwarf_Die unit, uint64_t offset) {
    Dwarf_Error cause = NULL;
    Dwarf_Signed count = 0;
    char *directory = NULL;
    int result = dwarf_srcfiles(unit, &reader->paths, &count, &cause);
    if (result == DW_DLV_ERROR) {
        return reader_error(reader, cause, "file table", offset);
    }
    for (Dwarf_Signed i = 0; result == DW_DLV_OK && i < count; i++) {
        *(uint32_t *)vector_push(&reader->files) = FILE_UNKNOWN;
    }
    if (dwarf_die_text(unit, DW_AT_comp_dir, &directory, &cause) == DW_DLV_OK && directory[0] != '/') {
        reader->unit_root = directory; /* a reproducible build mapped it away */
    }
    if (cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    return NULL;
}

static void reader_drop_files(struct die_reader *reader) {
    for (size_t i = 0; reader->paths && i < reader->files.count; i++) {
        dwarf_dealloc(reader->dbg, reader->paths[i], DW_DLA_STRING);
    }
    if (reader->paths) {
        dwarf_dealloc(reader->dbg, reader->paths, DW_DLA_LIST);
    }
    reader->paths = NULL;
    reader->unit_root = NULL;
    vector_clear(&reader->files);
}

static struct error *reader_rows(struct die_reader *reader, Dwarf_Line *lines, Dwarf_Signed count, uint64_t offset) {
    bool discarded = false;
    bool first = true;
    for (Dwarf_Signed i = 0; i < count; i++) {
        Dwarf_Error cause = NULL;
        Dwarf_Addr address = 0;
        Dwarf_Unsigned line = 0;
        Dwarf_Unsigned file = 0;
        Dwarf_Bool end = 0;
        if (dwarf_lineaddr(lines[i], &address, &cause) != DW_DLV_OK || dwarf_lineno(lines[i], &line, &cause) != DW_DLV_OK ||
            dwarf_line_srcfileno(lines[i], &file, &cause) != DW_DLV_OK || dwarf_lineendsequence(lines[i], &end, &cause) != DW_DLV_OK) {
            return reader_error(reader, cause, "line table row", offset);
        }
        if (first) {
            discarded = address == 0; /* the linker dropped this function's section */
        }
        first = end != 0;
        if (!discarded && elf_file_is_code(reader->file, end ? address - 1 : address)) {
            index_builder_line(reader->builder, address, reader_file(reader, file), (uint32_t)line, end != 0);
        }
    }
    return NULL;
}

static struct error *reader_read_lines(struct die_reader *reader, Dwarf_Die unit, uint64_t offset) {
    Dwarf_Error cause = NULL;
    Dwarf_Unsigned version = 0;
    Dwarf_Small tables = 0;
    Dwarf_Line_Context context = NULL;
    int result = dwarf_srclines_b(unit, &version, &tables, &context, &cause);
    if (result == DW_DLV_ERROR) {
        return reader_error(reader, cause, "line table", offset);
    }
    if (result == DW_DLV_NO_ENTRY) {
        return NULL;
    }
    reader->file_base = version >= 5 ? 0 : 1;
    struct error *error = reader_read_files(reader, unit, offset);
    Dwarf_Line *lines = NULL;
    Dwarf_Signed count = 0;
    if (!error && dwarf_srclines_from_linecontext(context, &lines, &count, &cause) == DW_DLV_ERROR) {
        error = reader_error(reader, cause, "line table", offset);
    }
    if (!error) {
        error = reader_rows(reader, lines, count, offset);
    }
    dwarf_srclines_dealloc_b(context);
    return error;
}

static bool die_tag_of(Dwarf_Half raw, uint16_t *out_tag) {
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

/* An expression that is one fixed place: an address, an indexed address, or an offset in the thread's block; others are not static. */
static void reader_expression(struct die_reader *reader, Dwarf_Die raw, const unsigned char *at, uint64_t length, struct die *die) {
    const unsigned char *end = at + length;
    Dwarf_Error cause = NULL;
    uint64_t value = 0;
    bool known = false;
    while (at < end) {
        unsigned char op = *at++;
        size_t width = reader->builder->pointer_size;
        uint64_t operand = 0;
        Dwarf_Addr address = 0;
        if ((op == DW_OP_addr || op == DW_OP_const8u || op == DW_OP_const4u) && !known) {
            width = op == DW_OP_const8u ? 8 : op == DW_OP_const4u ? 4 : width;
            if ((size_t)(end - at) < width) {
                return;
            }
            memcpy(&value, at, width); /* little-endian, as elf_file checked */
            at += width;
            known = true;
        } else if ((op == DW_OP_addrx || op == DW_OP_GNU_addr_index) && !known) {
            if (!expression_uleb(&at, end, &operand) || dwarf_debug_addr_index_to_addr(raw, operand, &address, &cause) != DW_DLV_OK) {
                if (cause) {
                    dwarf_dealloc_error(reader->dbg, cause);
                }
                return;
            }
            value = address;
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

static void reader_location(struct die_reader *reader, Dwarf_Die raw, Dwarf_Attribute attribute, struct die *die) {
    Dwarf_Unsigned length = 0;
    Dwarf_Ptr block = NULL;
    Dwarf_Error cause = NULL;
    Dwarf_Block *old = NULL; /* before DWARF 4 an expression is a plain block */
    if (dwarf_formexprloc(attribute, &length, &block, &cause) != DW_DLV_OK) {
        if (cause) {
            dwarf_dealloc_error(reader->dbg, cause);
            cause = NULL;
        }
        if (dwarf_formblock(attribute, &old, &cause) != DW_DLV_OK) {
            if (cause) {
                dwarf_dealloc_error(reader->dbg, cause);
            }
            return; /* a location list: a variable that lives in registers or on the stack */
        }
        block = old->bl_data;
        length = old->bl_len;
    }
    reader_expression(reader, raw, block, length, die);
    if (old) {
        dwarf_dealloc(reader->dbg, old, DW_DLA_BLOCK);
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

static struct error *reader_range_list(struct die_reader *reader, Dwarf_Die raw, Dwarf_Attribute attribute, struct die *die) {
    Dwarf_Error cause = NULL;
    if (reader->version >= 5) {
        Dwarf_Half form = 0;
        Dwarf_Unsigned value = 0;
        Dwarf_Off offset = 0;
        Dwarf_Rnglists_Head head = NULL;
        Dwarf_Unsigned count = 0;
        Dwarf_Unsigned global = 0;
        int result = dwarf_whatform(attribute, &form, &cause);
        if (result == DW_DLV_OK && form == DW_FORM_rnglistx) {
            result = dwarf_formudata(attribute, &value, &cause);
        } else if (result == DW_DLV_OK) {
            result = dwarf_global_formref(attribute, &offset, &cause);
            value = offset;
        }
        if (result == DW_DLV_OK) {
            result = dwarf_rnglists_get_rle_head(attribute, form, value, &head, &count, &global, &cause);
        }
        if (result != DW_DLV_OK) {
            return reader_error(reader, cause, "range list", die->offset);
        }
        for (Dwarf_Unsigned i = 0; i < count; i++) {
            unsigned length = 0;
            unsigned code = 0;
            Dwarf_Unsigned raw1 = 0;
            Dwarf_Unsigned raw2 = 0;
            Dwarf_Unsigned low = 0;
            Dwarf_Unsigned high = 0;
            Dwarf_Bool unavailable = 0;
            if (dwarf_get_rnglists_entry_fields_a(head, i, &length, &code, &raw1, &raw2, &unavailable, &low, &high, &cause) != DW_DLV_OK) {
                dwarf_dealloc_rnglists_head(head);
                return reader_error(reader, cause, "range list entry", die->offset);
            }
            if (code != DW_RLE_end_of_list && code != DW_RLE_base_address && code != DW_RLE_base_addressx && !unavailable) {
                reader_range(reader, die, low, high);
            }
        }
        dwarf_dealloc_rnglists_head(head);
        return NULL;
    }
    Dwarf_Off offset = 0;
    Dwarf_Ranges *ranges = NULL;
    Dwarf_Signed count = 0;
    int result = dwarf_global_formref(attribute, &offset, &cause);
    if (result == DW_DLV_OK) {
        result = dwarf_get_ranges_a(reader->dbg, offset, raw, &ranges, &count, NULL, &cause);
    }
    if (result != DW_DLV_OK) {
        return reader_error(reader, cause, "range list", die->offset);
    }
    uint64_t base = reader->low_pc;
    for (Dwarf_Signed i = 0; i < count; i++) {
        if (ranges[i].dwr_type == DW_RANGES_ADDRESS_SELECTION) {
            base = ranges[i].dwr_addr2;
        } else if (ranges[i].dwr_type == DW_RANGES_ENTRY) {
            reader_range(reader, die, base + ranges[i].dwr_addr1, base + ranges[i].dwr_addr2);
        }
    }
    dwarf_ranges_dealloc(reader->dbg, ranges, count);
    return NULL;
}

static uint64_t attribute_number(struct die_reader *reader, Dwarf_Attribute attribute, bool *out_known) {
    Dwarf_Unsigned value = 0;
    Dwarf_Signed negative = 0;
    Dwarf_Error cause = NULL;
    Dwarf_Half form = 0;
    *out_known = true;
    if (dwarf_whatform(attribute, &form, &cause) == DW_DLV_OK && (form == DW_FORM_sdata || form == DW_FORM_implicit_const) &&
        dwarf_formsdata(attribute, &negative, &cause) == DW_DLV_OK) {
        return (uint64_t)negative;
    }
    if (dwarf_formudata(attribute, &value, &cause) == DW_DLV_OK) {
        return value;
    }
    if (cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    *out_known = false;
    return 0;
}

/* An old-style member location: an expression "add so many bytes to the record's address". */
static uint64_t attribute_member_location(struct die_reader *reader, Dwarf_Attribute attribute) {
    bool known = false;
    uint64_t value = attribute_number(reader, attribute, &known);
    Dwarf_Block *block = NULL;
    Dwarf_Error cause = NULL;
    if (!known && dwarf_formblock(attribute, &block, &cause) == DW_DLV_OK) {
        const unsigned char *at = block->bl_data;
        const unsigned char *end = at + block->bl_len;
        if (at < end && *at++ == DW_OP_plus_uconst) {
            expression_uleb(&at, end, &value);
        }
        dwarf_dealloc(reader->dbg, block, DW_DLA_BLOCK);
    }
    return value;
}

static uint64_t attribute_reference(struct die_reader *reader, Dwarf_Attribute attribute) {
    Dwarf_Off offset = 0;
    Dwarf_Error cause = NULL;
    if (dwarf_global_formref(attribute, &offset, &cause) != DW_DLV_OK && cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    return offset;
}

static bool attribute_flag(struct die_reader *reader, Dwarf_Attribute attribute) {
    Dwarf_Bool set = 0;
    Dwarf_Error cause = NULL; /* libdwarf aborts the process where it is given no place for an error */
    if (dwarf_formflag(attribute, &set, &cause) != DW_DLV_OK && cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    return set;
}

static uint32_t attribute_string(struct die_reader *reader, Dwarf_Attribute attribute) {
    char *string = NULL;
    Dwarf_Error cause = NULL;
    if (dwarf_formstring(attribute, &string, &cause) == DW_DLV_OK) {
        struct known_name *known = &reader->names[(uintptr_t)string * 0x9e3779b97f4a7c15u >> 50];
        if (known->place != string) {
            known->place = string;
            known->number = strings_intern(&reader->builder->strings, string);
        }
        return known->number;
    }
    if (cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    return 0;
}

static struct error *reader_attribute(struct die_reader *reader, Dwarf_Die raw, Dwarf_Attribute attribute, Dwarf_Half name, struct die *die) {
    bool known = false;
    switch (name) {
    case DW_AT_name:
        if (die->tag != DIE_UNIT) {
            die->name = attribute_string(reader, attribute);
        }
        break;
    case DW_AT_type:
        die->type = attribute_reference(reader, attribute);
        break;
    case DW_AT_abstract_origin:
    case DW_AT_specification:
        die->origin = attribute_reference(reader, attribute);
        break;
    case DW_AT_byte_size:
        die->size = attribute_number(reader, attribute, &known);
        die->flags |= known ? DIE_HAS_SIZE : 0;
        break;
    case DW_AT_bit_size:
        die->bit_size = (uint32_t)attribute_number(reader, attribute, &known);
        die->flags |= known ? DIE_HAS_BIT_SIZE : 0;
        break;
    case DW_AT_bit_offset:
        die->bit_offset = attribute_number(reader, attribute, &known);
        die->flags |= known ? DIE_OLD_BIT_OFFSET : 0;
        break;
    case DW_AT_data_bit_offset:
        die->bit_offset = attribute_number(reader, attribute, &known);
        die->flags |= known ? DIE_HAS_DATA_BIT_OFFSET : 0;
        break;
    case DW_AT_data_member_location:
        die->location = attribute_member_location(reader, attribute);
        break;
    case DW_AT_encoding:
    case DW_AT_const_value:
        if (die->tag == DIE_BASE || die->tag == DIE_ENUMERATOR) {
            die->count = attribute_number(reader, attribute, &known);
        }
        break;
    case DW_AT_count:
    case DW_AT_upper_bound:
        die->count = attribute_number(reader, attribute, &known) + (name == DW_AT_upper_bound && known ? 1 : 0);
        die->flags |= known ? DIE_HAS_COUNT : 0;
        break;
    case DW_AT_decl_file:
        die->file = reader_file(reader, attribute_number(reader, attribute, &known));
        break;
    case DW_AT_decl_line:
        die->line = (uint32_t)attribute_number(reader, attribute, &known);
        break;
    case DW_AT_decl_column:
        die->column = (uint32_t)attribute_number(reader, attribute, &known);
        break;
    case DW_AT_call_file:
        die->call_file = reader_file(reader, attribute_number(reader, attribute, &known));
        break;
    case DW_AT_call_line:
        die->call_line = (uint32_t)attribute_number(reader, attribute, &known);
        break;
    case DW_AT_external:
        die->flags |= attribute_flag(reader, attribute) ? DIE_EXTERNAL : 0;
        break;
    case DW_AT_declaration:
        die->flags |= attribute_flag(reader, attribute) ? DIE_DECLARATION : 0;
        break;
    case DW_AT_inline:
        die->flags |= attribute_number(reader, attribute, &known) != DW_INL_not_inlined ? DIE_INLINE : 0;
        break;
    case DW_AT_location:
        if (die->tag == DIE_VARIABLE) {
            reader_location(reader, raw, attribute, die);
        }
        break;
    case DW_AT_ranges:
        if (die->tag == DIE_FUNCTION || die->tag == DIE_INLINED) {
            return reader_range_list(reader, raw, attribute, die);
        }
        break;
    default:
        break;
    }
    return NULL;
}

/* DW_AT_low_pc, DW_AT_high_pc and DW_AT_entry_pc depend on each other, so they are read after the rest. */
static void reader_code(struct die_reader *reader, Dwarf_Die raw, struct die *die) {
    Dwarf_Addr low = 0;
    Dwarf_Addr high = 0;
    Dwarf_Half form = 0;
    enum Dwarf_Form_Class class = DW_FORM_CLASS_UNKNOWN;
    Dwarf_Error cause = NULL;
    bool has_low = dwarf_lowpc(raw, &low, &cause) == DW_DLV_OK;
    if (has_low && !die->range_count && dwarf_highpc_b(raw, &high, &form, &class, &cause) == DW_DLV_OK) {
        reader_range(reader, die, low, class == DW_FORM_CLASS_ADDRESS ? high : low + high);
    }
    Dwarf_Attribute entry = NULL;
    if (die->tag == DIE_INLINED && die->range_count && dwarf_attr(raw, DW_AT_entry_pc, &entry, &cause) == DW_DLV_OK) {
        bool known = false;
        if (dwarf_formaddr(entry, &low, &cause) == DW_DLV_OK) {
            die->location = low;
        } else {
            uint64_t offset = attribute_number(reader, entry, &known);
            die->location += known ? offset : 0;
        }
        dwarf_dealloc_attribute(entry);
    }
    if (cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
}

static struct error *reader_entry(struct die_reader *reader, Dwarf_Die raw, struct die *die) {
    Dwarf_Error cause = NULL;
    Dwarf_Attribute *attributes = NULL;
    Dwarf_Signed count = 0;
    int result = dwarf_attrlist(raw, &attributes, &count, &cause);
    if (result == DW_DLV_ERROR) {
        return reader_error(reader, cause, "attributes", die->offset);
    }
    die->ranges = (uint32_t)reader->ranges.count;
    struct error *error = NULL;
    for (Dwarf_Signed i = 0; result == DW_DLV_OK && i < count; i++) {
        Dwarf_Half name = 0;
        if (!error && dwarf_whatattr(attributes[i], &name, &cause) == DW_DLV_OK) {
            error = reader_attribute(reader, raw, attributes[i], name, die);
        }
        dwarf_dealloc_attribute(attributes[i]);
    }
    if (result == DW_DLV_OK) {
        dwarf_dealloc(reader->dbg, attributes, DW_DLA_LIST);
    }
    if (!error && (die->tag == DIE_FUNCTION || die->tag == DIE_INLINED)) {
        reader_code(reader, raw, die);
    }
    return error;
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
            error = reader_error(reader, cause, "entry", offset);
            break;
        }
        die.offset = offset;
        if (depth && offset <= reader->last) { /* siblings that lead back would never end */
            error = reader_error(reader, NULL, "entry", offset);
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
            error = reader_entry(reader, raw, &die);
            uint32_t index = (uint32_t)vector_append(&reader->dies, &die, 1);
            error = !error && reader->dies.failed ? error_out_of_memory() : error;
            Dwarf_Die child = NULL;
            int result = error ? DW_DLV_NO_ENTRY : dwarf_child(raw, &child, &cause);
            if (result == DW_DLV_ERROR) {
                error = reader_error(reader, cause, "children", offset);
            } else if (result == DW_DLV_OK) {
                error = reader_visit(reader, child, index, depth + 1);
            }
        }
        Dwarf_Die next = NULL;
        if (!error && depth > 0) {
            int result = dwarf_siblingof_b(reader->dbg, raw, 1, &next, &cause);
            if (result == DW_DLV_ERROR) {
                error = reader_error(reader, cause, "sibling", offset);
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

static struct error *reader_unit(struct die_reader *reader, Dwarf_Die unit) {
    Dwarf_Error cause = NULL;
    Dwarf_Off offset = 0;
    Dwarf_Addr low = 0;
    if (dwarf_dieoffset(unit, &offset, &cause) != DW_DLV_OK) {
        dwarf_dealloc_die(unit);
        return reader_error(reader, cause, "unit", 0);
    }
    reader->low_pc = dwarf_lowpc(unit, &low, &cause) == DW_DLV_OK ? low : 0;
    if (cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
    vector_clear(&reader->dies);
    vector_clear(&reader->ranges);
    reader->last = offset;
    struct error *error = reader_read_lines(reader, unit, offset);
    if (error) {
        dwarf_dealloc_die(unit);
    } else {
        error = reader_visit(reader, unit, DIE_NONE, 0);
    }
    reader_drop_files(reader);
    if (!error && (reader->dies.failed || reader->ranges.failed || reader->files.failed)) {
        error = error_out_of_memory();
    }
    if (!error) {
        index_builder_unit(reader->builder, reader->dies.items, (uint32_t)reader->dies.count, reader->ranges.items);
    }
    return error;
}

/* ---- the file as libdwarf asks for it: sections of the mapping, as they are. A kernel's relocations were applied when it was linked. */

static int access_section(void *object, Dwarf_Half index, Dwarf_Obj_Access_Section *out_section, int *error) {
    const struct elf_file *file = object;
    (void)error;
    if (index >= file->section_count) {
        return DW_DLV_NO_ENTRY;
    }
    const struct elf_section *section = &file->sections[index];
    bool relocations = section->type == SHT_RELA || section->type == SHT_REL;
    *out_section = (Dwarf_Obj_Access_Section){
        .addr = section->address,
        .type = relocations ? SHT_NULL : section->type,
        .size = relocations ? 0 : section->size,
        .name = relocations ? "" : section->name,
        .link = section->link,
        .entrysize = section->entry_size,
    };
    return DW_DLV_OK;
}

static Dwarf_Endianness access_byte_order(void *object) {
    (void)object;
    return DW_OBJECT_LSB;
}

static Dwarf_Small access_length_size(void *object) {
    (void)object;
    return 4;
}

static Dwarf_Small access_pointer_size(void *object) {
    return (Dwarf_Small)((const struct elf_file *)object)->pointer_size;
}

static Dwarf_Unsigned access_count(void *object) {
    return ((const struct elf_file *)object)->section_count;
}

static int access_load(void *object, Dwarf_Half index, Dwarf_Small **out_bytes, int *error) {
    const struct elf_file *file = object;
    (void)error;
    if (index >= file->section_count || file->sections[index].type == SHT_NOBITS || !file->sections[index].size) {
        return DW_DLV_NO_ENTRY;
    }
    *out_bytes = (Dwarf_Small *)(uintptr_t)(file->bytes + file->sections[index].offset); /* it is only read */
    return DW_DLV_OK;
}

static const Dwarf_Obj_Access_Methods access_methods = {
    .get_section_info = access_section,
    .get_byte_order = access_byte_order,
    .get_length_size = access_length_size,
    .get_pointer_size = access_pointer_size,
    .get_section_count = access_count,
    .load_section = access_load,
};

/* libdwarf itself reads what is compressed, and an object file's relocations; both need the whole library's way in. */
static bool access_fits(const struct elf_file *file) {
    bool linked = false;
    for (size_t i = 0; i < file->section_count; i++) {
        if (file->sections[i].flags & SHF_COMPRESSED) {
            return false;
        }
        linked = linked || (file->sections[i].flags & SHF_ALLOC && file->sections[i].address);
    }
    return linked;
}

static struct error *reader_open(struct die_reader *reader, Dwarf_Obj_Access_Interface *interface) {
    Dwarf_Error cause = NULL;
    const char *path = reader->file->path;
    *interface = (Dwarf_Obj_Access_Interface){.object = reader->file, .methods = &access_methods};
    int result = access_fits(reader->file)
                     ? dwarf_object_init_b(interface, NULL, NULL, DW_GROUPNUMBER_ANY, &reader->dbg, &cause)
                     : dwarf_init_path(path, NULL, 0, DW_DLC_READ, DW_GROUPNUMBER_ANY, NULL, NULL, &reader->dbg, NULL, 0, NULL, &cause);
    if (result == DW_DLV_NO_ENTRY) {
        return error_create(ERROR_FORMAT, "%s: no DWARF debug information (build with -g)", path);
    }
    if (result == DW_DLV_ERROR) {
        struct error *failure = error_create(ERROR_FORMAT, "%s: cannot read DWARF at offset 0: %s", path, cause ? dwarf_errmsg(cause) : "unknown");
        dwarf_dealloc_error(NULL, cause);
        return failure;
    }
    return NULL;
}

static void reader_close(struct die_reader *reader) {
    Dwarf_Error cause = NULL;
    if (access_fits(reader->file)) {
        dwarf_object_finish(reader->dbg, &cause);
    } else {
        dwarf_finish(reader->dbg, &cause);
    }
    reader->dbg = NULL;
    memset(reader->names, 0, NAME_CACHE * sizeof *reader->names); /* a string that was decompressed goes away with its handle */
    elf_file_forget(reader->file);
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
            return reader_error(reader, cause, "unit header", place);
        }
        bool skipped = place < start; /* read in an earlier batch */
        place = next;
        if (skipped) {
            continue;
        }
        Dwarf_Die unit = NULL;
        if (dwarf_siblingof_b(reader->dbg, NULL, 1, &unit, &cause) != DW_DLV_OK) {
            return reader_error(reader, cause, "unit header", place);
        }
        reader->version = version;
        error = reader_unit(reader, unit);
        *position = place;
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
    Dwarf_Obj_Access_Interface interface;
    struct error *error = NULL;
    uint64_t position = 0;
    size_t units = 0;
    while (!error && position != UINT64_MAX) {
        error = reader_open(&reader, &interface);
        if (!error) {
            error = reader_batch(&reader, &position, &units);
            reader_close(&reader);
        }
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
