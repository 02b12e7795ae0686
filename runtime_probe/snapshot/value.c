#include "value.h"

#include <string.h>

uint64_t value_bits(const uint8_t *bytes, uint64_t size, uint64_t bit_offset, uint64_t bit_size) {
    uint64_t value = 0;
    if (bit_offset % 8 == 0 && bit_size % 8 == 0 && bit_size <= 64 && bit_offset / 8 + bit_size / 8 <= size) {
        memcpy(&value, bytes + bit_offset / 8, bit_size / 8);
        return value;
    }
    for (uint64_t bit = 0; bit < bit_size && bit < 64; bit++) {
        uint64_t at = bit_offset + bit;
        if (at / 8 >= size) {
            break;
        }
        value |= (uint64_t)(bytes[at / 8] >> (at % 8) & 1) << bit;
    }
    return value;
}

static int64_t sign_extend(uint64_t value, uint64_t bits) {
    if (bits == 0 || bits >= 64) {
        return (int64_t)value;
    }
    uint64_t sign = 1ULL << (bits - 1);
    return (int64_t)((value ^ sign) - sign);
}

static void enum_append(const struct type *type, int64_t value, struct text *text) {
    for (uint32_t i = 0; i < type->enumerator_count; i++) {
        if (type->enumerators[i].value == value) {
            text_append(text, type->enumerators[i].name);
            return;
        }
    }
    text_append_format(text, "%lld", (long long)value);
}

void value_append(struct identities *identities, uint32_t type_index, const uint8_t *bytes, uint64_t size, uint64_t bit_offset, uint64_t bit_size,
                  struct text *text) {
    const struct type *type = &identities->plan->image->types[type_index];
    if (bit_offset + bit_size > 8 * size) {
        return;
    }
    uint64_t bits = value_bits(bytes, size, bit_offset, bit_size);
    switch (type->kind) {
    case TYPE_POINTER:
        text->failed = !identities_append(identities, bits, text) || text->failed;
        break;
    case TYPE_ENUM:
        enum_append(type, sign_extend(bits, bit_size), text);
        break;
    case TYPE_FLOAT:
        if (bit_size == 32) {
            float number = 0;
            memcpy(&number, bytes + bit_offset / 8, sizeof number);
            text_append_format(text, "%.9g", (double)number);
        } else if (bit_size == 64) {
            double number = 0;
            memcpy(&number, bytes + bit_offset / 8, sizeof number);
            text_append_format(text, "%.17g", number);
        } else {
            text_append_format(text, "0x%llx", (unsigned long long)bits);
        }
        break;
    default:
        if (bit_size > 64) {
            text_append_format(text, "0x%llx...", (unsigned long long)bits);
        } else if (type->is_signed) {
            int64_t number = sign_extend(bits, bit_size);
            text_append(text, number < 0 ? "-" : "");
            text_append_unsigned(text, number < 0 ? 0 - (uint64_t)number : (uint64_t)number);
        } else {
            text_append_unsigned(text, bits);
        }
        break;
    }
}

void value_append_bytes(const uint8_t *bytes, uint64_t size, uint64_t bit_offset, uint64_t bit_size, struct text *text) {
    enum { SHOWN = 16 };
    uint64_t first = bit_offset / 8;
    uint64_t end = (bit_offset + bit_size + 7) / 8;
    text_append(text, "bytes");
    for (uint64_t at = first; at < end && at < size && at - first < SHOWN; at++) {
        text_append_format(text, " %02x", bytes[at]);
    }
    text_append(text, end - first > SHOWN ? " ..." : "");
}
