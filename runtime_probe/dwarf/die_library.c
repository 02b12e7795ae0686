/* Attributes through libdwarf: of object files, whose debug information is relocated first, and of compressed sections. */
#include "die_reader.h"

static void library_forget(struct die_reader *reader, Dwarf_Error cause) {
    if (cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
}

static struct die_value library_number(struct die_reader *reader, Dwarf_Attribute attribute, Dwarf_Half form) {
    struct die_value value = {.kind = VALUE_NUMBER};
    Dwarf_Unsigned number = 0;
    Dwarf_Signed negative = 0;
    Dwarf_Error cause = NULL;
    if ((form == DW_FORM_sdata || form == DW_FORM_implicit_const) && dwarf_formsdata(attribute, &negative, &cause) == DW_DLV_OK) {
        value.number = (uint64_t)negative;
    } else if (!cause && dwarf_formudata(attribute, &number, &cause) == DW_DLV_OK) {
        value.number = number;
    } else {
        value.kind = VALUE_NONE;
    }
    library_forget(reader, cause);
    return value;
}

static struct die_value library_reference(struct die_reader *reader, Dwarf_Attribute attribute) {
    Dwarf_Off offset = 0;
    Dwarf_Error cause = NULL;
    bool known = dwarf_global_formref(attribute, &offset, &cause) == DW_DLV_OK;
    library_forget(reader, cause);
    return (struct die_value){.kind = known ? VALUE_REFERENCE : VALUE_NONE, .number = offset};
}

static struct die_value library_flag(struct die_reader *reader, Dwarf_Attribute attribute) {
    Dwarf_Bool set = 0;
    Dwarf_Error cause = NULL; /* libdwarf aborts the process where it is given no place for an error */
    bool known = dwarf_formflag(attribute, &set, &cause) == DW_DLV_OK;
    library_forget(reader, cause);
    return (struct die_value){.kind = known ? VALUE_NUMBER : VALUE_NONE, .number = (uint64_t)set};
}

static struct die_value library_string(struct die_reader *reader, Dwarf_Attribute attribute) {
    char *string = NULL;
    Dwarf_Error cause = NULL;
    bool known = dwarf_formstring(attribute, &string, &cause) == DW_DLV_OK;
    library_forget(reader, cause);
    return known ? (struct die_value){.kind = VALUE_STRING, .string = string} : (struct die_value){.kind = VALUE_NONE};
}

/* The bytes belong to the section, not to what libdwarf allocates for them. */
static struct die_value library_block(struct die_reader *reader, Dwarf_Attribute attribute, Dwarf_Half form) {
    struct die_value value = {.kind = VALUE_NONE};
    Dwarf_Unsigned length = 0;
    Dwarf_Ptr bytes = NULL;
    Dwarf_Block *block = NULL;
    Dwarf_Error cause = NULL;
    if (form == DW_FORM_exprloc && dwarf_formexprloc(attribute, &length, &bytes, &cause) == DW_DLV_OK) {
        value = (struct die_value){.kind = VALUE_BLOCK, .number = length, .bytes = bytes};
    } else if (!cause && dwarf_formblock(attribute, &block, &cause) == DW_DLV_OK) {
        value = (struct die_value){.kind = VALUE_BLOCK, .number = block->bl_len, .bytes = block->bl_data};
        dwarf_dealloc(reader->dbg, block, DW_DLA_BLOCK);
    }
    library_forget(reader, cause);
    return value;
}

static struct die_value library_value(struct die_reader *reader, Dwarf_Attribute attribute) {
    Dwarf_Half form = 0;
    Dwarf_Error cause = NULL;
    if (dwarf_whatform(attribute, &form, &cause) != DW_DLV_OK) {
        library_forget(reader, cause);
        return (struct die_value){.kind = VALUE_NONE};
    }
    switch (form) {
    case DW_FORM_ref1:
    case DW_FORM_ref2:
    case DW_FORM_ref4:
    case DW_FORM_ref8:
    case DW_FORM_ref_udata:
    case DW_FORM_ref_addr:
        return library_reference(reader, attribute);
    case DW_FORM_string:
    case DW_FORM_strp:
    case DW_FORM_line_strp:
    case DW_FORM_strx:
    case DW_FORM_strx1:
    case DW_FORM_strx2:
    case DW_FORM_strx3:
    case DW_FORM_strx4:
    case DW_FORM_GNU_str_index:
        return library_string(reader, attribute);
    case DW_FORM_flag:
    case DW_FORM_flag_present:
        return library_flag(reader, attribute);
    case DW_FORM_block:
    case DW_FORM_block1:
    case DW_FORM_block2:
    case DW_FORM_block4:
    case DW_FORM_exprloc:
        return library_block(reader, attribute, form);
    default:
        return library_number(reader, attribute, form);
    }
}

struct error *die_library_entry(struct die_reader *reader, Dwarf_Die raw, struct die *die) {
    Dwarf_Error cause = NULL;
    Dwarf_Attribute *attributes = NULL;
    Dwarf_Signed count = 0;
    int result = dwarf_attrlist(raw, &attributes, &count, &cause);
    if (result == DW_DLV_ERROR) {
        return die_reader_error(reader, cause, "attributes", die->offset);
    }
    bool code = die->tag == DIE_FUNCTION || die->tag == DIE_INLINED;
    die->ranges = (uint32_t)reader->ranges.count;
    struct error *error = NULL;
    for (Dwarf_Signed i = 0; result == DW_DLV_OK && i < count; i++) {
        Dwarf_Half name = 0;
        if (!error && dwarf_whatattr(attributes[i], &name, &cause) == DW_DLV_OK && name == DW_AT_ranges) {
            error = code ? die_code_ranges(reader, attributes[i], raw, die) : NULL;
        } else if (!error) {
            struct die_value value = library_value(reader, attributes[i]);
            die_attribute_take(reader, raw, name, &value, die);
        }
        dwarf_dealloc_attribute(attributes[i]);
    }
    if (result == DW_DLV_OK) {
        dwarf_dealloc(reader->dbg, attributes, DW_DLA_LIST);
    }
    if (!error && code) {
        die_code_bounds(reader, raw, die);
    }
    return error;
}
