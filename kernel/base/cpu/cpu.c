#include <base/cpu/cpu.h>
#include <base/cpu/instructions.h>

_Static_assert(__builtin_offsetof(struct cpu, kernel_stack) == 0, "syscall_entry and this must agree");
_Static_assert(__builtin_offsetof(struct cpu, user_stack) == 8, "syscall_entry and this must agree");
_Static_assert(__builtin_offsetof(struct cpu, index) == 16, "cpu_index and this must agree");

enum { MSR_GS_BASE = 0xc0000101, MSR_KERNEL_GS_BASE = 0xc0000102 };
enum { CR4_UMIP = 1 << 11, CR4_SMEP = 1 << 20, CPUID7_EBX_SMEP = 1 << 7, CPUID7_ECX_UMIP = 1 << 2 };

/* All CPUs. Owner: each element its own CPU; hardware reads gdt and tss. Lock: none, nobody writes another's element. */
struct cpu cpus[CPU_MAX];

extern uint8_t fault_stacks_bottom[];

struct descriptor_register {
    uint16_t limit;
    uint64_t base;
} __attribute__((packed));

static void segments_load(const struct descriptor_register *gdt) {
    __asm__ volatile("lgdt %0\n\t"
                     "pushq %1\n\t"
                     "leaq 1f(%%rip), %%rax\n\t"
                     "pushq %%rax\n\t"
                     "lretq\n"
                     "1:\tmovl %2, %%ds\n\t"
                     "movl %2, %%es\n\t"
                     "movl %2, %%ss\n\t"
                     "movl %2, %%fs\n\t"
                     "movl %2, %%gs\n\t"
                     "ltr %w3"
                     :
                     : "m"(*gdt), "i"(SELECTOR_KERNEL_CODE), "r"(SELECTOR_KERNEL_DATA), "r"(SELECTOR_TSS)
                     : "rax", "memory");
}

/* What the processor can do against user code: the kernel does not execute it, and it does not learn where the kernel's tables are. */
static void protections_enable(void) {
    uint32_t eax, ebx, ecx, edx;
    cpu_identify(0, &eax, &ebx, &ecx, &edx);
    if (eax >= 7) {
        cpu_identify(7, &eax, &ebx, &ecx, &edx);
        cr4_write(cr4_read() | (ebx & CPUID7_EBX_SMEP ? CR4_SMEP : 0) | (ecx & CPUID7_ECX_UMIP ? CR4_UMIP : 0));
    }
}

void cpu_init(uint32_t index) {
    struct cpu *cpu = &cpus[index];
    uint64_t tss = (uint64_t)&cpu->tss;
    uint64_t limit = sizeof cpu->tss - 1;
    uint8_t *fault_stacks = fault_stacks_bottom + index * FAULT_STACK_SIZE;

    cpu->index = index;
    cpu->gdt[1] = 0x00af9a000000ffff; /* kernel code */
    cpu->gdt[2] = 0x00cf92000000ffff; /* kernel data */
    cpu->gdt[4] = 0x00cff2000000ffff; /* user data */
    cpu->gdt[5] = 0x00affa000000ffff; /* user code */
    cpu->gdt[6] = limit | (tss & 0xffffff) << 16 | 0x89ul << 40 | (tss >> 24 & 0xff) << 56;
    cpu->gdt[7] = tss >> 32;
    cpu->tss.io_map = sizeof cpu->tss;
    cpu->tss.interrupt_stack[0] = (uint64_t)fault_stacks + FAULT_STACK_SIZE;

    struct descriptor_register gdt = {sizeof cpu->gdt - 1, (uint64_t)cpu->gdt};
    segments_load(&gdt);
    msr_write(MSR_GS_BASE, (uint64_t)cpu);
    msr_write(MSR_KERNEL_GS_BASE, 0);

    cr0_write(cr0_read() | CR0_EMULATION);
    protections_enable();
}
