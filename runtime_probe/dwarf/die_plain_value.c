/* Values of attributes by their form. */
#include "die_reader.h"

/* A string at an offset of a section, which ends with the end of one; none where that is outside. */
static struct die_value value_string_at(struct die_cursor section, uint64_t offset) {
    bool inside = offset < (uint64_t)(section.end - section.at);
    return inside ? (struct die_value){.kind = VALUE_STRING, .string = (const char *)section.at + offset} : (struct die_value){.kind = VALUE_NONE};
}

static struct die_value value_string_index(const struct die_plain *plain, uint64_t index) {
    struct die_cursor offsets = plain->string_offsets;
    die_cursor_skip(&offsets, plain->string_offsets_base);
    if (index > (uint64_t)(offsets.end - offsets.at) / plain->offset_size) {
        return (struct die_value){.kind = VALUE_NONE};
    }
    die_cursor_skip(&offsets, index * plain->offset_size);
    uint64_t offset = die_cursor_fixed(&offsets, plain->offset_size);
    return offsets.failed ? (struct die_value){.kind = VALUE_NONE} : value_string_at(plain->string, offset);
}

bool die_plain_address(const struct die_plain *plain, uint64_t index, uint64_t *out_address) {
    struct die_cursor addresses = plain->address;
    die_cursor_skip(&addresses, plain->address_base);
    if (index > (uint64_t)(addresses.end - addresses.at) / plain->address_size) {
        return false;
    }
    die_cursor_skip(&addresses, index * plain->address_size);
    uint64_t address = die_cursor_fixed(&addresses, plain->address_size);
    if (!addresses.failed) {
        *out_address = address;
    }
    return !addresses.failed;
}

static struct die_value value_address_index(const struct die_plain *plain, uint64_t index) {
    struct die_value value = {.kind = VALUE_ADDRESS};
    return die_plain_address(plain, index, &value.number) ? value : (struct die_value){.kind = VALUE_NONE};
}

static struct die_value value_number(uint64_t number) {
    return (struct die_value){.kind = VALUE_NUMBER, .number = number};
}

static struct die_value value_reference(uint64_t offset) {
    return (struct die_value){.kind = VALUE_REFERENCE, .number = offset};
}

static struct die_value value_block(struct die_cursor *cursor, uint64_t length) {
    struct die_value value = {.kind = VALUE_BLOCK, .number = length, .bytes = cursor->at};
    die_cursor_skip(cursor, length);
    return cursor->failed ? (struct die_value){.kind = VALUE_NONE} : value;
}

/* Data that this reader needs no value of. */
static struct die_value value_skipped(struct die_cursor *cursor, uint64_t length) {
    die_cursor_skip(cursor, length);
    return (struct die_value){.kind = VALUE_NONE};
}

struct die_value die_plain_value(const struct die_plain *plain, struct die_cursor *cursor, const struct die_form *form) {
    switch (form->form) {
    case DW_FORM_addr:
        return (struct die_value){.kind = VALUE_ADDRESS, .number = die_cursor_fixed(cursor, plain->address_size)};
    case DW_FORM_addrx:
    case DW_FORM_GNU_addr_index:
        return value_address_index(plain, die_cursor_uleb(cursor));
    case DW_FORM_addrx1:
    case DW_FORM_addrx2:
    case DW_FORM_addrx3:
    case DW_FORM_addrx4:
        return value_address_index(plain, die_cursor_fixed(cursor, 1 + (size_t)form->form - DW_FORM_addrx1));
    case DW_FORM_data1:
    case DW_FORM_flag:
        return value_number(die_cursor_fixed(cursor, 1));
    case DW_FORM_data2:
        return value_number(die_cursor_fixed(cursor, 2));
    case DW_FORM_data4:
        return value_number(die_cursor_fixed(cursor, 4));
    case DW_FORM_data8:
        return value_number(die_cursor_fixed(cursor, 8));
    case DW_FORM_udata:
        return value_number(die_cursor_uleb(cursor));
    case DW_FORM_sdata:
        return value_number((uint64_t)die_cursor_sleb(cursor));
    case DW_FORM_implicit_const:
        return value_number((uint64_t)form->constant);
    case DW_FORM_flag_present:
        return value_number(1);
    case DW_FORM_ref1:
        return value_reference(plain->unit + die_cursor_fixed(cursor, 1));
    case DW_FORM_ref2:
        return value_reference(plain->unit + die_cursor_fixed(cursor, 2));
    case DW_FORM_ref4:
        return value_reference(plain->unit + die_cursor_fixed(cursor, 4));
    case DW_FORM_ref8:
        return value_reference(plain->unit + die_cursor_fixed(cursor, 8));
    case DW_FORM_ref_udata:
        return value_reference(plain->unit + die_cursor_uleb(cursor));
    case DW_FORM_ref_addr: /* in DWARF 2 as wide as an address */
        return value_reference(die_cursor_fixed(cursor, plain->version == 2 ? plain->address_size : plain->offset_size));
    case DW_FORM_sec_offset:
        return (struct die_value){.kind = VALUE_PLACE, .number = die_cursor_fixed(cursor, plain->offset_size)};
    case DW_FORM_rnglistx:
    case DW_FORM_loclistx:
        return (struct die_value){.kind = VALUE_LIST, .number = die_cursor_uleb(cursor)};
    case DW_FORM_string:
        return (struct die_value){.kind = VALUE_STRING, .string = die_cursor_string(cursor)};
    case DW_FORM_strp:
        return value_string_at(plain->string, die_cursor_fixed(cursor, plain->offset_size));
    case DW_FORM_line_strp:
        return value_string_at(plain->line_string, die_cursor_fixed(cursor, plain->offset_size));
    case DW_FORM_strx:
    case DW_FORM_GNU_str_index:
        return value_string_index(plain, die_cursor_uleb(cursor));
    case DW_FORM_strx1:
    case DW_FORM_strx2:
    case DW_FORM_strx3:
    case DW_FORM_strx4:
        return value_string_index(plain, die_cursor_fixed(cursor, 1 + (size_t)form->form - DW_FORM_strx1));
    case DW_FORM_block1:
        return value_block(cursor, die_cursor_fixed(cursor, 1));
    case DW_FORM_block2:
        return value_block(cursor, die_cursor_fixed(cursor, 2));
    case DW_FORM_block4:
        return value_block(cursor, die_cursor_fixed(cursor, 4));
    case DW_FORM_block:
    case DW_FORM_exprloc:
        return value_block(cursor, die_cursor_uleb(cursor));
    case DW_FORM_data16:
        return value_skipped(cursor, 16);
    case DW_FORM_ref_sig8:
    case DW_FORM_ref_sup8:
        return value_skipped(cursor, 8);
    case DW_FORM_ref_sup4:
        return value_skipped(cursor, 4);
    case DW_FORM_strp_sup:
    case DW_FORM_GNU_ref_alt:
    case DW_FORM_GNU_strp_alt:
        return value_skipped(cursor, plain->offset_size);
    case DW_FORM_indirect: {
        struct die_form inner = {.name = form->name, .form = (uint16_t)die_cursor_uleb(cursor)};
        if (inner.form != DW_FORM_indirect && inner.form != DW_FORM_implicit_const) {
            return die_plain_value(plain, cursor, &inner);
        }
        break;
    }
    default:
        break;
    }
    cursor->failed = true;
    return (struct die_value){.kind = VALUE_NONE};
}
