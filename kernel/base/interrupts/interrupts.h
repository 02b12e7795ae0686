/* Interrupts and exceptions. */
#ifndef BASE_INTERRUPTS_H
#define BASE_INTERRUPTS_H

#include <stdbool.h>
#include <stdint.h>

/* What the entry stubs leave on the stack, lowest address first. */
struct interrupt_frame {
    uint64_t r15, r14, r13, r12, r11, r10, r9, r8, rbp, rdi, rsi, rdx, rcx, rbx, rax;
    uint64_t vector, error;
    uint64_t rip, cs, flags, rsp, ss;
};

enum {
    EXCEPTION_DEBUG = 1,
    EXCEPTION_DOUBLE_FAULT = 8,
    EXCEPTION_PAGE_FAULT = 14,
    INTERRUPT_FIRST = 32,
    INTERRUPT_TIMER = 32,
    INTERRUPT_SPURIOUS = 63,
    INTERRUPT_LAST = 63
};

typedef void interrupt_handler(struct interrupt_frame *frame);

/* Fills and loads the IDT; other CPUs only load it. */
void interrupts_init(void);
void interrupts_load(void);
/* At start only. The handler runs with interrupts off, after the interrupt was acknowledged. */
void interrupt_route(unsigned vector, interrupt_handler *handler);
/* At start only. Called for exceptions of user mode, which must not come back to the same instruction unchanged. */
void exception_route_user(interrupt_handler *handler);
/* True if the interrupted code can go on. */
typedef bool exception_handler(struct interrupt_frame *frame);

/* At start only. Called for exceptions of kernel mode that have no landing, with interrupts off, before they are the end of everything. */
void exception_route_client(exception_handler *handler);
/* At start only. Called at the end of each interrupt, with interrupts off, before the interrupted code goes on. */
void interrupt_route_end(interrupt_handler *handler);

static inline bool frame_from_user(const struct interrupt_frame *frame) {
    return (frame->cs & 3) != 0;
}

/* Declares in inline assembly that a page fault at local label `fault` goes on at local label `landing`. */
#define FAULT_LANDING(fault, landing) ".pushsection .fault_landings, \"a\"\n\t.quad " #fault ", " #landing "\n\t.popsection\n\t"

#endif
