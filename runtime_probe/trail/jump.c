#include "jump.h"

#include <elf.h>
#include <string.h>

enum { LONGEST = 15 };

static bool is_prefix(uint8_t byte) {
    return byte == 0x2e || byte == 0x3e || byte == 0x66 || byte == 0xf2 || byte == 0xf3;
}

struct jump jump_at(const struct image *image, uint64_t pc) {
    uint8_t bytes[LONGEST] = {0};
    struct jump jump = {.kind = JUMP_OTHER};
    uint64_t at = 0;
    size_t got = LONGEST;
    while (got > 0 && !image_bytes(image, pc, bytes, got)) {
        got--; /* the section may end here */
    }
    if (image->machine != EM_X86_64 && image->machine != EM_386) {
        return jump;
    }
    while (at + 2 < got && is_prefix(bytes[at])) {
        at++;
    }
    if (at + 2 < got && image->machine == EM_X86_64 && (bytes[at] & 0xf0) == 0x40) {
        at++;
    }
    if (at + 1 < got && bytes[at] >= 0x70 && bytes[at] <= 0x7f) {
        jump.kind = JUMP_BRANCH;
        jump.next = pc + at + 2;
        jump.target = jump.next + (uint64_t)(int64_t)(int8_t)bytes[at + 1];
    } else if (at + 5 < got && bytes[at] == 0x0f && bytes[at + 1] >= 0x80 && bytes[at + 1] <= 0x8f) {
        int32_t distance = 0;
        memcpy(&distance, bytes + at + 2, sizeof distance);
        jump.kind = JUMP_BRANCH;
        jump.next = pc + at + 6;
        jump.target = jump.next + (uint64_t)(int64_t)distance;
    } else if (at + 1 < got && bytes[at] == 0xff && ((bytes[at + 1] >> 3 & 7) == 2 || (bytes[at + 1] >> 3 & 7) == 4)) {
        jump.kind = JUMP_POINTER;
    }
    return jump;
}
