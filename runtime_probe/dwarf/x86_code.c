#include "spillscope/x86_code.h"

#include <string.h>

enum { LENGTH_MAX = 15, STACK = 4, FRAME = 5 };

/* What follows an opcode: bits of the tables below. */
enum { MODRM = 1, IMM8 = 2, IMM32 = 4, IMM16 = 8, BAD = 16 };

struct reader {
    const uint8_t *bytes;
    size_t count;
    size_t at;
    bool wide;
    bool short_operand; /* 66 */
    bool short_address; /* 67 */
    uint8_t rex;
    uint8_t map; /* 1: 0F, 2: 0F 38, 3: 0F 3A; 0: one byte */
    uint8_t opcode;
    uint8_t modrm;
    uint8_t sib;
    int32_t displacement;
    int64_t immediate;
    bool failed;
};

static uint8_t reader_byte(struct reader *reader) {
    if (reader->at >= reader->count || reader->at >= LENGTH_MAX) {
        reader->failed = true;
        return 0;
    }
    return reader->bytes[reader->at++];
}

/* Little-endian and signed. */
static int64_t reader_number(struct reader *reader, unsigned size) {
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)reader_byte(reader) << (8 * i);
    }
    unsigned unused = size && size < 8 ? 64 - 8 * size : 0;
    return (int64_t)(value << unused) >> unused;
}

/* 26 2e 36 3e 64 65 66 67 f0 f2 f3, then one REX; VEX and EVEX bring map and REX bits with them. */
static void reader_prefixes(struct reader *reader) {
    for (;;) {
        uint8_t byte = reader_byte(reader);
        reader->short_operand = reader->short_operand || byte == 0x66;
        reader->short_address = reader->short_address || byte == 0x67;
        bool prefix = byte == 0x26 || byte == 0x2e || byte == 0x36 || byte == 0x3e || (byte >= 0x64 && byte <= 0x67) || byte == 0xf0 ||
                      byte == 0xf2 || byte == 0xf3;
        if (reader->failed || !prefix) {
            reader->opcode = byte;
            break;
        }
    }
    if (reader->wide && (reader->opcode & 0xf0) == 0x40) {
        reader->rex = reader->opcode;
        reader->opcode = reader_byte(reader);
    }
}

/* In 32-bit mode these bytes are LES, LDS and BOUND where a memory operand follows. */
static bool reader_is_vex(const struct reader *reader) {
    bool vex = reader->opcode == 0xc4 || reader->opcode == 0xc5 || reader->opcode == 0x62;
    return vex && reader->at < reader->count && (reader->wide || (reader->bytes[reader->at] & 0xc0) == 0xc0);
}

static void reader_opcode(struct reader *reader) {
    if (reader_is_vex(reader)) {
        uint8_t kind = reader->opcode;
        uint8_t first = reader_byte(reader);
        reader->map = kind == 0xc5 ? 1 : first & (kind == 0x62 ? 7 : 31);
        for (int more = kind == 0xc5 ? 0 : kind == 0xc4 ? 1 : 2; more > 0; more--) {
            reader_byte(reader);
        }
        reader->opcode = reader_byte(reader);
        reader->failed = reader->failed || reader->map < 1 || reader->map > 3;
        return;
    }
    if (reader->opcode == 0x0f) {
        reader->opcode = reader_byte(reader);
        reader->map = 1;
        if (reader->opcode == 0x38 || reader->opcode == 0x3a) {
            reader->map = reader->opcode == 0x38 ? 2 : 3;
            reader->opcode = reader_byte(reader);
        }
    }
}

