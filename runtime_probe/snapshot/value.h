#ifndef SPILLSCOPE_VALUE_H
#define SPILLSCOPE_VALUE_H
/* The value of a leaf as text: integers by sign, enumerators by name, pointers by what they point to, characters as text. */
#include "identities.h"
#include "spillscope/plan.h"
#include "spillscope/text.h"

/* `bytes` holds the whole object of `size` bytes; a leaf that sticks out of it gives nothing. */
void value_append(struct identities *identities, uint32_t type, const uint8_t *bytes, uint64_t size, uint64_t bit_offset, uint64_t bit_size,
                  struct text *text);

/* The same where it is not known which type the bytes are of: "bytes 2a 00 ff". */
void value_append_bytes(const uint8_t *bytes, uint64_t size, uint64_t bit_offset, uint64_t bit_size, struct text *text);

/* The bits of a leaf, least significant first; at most 64. */
uint64_t value_bits(const uint8_t *bytes, uint64_t size, uint64_t bit_offset, uint64_t bit_size);

#endif
