#include <base/unwind/call_sites.h>

enum { ENCODING_OMITTED = 0xff, ENCODING_ULEB128 = 0x01 };

static uint64_t uleb128_read(const uint8_t **at) {
    uint64_t value = 0;
    unsigned shift = 0;
    uint8_t byte;
    do {
        byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
    } while ((byte & 0x80) && shift < 64);
    return value;
}

bool call_sites_cover(const uint8_t *table, uint64_t offset) {
    const uint8_t *at = table;
    uint8_t landing_base = *at++, types = *at++, encoding = *at++;
    if (landing_base != ENCODING_OMITTED || types != ENCODING_OMITTED || encoding != ENCODING_ULEB128) {
        return false;
    }
    uint64_t length = uleb128_read(&at);
    for (const uint8_t *end = at + length; at < end;) {
        uint64_t begin = uleb128_read(&at), size = uleb128_read(&at);
        (void)uleb128_read(&at); /* the landing pad, 0 for none */
        (void)uleb128_read(&at); /* what it is for; cleanup is all there is in C */
        if (offset >= begin && offset < begin + size) {
            return true;
        }
    }
    return false;
}
