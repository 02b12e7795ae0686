/* Range lists. */
#include "die_reader.h"

static bool range_list_at(const struct die_plain *plain, const struct die_value *value, struct die_cursor *out_cursor) {
    struct die_cursor cursor = plain->range_lists;
    uint64_t offset = value->number;
    if (value->kind == VALUE_LIST) { /* the table at the base says where the list is, from the base on */
        die_cursor_skip(&cursor, plain->range_lists_base);
        if (offset > (uint64_t)(cursor.end - cursor.at) / plain->offset_size) {
            return false;
        }
        die_cursor_skip(&cursor, offset * plain->offset_size);
        offset = plain->range_lists_base + die_cursor_fixed(&cursor, plain->offset_size);
        if (cursor.failed) {
            return false;
        }
        cursor = plain->range_lists;
    }
    die_cursor_skip(&cursor, offset);
    *out_cursor = cursor;
    return !cursor.failed;
}

/* DWARF 5. */
static bool range_list(struct die_reader *reader, const struct die_value *value, struct die *die) {
    const struct die_plain *plain = &reader->plain;
    struct die_cursor cursor;
    uint64_t base = reader->low_pc;
    if (!range_list_at(plain, value, &cursor)) {
        return false;
    }
    while (!cursor.failed) {
        uint64_t low = 0;
        uint64_t high = 0;
        bool known = true;
        switch (die_cursor_fixed(&cursor, 1)) {
        case DW_RLE_end_of_list:
            return !cursor.failed;
        case DW_RLE_base_addressx:
            known = die_plain_address(plain, die_cursor_uleb(&cursor), &base);
            continue;
        case DW_RLE_startx_endx:
            known = die_plain_address(plain, die_cursor_uleb(&cursor), &low);
            known = die_plain_address(plain, die_cursor_uleb(&cursor), &high) && known;
            break;
        case DW_RLE_startx_length:
            known = die_plain_address(plain, die_cursor_uleb(&cursor), &low);
            high = low + die_cursor_uleb(&cursor);
            break;
        case DW_RLE_offset_pair:
            low = base + die_cursor_uleb(&cursor);
            high = base + die_cursor_uleb(&cursor);
            break;
        case DW_RLE_base_address:
            base = die_cursor_fixed(&cursor, plain->address_size);
            continue;
        case DW_RLE_start_end:
            low = die_cursor_fixed(&cursor, plain->address_size);
            high = die_cursor_fixed(&cursor, plain->address_size);
            break;
        case DW_RLE_start_length:
            low = die_cursor_fixed(&cursor, plain->address_size);
            high = low + die_cursor_uleb(&cursor);
            break;
        default:
            return false;
        }
        if (known && !cursor.failed) {
            die_code_range(reader, die, low, high);
        }
    }
    return false;
}

/* DWARF 2 to 4. */
static bool range_pairs(struct die_reader *reader, uint64_t offset, struct die *die) {
    const struct die_plain *plain = &reader->plain;
    struct die_cursor cursor = plain->ranges;
    uint64_t base = reader->low_pc;
    uint64_t selects = plain->address_size == 4 ? UINT32_MAX : UINT64_MAX;
    die_cursor_skip(&cursor, offset);
    while (!cursor.failed) {
        uint64_t low = die_cursor_fixed(&cursor, plain->address_size);
        uint64_t high = die_cursor_fixed(&cursor, plain->address_size);
        if (!low && !high) {
            return !cursor.failed;
        }
        if (low == selects) {
            base = high;
        } else if (!cursor.failed) {
            die_code_range(reader, die, base + low, base + high);
        }
    }
    return false;
}

bool die_plain_ranges(struct die_reader *reader, const struct die_value *value, struct die *die) {
    if (reader->plain.version >= 5) {
        return (value->kind == VALUE_PLACE || value->kind == VALUE_LIST) && range_list(reader, value, die);
    }
    return (value->kind == VALUE_PLACE || value->kind == VALUE_NUMBER) && range_pairs(reader, value->number, die);
}
