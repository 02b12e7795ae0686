#ifndef SPILLSCOPE_GUEST_H
#define SPILLSCOPE_GUEST_H
/* The guest as the probe sees it while it stands still: registers by role, memory by virtual address, points, resume and stop. */
#include <stdbool.h>
#include <stdint.h>
#include "spillscope/arch.h"
#include "spillscope/error.h"
#include "spillscope/guest_memory.h"
#include "spillscope/scope.h"
#include "spillscope/session.h"

struct guest_registers {
    uint64_t pc;
    uint64_t sp;
    uint64_t result;
    uint64_t wide_result; /* with the upper half of one that takes two registers */
    uint64_t link;        /* 0 on architectures without a link register */
    uint64_t arguments[ARCH_ARGUMENTS];
};

/* Where a call comes back: program counter and stack pointer then. */
struct guest_return {
    uint64_t pc;
    uint64_t sp;
};

struct guest {
    const struct arch *arch;
    const struct arch_registers *named; /* its registers, as the stub names them */
    struct session *session;            /* owned by the guest's owner */
    struct guest_memory *memory;        /* same */
    uint32_t cpu;                       /* index of the CPU that stopped, or was looked at last, from 0 */
    char thread[STOP_THREAD_LENGTH];    /* its thread, as the stub spells it */
    struct guest_registers registers;   /* of that CPU */
    uint64_t stops;                     /* how many there were */
};

/* Checks that the stub's registers fit the architecture: ERROR_MISMATCH when they do not. */
struct error *guest_attach(struct session *session, struct guest_memory *memory, const struct arch *arch, struct guest *out_guest);

/* Takes over a stop: reads the registers of its thread and forgets old translations. */
struct error *guest_stopped(struct guest *guest, const struct stop_reply *reply);

/*
 * Looks at the CPU of this thread while the guest stands still: registers and translations are its own from now on. The stop itself stays that of the
 * CPU that guest_stopped told of; who looks elsewhere looks back.
 */
struct error *guest_look(struct guest *guest, const char *thread);

/* The guest stands at a function's first instruction: where will the call come back? *out_valid is false when its stack cannot be read. */
struct error *guest_call_return(struct guest *guest, struct guest_return *out_return, bool *out_valid);
/* ... and what is its argument of this number, from 0? 0 for those that cannot be read, or lie further on. */
struct error *guest_call_argument(struct guest *guest, uint32_t index, uint64_t *out_value);
/* Makes registers.arguments those of the call, where they lie on the stack. */
struct error *guest_call_arguments(struct guest *guest);
/* The guest stands at the first instruction of an interrupt's handler: where will that come back? */
struct error *guest_interrupt_return(struct guest *guest, struct guest_return *out_return, bool *out_valid);

/* Reads a pointer-sized value; *out_valid as of guest_memory_read. */
struct error *guest_read_word(struct guest *guest, uint64_t address, uint64_t *out_value, bool *out_valid);

/*
 * ERROR_MISMATCH when the bytes in the guest differ from the ELF file's: build-id note first, else text. *out_known is false when neither can
 * be read yet (the kernel has not set up its address space). Both ids are in the message.
 */
struct image;
struct error *guest_check_identity(struct guest *guest, const struct image *image, bool *out_known);

#endif
