#include "equal_bytes.h"

#include <stddef.h>
#include <string.h>

/* As wide as the widest registers; the compiler makes it of narrower ones where there are none. */
typedef uint64_t wide __attribute__((vector_size(64), aligned(1), may_alias));
enum { WIDE = sizeof(wide), STEP = 8 * WIDE };

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_ADDRESS__)
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define FOR_EACH_PROCESSOR
#endif

/* Whole steps that are the same. */
FOR_EACH_PROCESSOR static uint64_t equal_steps(const uint8_t *one, const uint8_t *other, uint64_t count) {
    uint64_t at = 0;
    for (; at + STEP <= count; at += STEP) {
        wide differs = {0};
        for (int i = 0; i < STEP; i += WIDE) {
            differs |= *(const wide *)(const void *)(one + at + i) ^ *(const wide *)(const void *)(other + at + i);
        }
        uint64_t any = 0;
        for (size_t i = 0; i < WIDE / sizeof any; i++) {
            any |= differs[i];
        }
        if (any) {
            break;
        }
    }
    return at;
}

uint64_t equal_bytes(const uint8_t *one, const uint8_t *other, uint64_t count) {
    uint64_t at = equal_steps(one, other, count);
    uint64_t left = 0;
    uint64_t right = 0;
    while (count - at >= sizeof left) {
        memcpy(&left, one + at, sizeof left);
        memcpy(&right, other + at, sizeof right);
        if (left != right) {
            break;
        }
        at += sizeof left;
    }
    while (at < count && one[at] == other[at]) {
        at++;
    }
    return at;
}
