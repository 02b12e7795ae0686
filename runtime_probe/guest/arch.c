#include "spillscope/arch.h"

#include <elf.h>
#include <stddef.h>
#include <string.h>

static const struct arch ARCHES[] = {
    {
        .name = "x86_64",
        .machine = EM_X86_64,
        .pointer_size = 8,
        .pc = "rip",
        .sp = "rsp",
        .result = "rax",
        .arguments = {"rdi", "rsi", "rdx", "rcx", "r8", "r9", NULL},
        .page_root = "cr3",
        .return_on_stack = true,
        .break_length = 1,
    },
};

const struct arch *arch_by_machine(uint16_t machine) {
    for (size_t i = 0; i < sizeof ARCHES / sizeof *ARCHES; i++) {
        if (ARCHES[i].machine == machine) {
            return &ARCHES[i];
        }
    }
    return NULL;
}

bool arch_entry_pushes(const struct arch *arch, const uint8_t *code, uint32_t count) {
    if (arch->machine != EM_X86_64 || count < 2) {
        return false;
    }
    bool low = (code[0] & 0xf8) == 0x50;                     /* push rax .. rdi */
    bool high = code[0] == 0x41 && (code[1] & 0xf8) == 0x50; /* push r8 .. r15 */
    return low || high;
}

uint32_t arch_landing_pad(const struct arch *arch, const uint8_t *code, uint32_t count) {
    static const uint8_t ENDBR64[] = {0xf3, 0x0f, 0x1e, 0xfa};
    return arch->machine == EM_X86_64 && count >= 4 && memcmp(code, ENDBR64, 4) == 0 ? 4 : 0;
}
