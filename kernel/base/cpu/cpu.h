/* What each CPU has of its own. */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include <base/cpu/instructions.h>
#include <base/memory/layout.h>
#include <stdbool.h>
#include <stdint.h>

enum { CPU_MAX = 8, FAULT_STACK_SIZE = 8192 };

enum {
    SELECTOR_KERNEL_CODE = 0x08,
    SELECTOR_KERNEL_DATA = 0x10,
    SELECTOR_USER_BASE = 0x18, /* sysret takes data from +8, code from +16 */
    SELECTOR_USER_DATA = 0x23,
    SELECTOR_USER_CODE = 0x2b,
    SELECTOR_TSS = 0x30
};

/* Task state segment, Intel SDM volume 3, 8.7. */
struct task_state_segment {
    uint32_t reserved0;
    uint64_t stack[3];
    uint64_t reserved1;
    uint64_t interrupt_stack[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t io_map;
} __attribute__((packed));

struct task;

/* The gs base of a CPU in the kernel points to its element of `cpus`. syscall_entry and cpu_index know the first fields. */
struct cpu {
    uint64_t kernel_stack; /* top of the current task's kernel stack, for the syscall entry */
    uint64_t user_stack;   /* scratch of the syscall entry: the user's rsp until it is on the kernel stack */
    uint32_t index;        /* in `cpus` */
    uint32_t started;      /* 1 once it runs the kernel */
    struct task *current;  /* the task that runs here; owner: the scheduler, lock: only this CPU, interrupts off */
    struct task *idle;     /* runs when nothing else does */
    uint64_t translations; /* paging.generation when this CPU last forgot all kernel translations (see paging.h) */
    uint64_t gdt[8];
    struct task_state_segment tss;
};

extern struct cpu cpus[CPU_MAX];

/* Floating-point instructions are exceptions: nobody saves those registers, which would tell one client what another computed. */
enum { CR0_EMULATION = 4 };

/* Sets GDT, TSS and gs base of the CPU that runs this up as cpus[index], and what it forbids. */
void cpu_init(uint32_t index);

/* With interrupts on a task may be moved to another CPU right after this. */
static inline uint32_t cpu_index(void) {
    uint32_t index;
    __asm__ volatile("movl %%gs:16, %0" : "=r"(index));
    return index;
}

static inline struct cpu *cpu_this(void) {
    return &cpus[cpu_index()];
}

/* Where the CPU enters the kernel from user mode. `top` is the first address behind the stack. */
static inline void cpu_set_kernel_stack(struct cpu *cpu, uint64_t top) {
    cpu->kernel_stack = top;
    cpu->tss.stack[0] = top;
}

/* Saves the running context on its stack and its rsp at `save`, goes on with the one saved at `load`. `note` lies in the saved context, for
 * who looks at it meanwhile. `left` is passed on to the context that goes on, for which the call that it left by returns it; a new task's
 * task_begin gets it. The only function that changes stacks. */
struct task *context_switch(uint64_t *save, uint64_t load, void *note, struct task *left);

/* What context_switch keeps on the stack, lowest address first. */
struct context_frame {
    void *note;
    uint64_t flags, r15, r14, r13, r12, rbx, rbp, rip;
};

/* Where a new task begins. */
void context_begin(void);

/* The context of a task that begins with context_begin, below `top` of its stack; gives its rsp. */
static inline uint64_t context_prepare(void *top) {
    struct context_frame *frame = (struct context_frame *)((uint64_t)top & ~15ul) - 1;
    *frame = (struct context_frame){.flags = FLAGS_FIXED, .rip = (uint64_t)context_begin};
    return (uint64_t)frame;
}

#endif
