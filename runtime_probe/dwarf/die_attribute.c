/* What the attributes of one entry say, whoever read them. */
#include "die_reader.h"

/* A constant; 0 and not known for what is none. */
static uint64_t value_number(const struct die_value *value, bool *out_known) {
    *out_known = value->kind == VALUE_NUMBER;
    return *out_known ? value->number : 0;
}

static uint64_t value_reference(const struct die_value *value) {
    return value->kind == VALUE_REFERENCE ? value->number : 0;
}

/* An old-style member location is an expression "add so many bytes to the record's address". */
static uint64_t value_member_location(const struct die_value *value) {
    uint64_t offset = value->kind == VALUE_NUMBER ? value->number : 0;
    if (value->kind == VALUE_BLOCK && value->number) {
        const unsigned char *at = value->bytes;
        const unsigned char *end = at + value->number;
        if (*at++ == DW_OP_plus_uconst) {
            die_code_uleb(&at, end, &offset);
        }
    }
    return offset;
}

static uint32_t value_string(struct die_reader *reader, const struct die_value *value) {
    if (value->kind != VALUE_STRING) {
        return 0;
    }
    struct known_name *known = &reader->names[(uintptr_t)value->string * 0x9e3779b97f4a7c15u >> (64 - NAME_CACHE_BITS)];
    if (known->place != value->string) {
        known->place = value->string;
        known->number = strings_intern(&reader->builder->strings, value->string);
    }
    return known->number;
}

void die_attribute_take(struct die_reader *reader, Dwarf_Die raw, unsigned name, const struct die_value *value, struct die *die) {
    bool known = false;
    switch (name) {
    case DW_AT_name:
        if (die->tag != DIE_UNIT) {
            die->name = value_string(reader, value);
        }
        break;
    case DW_AT_type:
        die->type = value_reference(value);
        break;
    case DW_AT_abstract_origin:
    case DW_AT_specification:
        die->origin = value_reference(value);
        break;
    case DW_AT_byte_size:
        die->size = value_number(value, &known);
        die->flags |= known ? DIE_HAS_SIZE : 0;
        break;
    case DW_AT_bit_size:
        die->bit_size = (uint32_t)value_number(value, &known);
        die->flags |= known ? DIE_HAS_BIT_SIZE : 0;
        break;
    case DW_AT_bit_offset:
        die->bit_offset = value_number(value, &known);
        die->flags |= known ? DIE_OLD_BIT_OFFSET : 0;
        break;
    case DW_AT_data_bit_offset:
        die->bit_offset = value_number(value, &known);
        die->flags |= known ? DIE_HAS_DATA_BIT_OFFSET : 0;
        break;
    case DW_AT_data_member_location:
        die->location = value_member_location(value);
        break;
    case DW_AT_encoding:
    case DW_AT_const_value:
        if (die->tag == DIE_BASE || die->tag == DIE_ENUMERATOR) {
            die->count = value_number(value, &known);
        }
        break;
    case DW_AT_count:
    case DW_AT_upper_bound:
        die->count = value_number(value, &known) + (name == DW_AT_upper_bound && known ? 1 : 0);
        die->flags |= known ? DIE_HAS_COUNT : 0;
        break;
    case DW_AT_decl_file:
        die->file = die_lines_file(reader, value_number(value, &known));
        break;
    case DW_AT_decl_line:
        die->line = (uint32_t)value_number(value, &known);
        break;
    case DW_AT_decl_column:
        die->column = (uint32_t)value_number(value, &known);
        break;
    case DW_AT_call_file:
        die->call_file = die_lines_file(reader, value_number(value, &known));
        break;
    case DW_AT_call_line:
        die->call_line = (uint32_t)value_number(value, &known);
        break;
    case DW_AT_external:
        die->flags |= value_number(value, &known) ? DIE_EXTERNAL : 0;
        break;
    case DW_AT_declaration:
        die->flags |= value_number(value, &known) ? DIE_DECLARATION : 0;
        break;
    case DW_AT_inline:
        die->flags |= value_number(value, &known) != DW_INL_not_inlined ? DIE_INLINE : 0;
        break;
    case DW_AT_location:
        if (die->tag == DIE_VARIABLE) {
            die_code_location(reader, raw, value, die);
        }
        break;
    default:
        break;
    }
}
