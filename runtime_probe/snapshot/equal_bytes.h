#ifndef SNAPSHOT_EQUAL_BYTES_H
#define SNAPSHOT_EQUAL_BYTES_H
#include <stdint.h>

/*
 * How many bytes two stretches have in common from their beginning on, exactly where that is less than `count`. As memcmp, but for long stretches of
 * which most are the same.
 */
uint64_t equal_bytes(const uint8_t *one, const uint8_t *other, uint64_t count);

#endif
