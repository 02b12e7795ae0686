#include "spillscope/arch.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

#define NONE                                                                                                                                         \
    {                                                                                                                                                \
        .number = -1,                                                                                                                                \
    }
#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof *(array)))

/* As counted by qemu-system-x86_64; for a 32-bit kernel on it too, which uses the lower halves. */
static const struct arch_registers X86_64[] = {
    {
        .target = "x86_64",
        .reader = "x86_cpu_gdb_read_register",
        .pc = {"rip", 16},
        .sp = {"rsp", 7},
        .frame = {"rbp", 6},
        .result = {"rax", 0},
        .result_high = NONE,
        .link = NONE,
        .arguments = {{"rdi", 5}, {"rsi", 4}, {"rdx", 3}, {"rcx", 2}, {"r8", 8}, {"r9", 9}, NONE},
        .page_root = {"cr3", 0x1d},
        .control = {"cr0", 0x1b},
        .control_more = {"cr4", 0x1e},
    },
};

static const struct arch_registers I386[] = {
    {
        .target = "i386",
        .reader = "x86_cpu_gdb_read_register",
        .pc = {"eip", 8},
        .sp = {"esp", 4},
        .frame = {"ebp", 5},
        .result = {"eax", 0},
        .result_high = {"edx", 2},
        .link = NONE,
        .arguments = {NONE},
        .page_root = {"cr3", 21},
        .control = {"cr0", 19},
        .control_more = {"cr4", 22},
    },
    {
        .target = "x86_64",
        .reader = "x86_cpu_gdb_read_register",
        .pc = {"rip", 16},
        .sp = {"rsp", 7},
        .frame = {"rbp", 6},
        .result = {"rax", 0},
        .result_high = {"rdx", 3},
        .link = NONE,
        .arguments = {NONE},
        .page_root = {"cr3", 0x1d},
        .control = {"cr0", 0x1b},
        .control_more = {"cr4", 0x1e},
    },
};

static const struct arch_registers RISCV64[] = {
    {
        .target = "riscv64",
        .reader = "riscv_cpu_gdb_read_register",
        .pc = {"pc", 32},
        .sp = {"sp", 2},
        .frame = {"fp", 8},
        .result = {"a0", 10},
        .result_high = NONE,
        .link = {"ra", 1},
        .arguments = {{"a0", 10}, {"a1", 11}, {"a2", 12}, {"a3", 13}, {"a4", 14}, {"a5", 15}, {"a6", 16}, {"a7", 17}},
        .page_root = NONE,
        .control = NONE,
        .control_more = NONE,
        .translation = {"satp"}, /* RISC-V privileged architecture, 4.1.11: MODE */
        .translation_mask = 0xfULL << 60,
    },
};

static const struct arch_registers AARCH64[] = {
    {
        .target = "aarch64",
        .reader = "aarch64_cpu_gdb_read_register",
        .pc = {"pc", 32},
        .sp = {"sp", 31},
        .frame = {"x29", 29},
        .result = {"x0", 0},
        .result_high = NONE,
        .link = {"x30", 30},
        .arguments = {{"x0", 0}, {"x1", 1}, {"x2", 2}, {"x3", 3}, {"x4", 4}, {"x5", 5}, {"x6", 6}, {"x7", 7}},
        .page_root = NONE,
        .control = NONE,
        .control_more = NONE,
        .translation = {"SCTLR", "SCTLR_EL1"}, /* Arm ARM D17.2.118: M; QEMU has called it both */
        .translation_mask = 1,
    },
};

/* Intel SDM volume 3, 6.12 and 6.14.2. */
static const struct arch_interrupt X86_64_INTERRUPT = {.pc = 0, .code = 8, .flags = 16, .sp = 24};
static const struct arch_interrupt I386_INTERRUPT = {.pc = 0, .code = 4, .flags = 8, .sp = 12, .sp_when_user = true};

static const struct arch ARCHES[] = {
    {
        .name = "x86_64",
        .machine = EM_X86_64,
        .pointer_size = 8,
        .registers = X86_64,
        .registers_count = COUNT(X86_64),
        .interrupt = &X86_64_INTERRUPT,
        .caller_offset = 8,
        .outer_offset = 0,
        .break_length = 1,
        .hole_low = 0xa0000, /* video memory and firmware */
        .hole_high = 0x100000,
    },
    {
        .name = "i386",
        .machine = EM_386,
        .pointer_size = 4,
        .registers = I386,
        .registers_count = COUNT(I386),
        .arguments_on_stack = true,
        .interrupt = &I386_INTERRUPT,
        .caller_offset = 4,
        .outer_offset = 0,
        .break_length = 1,
        .hole_low = 0xa0000,
        .hole_high = 0x100000,
    },
    {
        .name = "riscv64",
        .machine = EM_RISCV,
        .pointer_size = 8,
        .registers = RISCV64,
        .registers_count = COUNT(RISCV64),
        .records_by_reference = true,
        .caller_offset = -8,
        .outer_offset = -16,
        .break_length = 4,
        .ram_base = 0x80000000,
    },
    {
        .name = "aarch64",
        .machine = EM_AARCH64,
        .pointer_size = 8,
        .registers = AARCH64,
        .registers_count = COUNT(AARCH64),
        .records_by_reference = true,
        .caller_offset = 8,
        .outer_offset = 0,
        .break_length = 4,
        .ram_base = 0x40000000,
    },
};

