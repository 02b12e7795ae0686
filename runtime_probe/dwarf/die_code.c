/* Where an entry lies: a variable in memory, a function or an inlined instance in code. */
#include <string.h>
#include "die_reader.h"

bool die_code_uleb(const unsigned char **at, const unsigned char *end, uint64_t *out_value) {
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

/* An entry of the unit's address table. */
static bool reader_indexed(struct die_reader *reader, Dwarf_Die raw, uint64_t index, uint64_t *out_address) {
    Dwarf_Error cause = NULL;
    Dwarf_Addr address = 0;
    if (!raw) {
        return die_plain_address(&reader->plain, index, out_address);
    }
    if (dwarf_debug_addr_index_to_addr(raw, index, &address, &cause) != DW_DLV_OK) {
        if (cause) {
            dwarf_dealloc_error(reader->dbg, cause);
        }
        return false;
    }
    *out_address = address;
    return true;
}

/* An expression that is one fixed place: an address, an indexed address, or an offset in the thread's block; others are not static. */
static void reader_expression(struct die_reader *reader, Dwarf_Die raw, const unsigned char *at, uint64_t length, struct die *die) {
    const unsigned char *end = at + length;
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
            known = die_code_uleb(&at, end, &operand) && reader_indexed(reader, raw, operand, &value);
            if (!known) {
                return;
            }
        } else if (op == DW_OP_plus_uconst && known && die_code_uleb(&at, end, &operand)) {
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

void die_code_location(struct die_reader *reader, Dwarf_Die raw, const struct die_value *value, struct die *die) {
    if (value->kind == VALUE_BLOCK) { /* else a location list: a variable that lives in registers or on the stack */
        reader_expression(reader, raw, value->bytes, value->number, die);
    }
}

void die_code_range(struct die_reader *reader, struct die *die, uint64_t low, uint64_t high) {
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

struct error *die_code_ranges(struct die_reader *reader, Dwarf_Attribute attribute, Dwarf_Die raw, struct die *die) {
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
            return die_reader_error(reader, cause, "range list", die->offset);
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
                return die_reader_error(reader, cause, "range list entry", die->offset);
            }
            if (code != DW_RLE_end_of_list && code != DW_RLE_base_address && code != DW_RLE_base_addressx && !unavailable) {
                die_code_range(reader, die, low, high);
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
        return die_reader_error(reader, cause, "range list", die->offset);
    }
    uint64_t base = reader->low_pc;
    for (Dwarf_Signed i = 0; i < count; i++) {
        if (ranges[i].dwr_type == DW_RANGES_ADDRESS_SELECTION) {
            base = ranges[i].dwr_addr2;
        } else if (ranges[i].dwr_type == DW_RANGES_ENTRY) {
            die_code_range(reader, die, base + ranges[i].dwr_addr1, base + ranges[i].dwr_addr2);
        }
    }
    dwarf_ranges_dealloc(reader->dbg, ranges, count);
    return NULL;
}

/* DW_AT_low_pc, DW_AT_high_pc and DW_AT_entry_pc depend on each other, so they are read after the rest. */
void die_code_bounds(struct die_reader *reader, Dwarf_Die raw, struct die *die) {
    Dwarf_Addr low = 0;
    Dwarf_Addr high = 0;
    Dwarf_Half form = 0;
    enum Dwarf_Form_Class class = DW_FORM_CLASS_UNKNOWN;
    Dwarf_Error cause = NULL;
    bool has_low = dwarf_lowpc(raw, &low, &cause) == DW_DLV_OK;
    if (has_low && !die->range_count && dwarf_highpc_b(raw, &high, &form, &class, &cause) == DW_DLV_OK) {
        die_code_range(reader, die, low, class == DW_FORM_CLASS_ADDRESS ? high : low + high);
    }
    Dwarf_Attribute entry = NULL;
    if (die->tag == DIE_INLINED && die->range_count && dwarf_attr(raw, DW_AT_entry_pc, &entry, &cause) == DW_DLV_OK) {
        if (dwarf_formaddr(entry, &low, &cause) == DW_DLV_OK) {
            die->location = low;
        } else {
            Dwarf_Unsigned offset = 0;
            bool known = dwarf_formudata(entry, &offset, &cause) == DW_DLV_OK;
            die->location += known ? offset : 0;
        }
        dwarf_dealloc_attribute(entry);
    }
    if (cause) {
        dwarf_dealloc_error(reader->dbg, cause);
    }
}
