#include "instruction.h"

#include <stdbool.h>

/* Opcodes of one byte, in ranges: moves, arithmetic, jumps, string moves. None of them is carried out by a helper that stores. */
static const struct {
    uint8_t first;
    uint8_t last;
} PLAIN[] = {
    {0x00, 0x05}, {0x08, 0x0d}, {0x10, 0x15}, {0x18, 0x1d}, {0x20, 0x25}, {0x28, 0x2d}, {0x30, 0x35}, {0x38, 0x3d}, /* arithmetic */
    {0x58, 0x5f},                                                                                                   /* pop a register */
    {0x63, 0x63}, {0x69, 0x69}, {0x6b, 0x6b},                                                                       /* movsxd, imul */
    {0x70, 0x7f},                                                                                                   /* short jumps */
    {0x80, 0x81}, {0x83, 0x85}, {0x88, 0x8b}, {0x8d, 0x8d},                                                         /* arithmetic, test, mov, lea */
    {0x90, 0x90}, {0x98, 0x99},                                                                                     /* nop, sign extension */
    {0xa4, 0xa5}, {0xa8, 0xad}, {0xb0, 0xbf},                                                                       /* movs, test, stos, lods, mov */
    {0xc0, 0xc3}, {0xc6, 0xc7}, {0xc9, 0xc9}, {0xd0, 0xd3},                                                         /* shifts, ret, mov, leave */
    {0xe9, 0xe9}, {0xeb, 0xeb}, {0xf6, 0xf6}, /* jumps, not, neg, mul of bytes */
};
/* The same behind 0x0f. */
static const struct {
    uint8_t first;
    uint8_t last;
} PLAIN_TWO[] = {
    {0x1f, 0x1f}, {0x40, 0x4f}, {0x80, 0x9f}, {0xaf, 0xaf}, {0xb6, 0xb7}, {0xbe, 0xbf}, /* nop, cmov, jumps, set, imul, movzx, movsx */
};

#define HAS(table, opcode) table_has((const uint8_t *)(table), sizeof(table) / 2, (opcode))

static bool table_has(const uint8_t *pairs, size_t count, uint8_t opcode) {
    for (size_t i = 0; i < count; i++) {
        if (opcode >= pairs[2 * i] && opcode <= pairs[2 * i + 1]) {
            return true;
        }
    }
    return false;
}

enum instruction_stores instruction_stores(const void *data, size_t size) {
    const uint8_t *bytes = data;
    size_t at = 0;
    /* Operand size, repetition, REX. Locked ones, segments and other address sizes are told as other. */
    while (at < size && (bytes[at] == 0x66 || bytes[at] == 0xf2 || bytes[at] == 0xf3)) {
        at++;
    }
    if (at < size && (bytes[at] & 0xf0) == 0x40) {
        at++;
    }
    if (at >= size) {
        return INSTRUCTION_OTHER;
    }
    uint8_t opcode = bytes[at];
    if (opcode == 0x0f) {
        return at + 1 < size && HAS(PLAIN_TWO, bytes[at + 1]) ? INSTRUCTION_PLAIN : INSTRUCTION_OTHER;
    }
    if ((opcode >= 0x50 && opcode <= 0x57) || opcode == 0x68 || opcode == 0x6a || opcode == 0xe8) {
        return INSTRUCTION_PUSHES;
    }
    if (opcode == 0xfe || opcode == 0xff) { /* inc, dec; call and jump through memory or a register; push of memory; far ones */
        unsigned reg = at + 1 < size ? bytes[at + 1] >> 3 & 7 : 7;
        return reg <= 1 || (opcode == 0xff && (reg == 2 || reg == 4)) ? INSTRUCTION_PLAIN : INSTRUCTION_OTHER;
    }
    return HAS(PLAIN, opcode) ? INSTRUCTION_PLAIN : INSTRUCTION_OTHER;
}
