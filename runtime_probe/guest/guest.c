#include "spillscope/guest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "spillscope/packet.h"

enum { REGISTER_BYTES = 4096 };

struct error *guest_attach(struct session *session, struct guest_memory *memory, const struct arch *arch, struct guest *out_guest) {
    static const char *const NEEDED = "the stub has no register '%s': is it a %s machine?";
    const struct arch_registers *named = NULL;
    const char *missing = NULL;
    for (uint32_t i = 0; !named && i < arch->registers_count; i++) {
        named = &arch->registers[i];
        const char *names[] = {named->pc.name, named->sp.name, named->result.name, named->link.name};
        for (size_t n = 0; named && n < sizeof names / sizeof *names; n++) {
            if (names[n] && !session_register_by_name(session, names[n])) {
                missing = missing ? missing : names[n];
                named = NULL;
            }
        }
    }
    if (!named) {
        return error_create(ERROR_MISMATCH, NEEDED, missing, arch->name);
    }
    *out_guest = (struct guest){.arch = arch, .named = named, .session = session, .memory = memory};
    return NULL;
}

/* Value of a register in the bytes of `g`; 0 for one that is not among them. */
static uint64_t register_value(const struct guest *guest, struct arch_register named, const uint8_t *bytes, size_t count) {
    const struct session_register *which = named.name ? session_register_by_name(guest->session, named.name) : NULL;
    uint64_t value = 0;
    if (which && which->size <= sizeof value && which->offset + which->size <= count) {
        memcpy(&value, bytes + which->offset, which->size < guest->arch->pointer_size ? which->size : guest->arch->pointer_size);
    }
    return value;
}

/* Does the register say that addresses are translated? Not among the core ones, so it is asked for by itself; true when the stub does not tell. */
static struct error *translation_is_on(const struct guest *guest, bool *out_on) {
    const char *const *names = guest->named->translation;
    bool on = true;
    for (size_t i = 0; i < sizeof guest->named->translation / sizeof *names; i++) {
        const struct session_register *which = names[i] ? session_register_by_name(guest->session, names[i]) : NULL;
        const uint8_t *reply = NULL;
        size_t count = 0;
        uint8_t bytes[sizeof(uint64_t)] = {0};
        if (!which || which->size > sizeof bytes) {
            continue;
        }
        struct error *error = session_request(guest->session, &reply, &count, "p%x", which->number);
        if (error) {
            return error;
        }
        if (count == 2 * which->size && hex_decode(reply, count, bytes)) {
            uint64_t value = 0;
            memcpy(&value, bytes, sizeof value);
            on = (value & guest->named->translation_mask) != 0;
            break;
        }
    }
    *out_on = on;
    return NULL;
}

/* How addresses are translated on the CPU that is looked at. */
static struct error *guest_look_paging(struct guest *guest, const uint8_t *bytes, size_t count) {
    const struct arch_registers *named = guest->named;
    struct guest_translation translation = {0};
    translation.paging = arch_paging(guest->arch, register_value(guest, named->control, bytes, count),
                                     register_value(guest, named->control_more, bytes, count), &translation.levels);
    translation.root = register_value(guest, named->page_root, bytes, count);
    struct error *error = NULL;
    if (translation.paging == ARCH_PAGING_UNKNOWN && guest_memory_is_mapped(guest->memory)) {
        bool on = true;
        error = translation_is_on(guest, &on);
        translation.paging = on ? ARCH_PAGING_UNKNOWN : ARCH_PAGING_OFF;
    }
    guest_memory_moved(guest->memory, &translation);
    return error;
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
    const struct arch_registers *named = guest->named;
    guest->cpu = thread_cpu(thread);
    snprintf(guest->thread, sizeof guest->thread, "%s", thread);
    guest->registers = (struct guest_registers){
        .pc = register_value(guest, named->pc, bytes, count),
        .sp = register_value(guest, named->sp, bytes, count),
        .result = register_value(guest, named->result, bytes, count),
        .link = register_value(guest, named->link, bytes, count),
    };
    guest->registers.wide_result = guest->registers.result;
    if (named->result_high.name) {
        guest->registers.wide_result |= register_value(guest, named->result_high, bytes, count) << (8 * guest->arch->pointer_size);
    }
    for (size_t i = 0; i < ARCH_ARGUMENTS && named->arguments[i].name; i++) {
        guest->registers.arguments[i] = register_value(guest, named->arguments[i], bytes, count);
    }
    return guest_look_paging(guest, bytes, count);
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

struct error *guest_call_return(struct guest *guest, struct guest_return *out_return, bool *out_valid) {
    struct guest_return back = {.pc = guest->registers.link, .sp = guest->registers.sp};
    struct error *error = NULL;
    bool valid = true;
    if (!guest->named->link.name) {
        back.sp += guest->arch->pointer_size;
        error = guest_read_word(guest, guest->registers.sp, &back.pc, &valid);
    }
    if (!error) {
        *out_return = back;
        *out_valid = valid;
    }
    return error;
}

struct error *guest_call_argument(struct guest *guest, uint32_t index, uint64_t *out_value) {
    uint64_t value = 0;
    bool valid = false;
    struct error *error = NULL;
    if (guest->arch->arguments_on_stack) {
        error = guest_read_word(guest, guest->registers.sp + (uint64_t)guest->arch->pointer_size * (1 + index), &value, &valid);
    } else if (index < ARCH_ARGUMENTS) {
        value = guest->registers.arguments[index];
    }
    if (!error) {
        *out_value = value;
    }
    return error;
}

struct error *guest_call_arguments(struct guest *guest) {
    struct error *error = NULL;
    for (uint32_t i = 0; guest->arch->arguments_on_stack && !error && i < ARCH_ARGUMENTS; i++) {
        error = guest_call_argument(guest, i, &guest->registers.arguments[i]);
    }
    return error;
}

struct error *guest_interrupt_return(struct guest *guest, struct guest_return *out_return, bool *out_valid) {
    const struct arch_interrupt *frame = guest->arch->interrupt;
    uint64_t sp = guest->registers.sp;
    struct guest_return back = {0};
    uint64_t code = 0;
    bool valid[3] = {false, true, true};
    struct error *error = frame ? guest_read_word(guest, sp + frame->pc, &back.pc, &valid[0]) : NULL;
    if (!error && frame && frame->sp_when_user) {
        error = guest_read_word(guest, sp + frame->code, &code, &valid[1]);
    }
    if (!error && frame && frame->sp_when_user && !(code & 3)) {
        back.sp = sp + frame->sp;
    } else if (!error && frame) {
        error = guest_read_word(guest, sp + frame->sp, &back.sp, &valid[2]);
    }
    if (!error) {
        *out_return = back;
        *out_valid = valid[0] && valid[1] && valid[2];
    }
    return error;
}
