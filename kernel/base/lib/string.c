#include <base/lib/string.h>
#include <stdint.h>

/* Within a loop: keeps the compiler from replacing the loop by a call of the very function it is in. */
#define LOOP_STAYS() __asm__ volatile("")

void *memcpy(void *restrict to, const void *restrict from, size_t size) {
    uint8_t *target = to;
    const uint8_t *source = from;
    for (; size >= 8; size -= 8, target += 8, source += 8) {
        LOOP_STAYS();
        *(uint64_t *)(void *)target = *(const uint64_t *)(const void *)source;
    }
    for (; size > 0; size--) {
        LOOP_STAYS();
        *target++ = *source++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t size) {
    uint8_t *target = to;
    const uint8_t *source = from;
    if (target <= source || target >= source + size) {
        return memcpy(to, from, size);
    }
    while (size > 0) {
        LOOP_STAYS();
        size--;
        target[size] = source[size];
    }
    return to;
}

void *memset(void *to, int byte, size_t size) {
    uint8_t *target = to;
    uint64_t pattern = (uint8_t)byte * 0x0101010101010101ul;
    for (; size >= 8; size -= 8, target += 8) {
        LOOP_STAYS();
        *(uint64_t *)(void *)target = pattern;
    }
    for (; size > 0; size--) {
        LOOP_STAYS();
        *target++ = (uint8_t)byte;
    }
    return to;
}

int memcmp(const void *one, const void *other, size_t size) {
    const uint8_t *left = one;
    const uint8_t *right = other;
    for (size_t i = 0; i < size; i++) {
        if (left[i] != right[i]) {
            return left[i] < right[i] ? -1 : 1;
        }
    }
    return 0;
}

size_t string_length(const char *text) {
    size_t length = 0;
    while (text[length] != '\0') {
        length++;
    }
    return length;
}

bool string_equal(const char *one, const char *other) {
    while (*one != '\0' && *one == *other) {
        one++;
        other++;
    }
    return *one == *other;
}

size_t string_copy(char *to, const char *from, size_t capacity) {
    size_t length = 0;
    while (length + 1 < capacity && from[length] != '\0') {
        to[length] = from[length];
        length++;
    }
    to[length] = '\0';
    return length;
}