const struct arch *arch_by_machine(uint16_t machine, uint32_t pointer_size) {
    for (size_t i = 0; i < COUNT(ARCHES); i++) {
        if (ARCHES[i].machine == machine && ARCHES[i].pointer_size == pointer_size) {
            return &ARCHES[i];
        }
    }
    return NULL;
}

const struct arch_registers *arch_registers_of(const struct arch *arch, const char *target) {
    for (uint32_t i = 0; i < arch->registers_count; i++) {
        if (strcmp(arch->registers[i].target, target) == 0) {
            return &arch->registers[i];
        }
    }
    return NULL;
}

const char *arch_names(void) {
    return "x86_64, i386, riscv64, aarch64";
}

enum arch_paging arch_paging(const struct arch *arch, uint64_t control, uint64_t control_more, uint32_t *out_levels) {
    static const uint64_t CR0_PAGING = 1ULL << 31;
    static const uint64_t CR4_PAE = 1ULL << 5;
    static const uint64_t CR4_FIVE_LEVELS = 1ULL << 12;
    if (!arch->registers->page_root.name) {
        return ARCH_PAGING_UNKNOWN;
    }
    if (!(control & CR0_PAGING)) {
        *out_levels = 0;
        return ARCH_PAGING_OFF;
    }
    if (arch->pointer_size == 8) {
        *out_levels = control_more & CR4_FIVE_LEVELS ? 5 : 4;
        return ARCH_PAGING_LEVELS;
    }
    *out_levels = control_more & CR4_PAE ? 3 : 2;
    return control_more & CR4_PAE ? ARCH_PAGING_PAE : ARCH_PAGING_32;
}

/* Intel SDM volume 3, 4.3 to 4.5. */
bool arch_page_level(enum arch_paging paging, uint32_t level, struct arch_page_level *out_level) {
    enum { PAGE_SHIFT = 12, WIDE = 9, NARROW = 10, TOP_BITS = 2 };
    switch (paging) {
    case ARCH_PAGING_LEVELS:
        *out_level = (struct arch_page_level){PAGE_SHIFT + WIDE * (level - 1), WIDE, 8, level == 2 || level == 3};
        return level >= 1 && level <= 5;
    case ARCH_PAGING_PAE:
        *out_level = (struct arch_page_level){PAGE_SHIFT + WIDE * (level - 1), level == 3 ? TOP_BITS : WIDE, 8, level == 2};
        return level >= 1 && level <= 3;
    case ARCH_PAGING_32:
        *out_level = (struct arch_page_level){PAGE_SHIFT + NARROW * (level - 1), NARROW, 4, level == 2};
        return level >= 1 && level <= 2;
    case ARCH_PAGING_OFF:
    case ARCH_PAGING_UNKNOWN:
        break;
    }
    return false;
}

bool arch_is_canonical(enum arch_paging paging, uint32_t levels, uint64_t address) {
    struct arch_page_level top;
    if (paging != ARCH_PAGING_LEVELS || !arch_page_level(paging, levels, &top)) {
        return true;
    }
    uint32_t unused = 64 - (top.shift + top.bits);
    return (uint64_t)((int64_t)(address << unused) >> unused) == address;
}

bool arch_entry_pushes(const struct arch *arch, const uint8_t *code, uint32_t count) {
    if (arch->machine != EM_X86_64 || count < 2) {
        return false;
    }
    bool low = (code[0] & 0xf8) == 0x50;                     /* push rax .. rdi */
    bool high = code[0] == 0x41 && (code[1] & 0xf8) == 0x50; /* push r8 .. r15 */
    return low || high;
}

bool arch_entry_pops(const struct arch *arch, const uint8_t *code, uint32_t count) {
    if (arch->machine != EM_X86_64 || count < 2) {
        return false;
    }
    return (code[0] & 0xf8) == 0x58 || (code[0] == 0x41 && (code[1] & 0xf8) == 0x58);
}
