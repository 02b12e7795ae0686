#include "spillscope/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REGISTER_BYTES = 4096 };

struct error *guest_attach(struct session *session, struct guest_memory *memory, const struct arch *arch, struct guest *out_guest) {
    static const char *const NEEDED = "the stub has no register '%s': is it a %s machine?";
    const char *names[] = {arch->pc, arch->sp, arch->result};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!session_register_by_name(session, names[i])) {
            return error_create(ERROR_MISMATCH, NEEDED, names[i], arch->name);
        }
    }
    *out_guest = (struct guest){.arch = arch, .session = session, .memory = memory};
    return NULL;
}

/* Value of a register in the bytes of `g`; 0 for one that is not among them. */
static uint64_t register_value(const struct guest *guest, const char *name, const uint8_t *bytes, size_t count) {
    const struct session_register *which = name ? session_register_by_name(guest->session, name) : NULL;
    uint64_t value = 0;
    if (which && which->size <= sizeof value && which->offset + which->size <= count) {
        memcpy(&value, bytes + which->offset, which->size);
    }
    return value;
}

/* CPU index from "p01.02" or "2": threads of a machine are its CPUs, counted from 1. */
static uint32_t thread_cpu(const char *thread) {
    const char *dot = strchr(thread, '.');
    unsigned long number = strtoul(dot ? dot + 1 : thread, NULL, 16);
    return number > 0 ? (uint32_t)(number - 1) : 0;
}

struct error *guest_look(struct guest *guest, const char *thread) {
    uint8_t bytes[REGISTER_BYTES];
    size_t count = 0;
    struct error *error = session_select(guest->session, thread);
    if (!error) {
        error = session_read_registers(guest->session, bytes, sizeof bytes, &count);
    }
    if (error) {
        return error;
    }
    const struct arch *arch = guest->arch;
    guest->cpu = thread_cpu(thread);
    snprintf(guest->thread, sizeof guest->thread, "%s", thread);
    guest->registers = (struct guest_registers){
        .pc = register_value(guest, arch->pc, bytes, count),
        .sp = register_value(guest, arch->sp, bytes, count),
        .result = register_value(guest, arch->result, bytes, count),
    };
    for (size_t i = 0; i < ARCH_ARGUMENTS && arch->arguments[i]; i++) {
        guest->registers.arguments[i] = register_value(guest, arch->arguments[i], bytes, count);
    }
    static const uint64_t CR0_PAGING = 1ULL << 31;
    static const uint64_t CR4_FIVE_LEVELS = 1ULL << 12;
    bool paging = arch->page_root && (register_value(guest, "cr0", bytes, count) & CR0_PAGING);
    uint32_t levels = register_value(guest, "cr4", bytes, count) & CR4_FIVE_LEVELS ? 5 : 4;
    guest_memory_moved(guest->memory, paging, register_value(guest, arch->page_root, bytes, count), levels);
    return NULL;
}

struct error *guest_stopped(struct guest *guest, const struct stop_reply *reply) {
    guest->stops++;
    return guest_look(guest, reply->thread);
}

struct error *guest_read_word(struct guest *guest, uint64_t address, uint64_t *out_value, bool *out_valid) {
    uint64_t value = 0;
    struct error *error = guest_memory_read(guest->memory, address, &value, guest->arch->pointer_size, out_valid);
    if (!error) {
        *out_value = value;
    }
    return error;
}