static unsigned one_byte_operands(const struct reader *reader) {
    uint8_t op = reader->opcode;
    if (op < 0x40) {
        unsigned low = op & 7;
        bool segment = low >= 6; /* push and pop of segments, decimal adjustments */
        return segment ? (reader->wide ? BAD : 0) : low < 4 ? MODRM : low == 4 ? IMM8 : IMM32;
    }
    if (op < 0x60 || (op >= 0x90 && op < 0xa0)) {
        return op == 0x9a ? (reader->wide ? BAD : IMM32 | IMM16) : 0;
    }
    if (op < 0x70) {
        static const uint8_t kinds[16] = {0, 0, MODRM, MODRM, BAD, BAD, BAD, BAD, IMM32, MODRM | IMM32, IMM8, MODRM | IMM8, 0, 0, 0, 0};
        return op < 0x62 && reader->wide ? BAD : kinds[op & 15];
    }
    if (op < 0x80) {
        return IMM8;
    }
    if (op < 0x90) {
        return op == 0x81 ? MODRM | IMM32 : op < 0x84 ? MODRM | IMM8 : MODRM;
    }
    if (op < 0xb0) {
        return op == 0xa8 ? IMM8 : op == 0xa9 ? IMM32 : 0;
    }
    if (op < 0xc0) {
        return op < 0xb8 ? IMM8 : IMM32;
    }
    if (op < 0xd0) {
        static const uint8_t kinds[16] = {
            MODRM | IMM8, MODRM | IMM8, IMM16, 0, MODRM, MODRM, MODRM | IMM8, MODRM | IMM32, IMM16 | IMM8, 0, IMM16, 0, 0, IMM8, 0, 0};
        return kinds[op & 15];
    }
    if (op < 0xe0) {
        return op < 0xd4 || op >= 0xd8 ? MODRM : op < 0xd6 ? IMM8 : 0;
    }
    if (op < 0xf0) {
        return op < 0xe8 || op == 0xeb ? IMM8 : op < 0xea ? IMM32 : op == 0xea ? (reader->wide ? BAD : IMM32 | IMM16) : 0;
    }
    return op == 0xf6 || op == 0xf7 || op >= 0xfe ? MODRM : 0;
}

static unsigned two_byte_operands(uint8_t op) {
    static const uint8_t plain[] = {0x05, 0x06, 0x07, 0x08, 0x09, 0x0b, 0x0e, 0x77, 0xa0, 0xa1, 0xa2, 0xa8, 0xa9, 0xaa};
    bool none = (op >= 0x30 && op < 0x38) || (op >= 0xc8 && op < 0xd0) || memchr(plain, op, sizeof plain);
    bool byte = op == 0x0f || (op >= 0x70 && op < 0x74) || op == 0xa4 || op == 0xac || op == 0xba || op == 0xc2 || (op >= 0xc4 && op < 0xc7);
    return none ? 0 : op >= 0x80 && op < 0x90 ? IMM32 : byte ? MODRM | IMM8 : MODRM;
}

/* ModRM, SIB and displacement. */
static void reader_modrm(struct reader *reader) {
    reader->modrm = reader_byte(reader);
    unsigned mod = reader->modrm >> 6;
    unsigned low = reader->modrm & 7;
    bool small = reader->short_address && !reader->wide;
    if (mod == 3) {
        return;
    }
    if (small) {
        reader->displacement = (int32_t)reader_number(reader, mod == 2 || (mod == 0 && low == 6) ? 2 : mod);
        return;
    }
    if (low == 4) {
        reader->sib = reader_byte(reader);
    }
    bool bare = mod == 0 && (low == 5 || (low == 4 && (reader->sib & 7) == 5));
    reader->displacement = (int32_t)reader_number(reader, bare || mod == 2 ? 4 : mod);
}

static void reader_operands(struct reader *reader) {
    uint8_t op = reader->opcode;
    unsigned kinds = reader->map == 0   ? one_byte_operands(reader)
                     : reader->map == 1 ? two_byte_operands(op)
                     : reader->map == 2 ? MODRM
                                        : MODRM | IMM8;
    reader->failed = reader->failed || kinds & BAD;
    if (kinds & MODRM) {
        reader_modrm(reader);
    }
    bool test = reader->map == 0 && (op == 0xf6 || op == 0xf7) && (reader->modrm >> 3 & 7) < 2;
    kinds |= test ? (op == 0xf6 ? IMM8 : IMM32) : 0;
    bool branch = (reader->map == 0 && (op == 0xe8 || op == 0xe9)) || (reader->map == 1 && op >= 0x80 && op < 0x90);
    if (kinds & IMM32) {
        bool whole = reader->map == 0 && op >= 0xb8 && op < 0xc0 && reader->rex & 8;
        bool half = reader->short_operand && !(branch && reader->wide);
        reader->immediate = reader_number(reader, whole ? 8 : half ? 2 : 4);
    }
    if (kinds & IMM16) {
        reader_number(reader, 2);
    }
    if (kinds & IMM8) {
        reader->immediate = reader_number(reader, 1);
    }
    if (reader->map == 0 && op >= 0xa0 && op < 0xa4) {
        reader_number(reader, reader->wide ? (reader->short_address ? 4 : 8) : reader->short_address ? 2 : 4);
    }
}

