#include "guest_cpu.h"

#include "qemu_plugin_api.h"
#include <dlfcn.h>
#include <elf.h>
#include <malloc.h>
#include <string.h>

/* GLib's public byte array, which QEMU's register readers append to. */
struct byte_array {
    uint8_t *data;
    unsigned length;
};

static bool find(void *out_function, const char *name) {
    void *symbol = dlsym(RTLD_DEFAULT, name);
    memcpy(out_function, &symbol, sizeof symbol); /* ISO C has no cast from object to function pointer */
    return symbol != NULL;
}

const char *guest_cpu_init(struct guest_cpu *guest, const struct arch *arch, const char *target) {
    *guest = (struct guest_cpu){.arch = arch, .registers = arch ? arch_registers_of(arch, target) : NULL};
    if (!guest->registers) {
        return arch ? "this QEMU does not run kernels of this architecture" : "this architecture has no description";
    }
    if (!find(&guest->get, "qemu_get_cpu")) {
        return "this QEMU does not export qemu_get_cpu";
    }
    if (!find(&guest->read_register, guest->registers->reader)) {
        return "this QEMU does not export its register reader (ARCH_cpu_gdb_read_register)";
    }
    if (!find(&guest->access, "cpu_memory_rw_debug")) {
        return "this QEMU does not export cpu_memory_rw_debug";
    }
    if (!find(&guest->translate, "cpu_get_phys_page_attrs_debug")) {
        return "this QEMU does not export cpu_get_phys_page_attrs_debug";
    }
    if (!find(&guest->buffer_new, "g_byte_array_new") || !find(&guest->buffer_resize, "g_byte_array_set_size")) {
        return "GLib's byte arrays are not there";
    }
    if (!find(&guest->forget_accesses, "qemu_plugin_disable_mem_helpers")) {
        return "this QEMU does not export qemu_plugin_disable_mem_helpers";
    }
    return NULL;
}

void guest_cpu_forget_accesses(const struct guest_cpu *guest, unsigned cpu) {
    guest->forget_accesses(guest->get((int)cpu));
}

void guest_cpu_forget_all_accesses(const struct guest_cpu *guest) {
    void *cpu = NULL;
    for (int index = 0; (cpu = guest->get(index)) != NULL; index++) {
        guest->forget_accesses(cpu);
    }
}

void *guest_cpu_buffer(const struct guest_cpu *guest) {
    return guest->buffer_new();
}

uint64_t guest_cpu_register(const struct guest_cpu *guest, unsigned cpu, int number, void *buffer) {
    struct byte_array *array = buffer;
    uint64_t value = 0;
    if (number < 0) {
        return 0;
    }
    guest->buffer_resize(array, 0);
    int size = guest->read_register(guest->get((int)cpu), array, number);
    if (size > 0 && array->length >= (unsigned)size) {
        size_t width = (size_t)size < guest->arch->pointer_size ? (size_t)size : guest->arch->pointer_size;
        memcpy(&value, array->data, width);
    }
    return value;
}

/* How many different values must agree before a place is believed. */
enum { GUEST_AGREED = 64 };
#define PLACE_UNKNOWN UINT32_MAX

static void place_search(struct guest_register_place *place, const uint64_t *words, size_t count, uint64_t value) {
    place->count = 0;
    for (size_t i = 0; i < count; i++) {
        if (words[i] != value) {
            continue;
        }
        if (place->count == GUEST_CANDIDATES) {
            place->count = 0; /* too common a value: another one will tell */
            return;
        }
        place->offsets[place->count++] = (uint32_t)i;
    }
    place->agreed = 0;
}

/* Where the register must lie if the stack pointer lies where it was found: general registers stand in a row, in the order of their encoding. */
static uint32_t place_by_row(const struct guest_cpu *guest, int number) {
    static const uint8_t encoding[] = {0, 3, 1, 2, 6, 7, 5, 4}; /* rax rbx rcx rdx rsi rdi rbp rsp */
    const struct guest_register_place *stack = &guest->places[guest->registers->sp.number];
    bool known = guest->arch->machine == EM_X86_64 && number < (int)sizeof encoding && stack->agreed >= GUEST_AGREED && stack->count == 1;
    return known && stack->offsets[0] >= 4 ? stack->offsets[0] - 4 + encoding[number] : PLACE_UNKNOWN;
}

