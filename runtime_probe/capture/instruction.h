#ifndef CAPTURE_INSTRUCTION_H
#define CAPTURE_INSTRUCTION_H
/* How an x86-64 instruction stores, judged by its first bytes: only what is sure is told, everything else is INSTRUCTION_OTHER. */
#include <stddef.h>
#include <stdint.h>

enum instruction_stores {
    INSTRUCTION_OTHER, /* perhaps by a helper of QEMU */
    INSTRUCTION_PLAIN, /* by translated code alone, or not at all */
    INSTRUCTION_PUSHES /* a register, a constant or a return address to the stack, and nothing else */
};

enum instruction_stores instruction_stores(const void *bytes, size_t size);

#endif