static enum x86_flow reader_flow(const struct reader *reader) {
    uint8_t op = reader->opcode;
    unsigned part = reader->modrm >> 3 & 7;
    if (reader->map == 1) {
        bool stop = op == 0x0b || op == 0xb9 || op == 0xff || op == 0x07 || op == 0x35; /* ud2, ud1, ud0, sysret, sysexit */
        return op >= 0x80 && op < 0x90 ? X86_BRANCH : stop ? X86_STOP : X86_NEXT;
    }
    if (reader->map) {
        return X86_NEXT;
    }
    if ((op >= 0x70 && op < 0x80) || (op >= 0xe0 && op < 0xe4)) {
        return X86_BRANCH;
    }
    switch (op) {
    case 0xc2:
    case 0xc3:
    case 0xca:
    case 0xcb:
    case 0xcf:
        return X86_RETURN;
    case 0xe8:
    case 0x9a:
        return X86_CALL;
    case 0xe9:
    case 0xeb:
        return X86_JUMP;
    case 0xea:
        return X86_JUMP_ANYWHERE;
    case 0xff:
        return part == 2 || part == 3 ? X86_CALL : part == 4 || part == 5 ? X86_JUMP_ANYWHERE : X86_NEXT;
    default:
        return X86_NEXT;
    }
}

/* Is the register in these three bits the stack pointer, or the frame pointer? `extended`: its fourth bit. */
static bool is_register(unsigned bits, unsigned extended, unsigned number) {
    return (bits & 7) == number && !extended;
}

/* Moves between both pointers, and arithmetic on the stack pointer. */
static void reader_stack_modrm(const struct reader *reader, struct x86_instruction *out) {
    uint8_t op = reader->opcode;
    unsigned mod = reader->modrm >> 6;
    unsigned part = reader->modrm >> 3 & 7;
    unsigned low_extended = reader->rex & 1;
    unsigned part_extended = reader->rex & 4;
    bool to_low = mod == 3 && is_register(reader->modrm, low_extended, STACK);
    bool frame_low = mod == 3 && is_register(reader->modrm, low_extended, FRAME);
    bool part_stack = is_register(part, part_extended, STACK);
    bool part_frame = is_register(part, part_extended, FRAME);
    if (op == 0x89 || op == 0x8b) {
        bool stack_gets = op == 0x89 ? to_low : part_stack;
        bool frame_gives = op == 0x89 ? part_frame : frame_low;
        bool frame_gets = op == 0x89 ? frame_low : part_frame;
        bool stack_gives = op == 0x89 ? part_stack : to_low;
        out->stack = stack_gets   ? (frame_gives ? X86_STACK_FROM_FRAME : X86_STACK_UNKNOWN)
                     : frame_gets ? (stack_gives ? X86_FRAME_FROM_STACK : X86_FRAME_UNKNOWN_MOVES)
                                  : X86_STACK_MOVES;
    } else if (op == 0x8d && (part_stack || part_frame)) { /* lea */
        bool base_stack = (reader->modrm & 7) == 4 && reader->sib == 0x24 && !low_extended;
        bool base_frame = (reader->modrm & 7) == FRAME && mod != 0 && !low_extended;
        out->change = part_stack ? reader->displacement : 0;
        out->stack = part_frame ? X86_FRAME_UNKNOWN_MOVES : base_stack ? X86_STACK_MOVES : base_frame ? X86_STACK_FROM_FRAME : X86_STACK_UNKNOWN;
    } else if ((op == 0x81 || op == 0x83) && (to_low || frame_low)) {
        bool moves = part == 0 || part == 5;
        int32_t by = (int32_t)(part == 0 ? reader->immediate : -reader->immediate);
        bool compares = part == 7;
        out->change = to_low && moves ? by : 0;
        out->stack = compares ? X86_STACK_MOVES : frame_low ? X86_FRAME_UNKNOWN_MOVES : moves ? X86_STACK_MOVES : X86_STACK_UNKNOWN;
    } else if (op < 0x38 && ((op & 7) == 1 || (op & 7) == 3)) {
        bool stack_gets = (op & 7) == 1 ? to_low : part_stack;
        bool frame_gets = (op & 7) == 1 ? frame_low : part_frame;
        out->stack = stack_gets ? X86_STACK_UNKNOWN : frame_gets ? X86_FRAME_UNKNOWN_MOVES : X86_STACK_MOVES;
    } else if (op == 0x87) {
        out->stack = to_low || part_stack ? X86_STACK_UNKNOWN : frame_low || part_frame ? X86_FRAME_UNKNOWN_MOVES : X86_STACK_MOVES;
    } else if (op == 0xff && part == 6) {
        out->change = reader->wide ? -8 : -4;
    } else if (op == 0x8f) {
        out->change = reader->wide ? 8 : 4;
        out->stack = to_low ? X86_STACK_UNKNOWN : frame_low ? X86_FRAME_UNKNOWN_MOVES : X86_STACK_MOVES;
    }
}

