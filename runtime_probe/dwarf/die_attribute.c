/* What the attributes of one entry say. */
#include "die_reader.h"

uint64_t die_attribute_number(struct die_reader *reader, Dwarf_Attribute attribute, bool *out_known) {
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
    uint64_t value = die_attribute_number(reader, attribute, &known);
    Dwarf_Block *block = NULL;
    Dwarf_Error cause = NULL;
    if (!known && dwarf_formblock(attribute, &block, &cause) == DW_DLV_OK) {
        const unsigned char *at = block->bl_data;
        const unsigned char *end = at + block->bl_len;
        if (at < end && *at++ == DW_OP_plus_uconst) {
            die_code_uleb(&at, end, &value);
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
        die->size = die_attribute_number(reader, attribute, &known);
        die->flags |= known ? DIE_HAS_SIZE : 0;
        break;
    case DW_AT_bit_size:
        die->bit_size = (uint32_t)die_attribute_number(reader, attribute, &known);
        die->flags |= known ? DIE_HAS_BIT_SIZE : 0;
        break;
    case DW_AT_bit_offset:
        die->bit_offset = die_attribute_number(reader, attribute, &known);
        die->flags |= known ? DIE_OLD_BIT_OFFSET : 0;
        break;
    case DW_AT_data_bit_offset:
        die->bit_offset = die_attribute_number(reader, attribute, &known);
        die->flags |= known ? DIE_HAS_DATA_BIT_OFFSET : 0;
        break;
    case DW_AT_data_member_location:
        die->location = attribute_member_location(reader, attribute);
        break;
    case DW_AT_encoding:
    case DW_AT_const_value:
        if (die->tag == DIE_BASE || die->tag == DIE_ENUMERATOR) {
            die->count = die_attribute_number(reader, attribute, &known);
        }
        break;
    case DW_AT_count:
    case DW_AT_upper_bound:
        die->count = die_attribute_number(reader, attribute, &known) + (name == DW_AT_upper_bound && known ? 1 : 0);
        die->flags |= known ? DIE_HAS_COUNT : 0;
        break;
    case DW_AT_decl_file:
        die->file = die_lines_file(reader, die_attribute_number(reader, attribute, &known));
        break;
    case DW_AT_decl_line:
        die->line = (uint32_t)die_attribute_number(reader, attribute, &known);
        break;
    case DW_AT_decl_column:
        die->column = (uint32_t)die_attribute_number(reader, attribute, &known);
        break;
    case DW_AT_call_file:
        die->call_file = die_lines_file(reader, die_attribute_number(reader, attribute, &known));
        break;
    case DW_AT_call_line:
        die->call_line = (uint32_t)die_attribute_number(reader, attribute, &known);
        break;
    case DW_AT_external:
        die->flags |= attribute_flag(reader, attribute) ? DIE_EXTERNAL : 0;
        break;
    case DW_AT_declaration:
        die->flags |= attribute_flag(reader, attribute) ? DIE_DECLARATION : 0;
        break;
    case DW_AT_inline:
        die->flags |= die_attribute_number(reader, attribute, &known) != DW_INL_not_inlined ? DIE_INLINE : 0;
        break;
    case DW_AT_location:
        if (die->tag == DIE_VARIABLE) {
            die_code_location(reader, raw, attribute, die);
        }
        break;
    case DW_AT_ranges:
        if (die->tag == DIE_FUNCTION || die->tag == DIE_INLINED) {
            return die_code_ranges(reader, attribute, raw, die);
        }
        break;
    default:
        break;
    }
    return NULL;
}

struct error *die_attribute_read_all(struct die_reader *reader, Dwarf_Die raw, struct die *die) {
    Dwarf_Error cause = NULL;
    Dwarf_Attribute *attributes = NULL;
    Dwarf_Signed count = 0;
    int result = dwarf_attrlist(raw, &attributes, &count, &cause);
    if (result == DW_DLV_ERROR) {
        return die_reader_error(reader, cause, "attributes", die->offset);
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
        die_code_bounds(reader, raw, die);
    }
    return error;
}