static void place_learn(struct guest_register_place *place, void *cpu, uint64_t value, uint32_t base) {
    const uint64_t *words = cpu;
    size_t count = malloc_usable_size(cpu) / sizeof *words;
    uint32_t kept = 0;
    if (!place->count && base != PLACE_UNKNOWN) {
        place->offsets[0] = base;
        place->count = 1;
    } else if (!place->count && value < 4096) {
        return; /* small numbers are everywhere */
    } else if (!place->count) {
        place_search(place, words, count, value);
        return;
    }
    for (uint32_t i = 0; i < place->count; i++) {
        if (words[place->offsets[i]] == value) {
            place->offsets[kept++] = place->offsets[i];
        }
    }
    place->hopeless = kept == 0;
    place->count = kept;
    place->agreed++;
    if (place->agreed == GUEST_AGREED && kept > 1) {
        place->hopeless = true; /* one that never changes cannot be told from its copies */
    }
}

/* Of several places of cr3 only one stands between cr0 and cr4. */
static void place_in_row(struct guest_register_place *place, const uint64_t *words, uint64_t cr0, uint64_t cr4) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < place->count; i++) {
        uint32_t at = place->offsets[i];
        if (at >= 3 && words[at - 3] == cr0 && words[at + 1] == cr4) {
            place->offsets[kept++] = at;
        }
    }
    place->count = kept ? kept : place->count;
}

uint64_t guest_cpu_register_fast(struct guest_cpu *guest, unsigned cpu, int number, void *buffer) {
    struct guest_register_place *place = number >= 0 && number < GUEST_REGISTERS ? &guest->places[number] : NULL;
    if (!place || place->hopeless || guest->arch->machine != EM_X86_64) { /* tried with that one alone */
        return guest_cpu_register(guest, cpu, number, buffer);
    }
    void *object = guest->get((int)cpu);
    if (place->agreed >= GUEST_AGREED && place->count == 1) {
        return ((const uint64_t *)object)[place->offsets[0]];
    }
    uint64_t value = guest_cpu_register(guest, cpu, number, buffer);
    if (number == guest->registers->page_root.number && place->count > 1) {
        place_in_row(place, object, guest_cpu_register(guest, cpu, number - 2, buffer), guest_cpu_register(guest, cpu, number + 1, buffer));
    }
    place_learn(place, object, value, place_by_row(guest, number));
    return value;
}

bool guest_cpu_read(const struct guest_cpu *guest, unsigned cpu, uint64_t address, void *bytes, size_t count) {
    return guest->access(guest->get((int)cpu), address, bytes, count, false) == 0;
}

uint64_t guest_cpu_word(const struct guest_cpu *guest, unsigned cpu, uint64_t address) {
    uint64_t word = 0;
    return guest_cpu_read(guest, cpu, address, &word, guest->arch->pointer_size) ? word : 0;
}

uint64_t guest_cpu_argument(const struct guest_cpu *guest, unsigned cpu, uint64_t stack, int index, void *buffer) {
    if (guest->arch->arguments_on_stack) {
        return guest_cpu_word(guest, cpu, stack + (uint64_t)guest->arch->pointer_size * (uint64_t)(1 + index));
    }
    const struct arch_register *argument = index < ARCH_ARGUMENTS ? &guest->registers->arguments[index] : NULL;
    return argument && argument->name ? guest_cpu_register(guest, cpu, argument->number, buffer) : 0;
}

uint64_t guest_cpu_physical(const struct guest_cpu *guest, unsigned cpu, uint64_t address) {
    enum { PAGE = 4096 };
    uint32_t attributes[4] = {0}; /* QEMU's MemTxAttrs, which is smaller */
    uint64_t page = guest->translate(guest->get((int)cpu), address & ~(uint64_t)(PAGE - 1), attributes);
    return page == UINT64_MAX ? page : page + address % PAGE;
}

size_t guest_cpu_code(const struct qemu_plugin_tb *block, unsigned char *bytes, size_t room) {
    size_t count = 0;
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); i++) {
        const struct qemu_plugin_insn *instruction = qemu_plugin_tb_get_insn(block, i);
        size_t size = qemu_plugin_insn_size(instruction);
        if (count + size > room) {
            break;
        }
        memcpy(bytes + count, qemu_plugin_insn_data(instruction), size);
        count += size;
    }
    return count;
}