static void reader_stack(const struct reader *reader, struct x86_instruction *out) {
    uint8_t op = reader->opcode;
    int32_t word = reader->wide ? 8 : 4;
    out->stack = X86_STACK_MOVES;
    if (reader->map == 1) {
        out->change = op == 0xa0 || op == 0xa8 ? -word : op == 0xa1 || op == 0xa9 ? word : 0;
        return;
    }
    if (reader->map) {
        return;
    }
    bool saved = op < 0x40 && !reader->wide && ((op & 0x27) == 0x06 || (op & 0x27) == 0x07); /* segments of i386 */
    if ((op >= 0x50 && op < 0x58) || op == 0x68 || op == 0x6a || op == 0x9c) {
        out->change = -word;
    } else if ((op >= 0x58 && op < 0x60) || op == 0x9d) {
        bool stack = op == 0x58 + STACK && !(reader->rex & 1);
        bool frame = op == 0x58 + FRAME && !(reader->rex & 1);
        out->change = word;
        out->stack = stack ? X86_STACK_UNKNOWN : frame ? X86_FRAME_UNKNOWN_MOVES : X86_STACK_MOVES;
    } else if (op == 0xc9) { /* leave: the frame pointer's own word is popped */
        out->change = word;
        out->stack = X86_STACK_FROM_FRAME;
    } else if (op == 0xc8 || op == 0x60 || op == 0x61 || saved) {
        out->stack = X86_STACK_UNKNOWN;
    } else {
        reader_stack_modrm(reader, out);
    }
}

bool x86_decode(const uint8_t *bytes, size_t count, uint64_t address, bool wide, struct x86_instruction *out_instruction) {
    struct reader reader = {.bytes = bytes, .count = count, .wide = wide};
    reader_prefixes(&reader);
    reader_opcode(&reader);
    reader_operands(&reader);
    if (reader.failed) {
        return false;
    }
    struct x86_instruction instruction = {.length = (uint8_t)reader.at, .flow = reader_flow(&reader)};
    reader_stack(&reader, &instruction);
    if (instruction.flow == X86_JUMP || instruction.flow == X86_BRANCH || (instruction.flow == X86_CALL && reader.opcode == 0xe8)) {
        instruction.target = address + reader.at + (uint64_t)reader.immediate;
        instruction.target &= wide ? UINT64_MAX : UINT32_MAX;
    }
    *out_instruction = instruction;
    return true;
}
