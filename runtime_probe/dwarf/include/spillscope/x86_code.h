#ifndef SPILLSCOPE_X86_CODE_H
#define SPILLSCOPE_X86_CODE_H
/*
 * Instructions of i386 and x86_64, as far as following control and the stack pointer needs: how long one is, where it goes, what it does to the stack
 * pointer and the frame pointer. Source: Intel SDM volume 2, appendix A (opcode maps).
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum x86_flow {
    X86_NEXT,          /* the next one */
    X86_BRANCH,        /* the next one or `target` */
    X86_JUMP,          /* `target` */
    X86_JUMP_ANYWHERE, /* where a register or memory says */
    X86_CALL,          /* the next one, once what is called has returned */
    X86_RETURN,
    X86_STOP /* nothing comes after it */
};

/* What becomes of the stack pointer, or, where it says so, of the frame pointer. */
enum x86_stack {
    X86_STACK_MOVES,        /* by `change` bytes */
    X86_STACK_FROM_FRAME,   /* to the frame pointer plus `change` */
    X86_STACK_UNKNOWN,      /* */
    X86_FRAME_FROM_STACK,   /* the frame pointer becomes the stack pointer */
    X86_FRAME_UNKNOWN_MOVES /* the frame pointer is lost, and the stack pointer moves by `change` */
};

struct x86_instruction {
    uint8_t length;
    enum x86_flow flow;
    uint64_t target;
    enum x86_stack stack;
    int32_t change;
};

/* `wide`: 64-bit mode. False when the bytes begin with no whole instruction that is known here. */
bool x86_decode(const uint8_t *bytes, size_t count, uint64_t address, bool wide, struct x86_instruction *out_instruction);

#endif
