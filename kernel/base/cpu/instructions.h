/* Single instructions that C has no words for. */
#ifndef BASE_INSTRUCTIONS_H
#define BASE_INSTRUCTIONS_H

#include <stdint.h>

enum { FLAGS_FIXED = 0x2, FLAGS_TRAP = 0x100, FLAGS_INTERRUPTS = 0x200 };

static inline void port_write8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void port_write16(uint16_t port, uint16_t value) {
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void port_write32(uint16_t port, uint32_t value) {
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t port_read8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void msr_write(uint32_t msr, uint64_t value) {
    __asm__ volatile("wrmsr" : : "c"(msr), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}

static inline uint64_t msr_read(uint32_t msr) {
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr));
    return (uint64_t)high << 32 | low;
}

static inline uint64_t timestamp_read(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static inline uint64_t fault_address_read(void) {
    uint64_t address;
    __asm__ volatile("mov %%cr2, %0" : "=r"(address));
    return address;
}

static inline uint64_t page_root_read(void) {
    uint64_t root;
    __asm__ volatile("mov %%cr3, %0" : "=r"(root));
    return root;
}

static inline void page_root_write(uint64_t root) {
    __asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
}

/* Forgets the translation of `address`. The operand says that memory is read there, so that the compiler has stored what it must. */
static inline void page_forget(uint64_t address) {
    __asm__ volatile("invlpg %0" : : "m"(*(const uint8_t *)address));
}

static inline uint64_t cr0_read(void) {
    uint64_t value;
    __asm__ volatile("mov %%cr0, %0" : "=r"(value));
    return value;
}

static inline void cr0_write(uint64_t value) {
    __asm__ volatile("mov %0, %%cr0" : : "r"(value));
}

static inline uint64_t cr4_read(void) {
    uint64_t value;
    __asm__ volatile("mov %%cr4, %0" : "=r"(value));
    return value;
}

static inline void cr4_write(uint64_t value) {
    __asm__ volatile("mov %0, %%cr4" : : "r"(value));
}

static inline void cpu_identify(uint32_t leaf, uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx) {
    __asm__ volatile("cpuid" : "=a"(*eax), "=b"(*ebx), "=c"(*ecx), "=d"(*edx) : "a"(leaf), "c"(0));
}

static inline void cpu_relax(void) {
    __asm__ volatile("pause");
}

/* Waits for an interrupt with interrupts on. */
static inline void cpu_wait(void) {
    __asm__ volatile("sti; hlt" : : : "memory");
}

static inline void interrupts_enable(void) {
    __asm__ volatile("sti" : : : "memory");
}

static inline void interrupts_disable(void) {
    __asm__ volatile("cli" : : : "memory");
}

/* Turns interrupts off and gives back the flags before. */
static inline uint64_t interrupts_save(void) {
    uint64_t flags;
    __asm__ volatile("pushfq; popq %0; cli" : "=r"(flags) : : "memory");
    return flags;
}

/* From the next instruction but one on, each is followed by EXCEPTION_DEBUG. */
static inline void steps_trap(void) {
    __asm__ volatile("pushfq\n\torq %0, (%%rsp)\n\tpopfq" : : "i"(FLAGS_TRAP) : "memory", "cc");
}

static inline void interrupts_restore(uint64_t flags) {
    if (flags & FLAGS_INTERRUPTS) {
        interrupts_enable();
    }
}

#endif
