#ifndef SPILLSCOPE_GUEST_CPU_H
#define SPILLSCOPE_GUEST_CPU_H
/*
 * Registers and memory of the guest as the plugin sees them. Plugin interface 1 has no call for either, so QEMU's own functions are
 * looked up in the running process: ARCH_cpu_gdb_read_register, qemu_get_cpu, cpu_memory_rw_debug. They are no stable interface: this
 * is the only file that knows them, and guest_cpu_init says clearly when one is missing. Registers are true only in a callback on
 * a translated block's first instruction.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/arch.h"

enum { GUEST_ARGUMENTS = 6 };

enum { GUEST_REGISTERS = 64, GUEST_CANDIDATES = 16 };

/* Where in QEMU's CPU object a register lies: found by looking for its value, and believed when many values agree. */
struct guest_register_place {
    uint32_t offsets[GUEST_CANDIDATES]; /* that agreed so far, in 8-byte words */
    uint32_t count;
    uint32_t agreed; /* how often; GUEST_AGREED with one candidate = it is there */
    bool hopeless;
};

struct guest_cpu {
    const struct arch *arch;
    const struct arch_registers *registers; /* of the architecture in this QEMU */
    void *(*get)(int index);
    int (*read_register)(void *cpu, void *buffer, int number);
    int (*access)(void *cpu, uint64_t address, void *buffer, size_t count, bool write);
    uint64_t (*translate)(void *cpu, uint64_t page, uint32_t *attributes);
    void *(*buffer_new)(void);
    void *(*buffer_resize)(void *buffer, unsigned size);
    void (*forget_accesses)(void *cpu);
    struct guest_register_place places[GUEST_REGISTERS];
};

/*
 * A debugger's watchpoint makes QEMU 7.2 leave a translated block in the middle of an access, and keep the block's list of access
 * callbacks as the one in force; once the block is thrown away the next access from a helper (an interrupt's frame) aborts QEMU. Called
 * at the start of each block, this drops the list, which is empty there in any other case.
 */
void guest_cpu_forget_accesses(const struct guest_cpu *guest, unsigned cpu);
/* The same for each CPU, called where QEMU throws away all blocks, which it does while none runs. */
void guest_cpu_forget_all_accesses(const struct guest_cpu *guest);

/* For a kernel of this architecture on qemu-system-TARGET. NULL = success; else what is missing (a static string). */
const char *guest_cpu_init(struct guest_cpu *guest, const struct arch *arch, const char *target);
uint64_t guest_cpu_register(const struct guest_cpu *guest, unsigned cpu, int number, void *buffer);
/*
 * The same, a good deal faster once QEMU's answers have shown where in its CPU object the register lies. Calls must not run at the same time.
 */
uint64_t guest_cpu_register_fast(struct guest_cpu *guest, unsigned cpu, int number, void *buffer);
/* A buffer for guest_cpu_register; one for each thread that reads. */
void *guest_cpu_buffer(const struct guest_cpu *guest);
bool guest_cpu_read(const struct guest_cpu *guest, unsigned cpu, uint64_t address, void *bytes, size_t count);
/* A pointer-sized value; 0 when it cannot be read. */
uint64_t guest_cpu_word(const struct guest_cpu *guest, unsigned cpu, uint64_t address);
/* The same for the argument of a call, from 0, at whose first instruction the CPU stands with this stack pointer. */
uint64_t guest_cpu_argument(const struct guest_cpu *guest, unsigned cpu, uint64_t stack, int index, void *buffer);
struct qemu_plugin_tb;
/* The first whole instructions of a block that is being translated, as far as there is room; gives the number of bytes. */
size_t guest_cpu_code(const struct qemu_plugin_tb *block, unsigned char *bytes, size_t room);
/* Physical address of what lies at a virtual one, as the CPU sees it; UINT64_MAX = nothing. */
uint64_t guest_cpu_physical(const struct guest_cpu *guest, unsigned cpu, uint64_t address);

#endif
