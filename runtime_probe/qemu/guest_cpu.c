#include "guest_cpu.h"

#include <dlfcn.h>
#include <elf.h>
#include <string.h>

static const struct guest_architecture architectures[] = {
    {.target = "x86_64",
     .machine = EM_X86_64,
     .read_register = "x86_cpu_gdb_read_register",
     .stack = 7,
     .frame = 6,
     .result = 0,
     .link = -1,
     .root = 0x1d,
     .arguments = {5, 4, 3, 2, 8, 9},
     .caller_offset = 8,
     .outer_offset = 0},
    {.target = "riscv64",
     .machine = EM_RISCV,
     .read_register = "riscv_cpu_gdb_read_register",
     .stack = 2,
     .frame = 8,
     .result = 10,
     .link = 1,
     .root = -1,
     .arguments = {10, 11, 12, 13, 14, 15},
     .caller_offset = -8,
     .outer_offset = -16},
    {.target = "aarch64",
     .machine = EM_AARCH64,
     .read_register = "aarch64_cpu_gdb_read_register",
     .stack = 31,
     .frame = 29,
     .result = 0,
     .link = 30,
     .root = -1,
     .arguments = {0, 1, 2, 3, 4, 5},
     .caller_offset = 8,
     .outer_offset = 0},
};

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

const char *guest_cpu_init(struct guest_cpu *guest, const char *target) {
    *guest = (struct guest_cpu){0};
    for (size_t i = 0; i < sizeof architectures / sizeof *architectures; i++) {
        if (strcmp(architectures[i].target, target) == 0) {
            guest->architecture = &architectures[i];
        }
    }
    if (!guest->architecture) {
        return "this architecture has no register description";
    }
    if (!find(&guest->get, "qemu_get_cpu")) {
        return "this QEMU does not export qemu_get_cpu";
    }
    if (!find(&guest->read_register, guest->architecture->read_register)) {
        return "this QEMU does not export its register reader (ARCH_cpu_gdb_read_register)";
    }
    if (!find(&guest->access, "cpu_memory_rw_debug")) {
        return "this QEMU does not export cpu_memory_rw_debug";
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
        memcpy(&value, array->data, size < 8 ? (size_t)size : 8);
    }
    return value;
}

bool guest_cpu_read(const struct guest_cpu *guest, unsigned cpu, uint64_t address, void *bytes, size_t count) {
    return guest->access(guest->get((int)cpu), address, bytes, count, false) == 0;
}
