#ifndef SPILLSCOPE_RECORD_LOG_H
#define SPILLSCOPE_RECORD_LOG_H
/*
 * The recorder's log: what a guest did, in order. The plugin inside QEMU writes it, the judge reads it.
 *
 * File: one struct log_header, then records, each a multiple of 8 bytes, of the layouts below; little-endian. The header's `committed`
 * grows after each whole record, in a shared mapping, so that a killed QEMU leaves a log that ends with its last whole record. A record
 * that is cut (the machine itself died) ends the log; anything else that does not fit is an error with its offset.
 *
 * Program counters and addresses are those that ran; hooks of loadable objects are home addresses (placement.h).
 *
 * Order: where objects were loaded, allocator calls, context switches and interrupts are logged from the machine's start. At the `begin` hook (at the
 * start when there is none) all pages of guest RAM that are not zero follow, and from then on every store, so that a reader can replay the memory to
 * any moment. After the `end` hook stores are no longer logged.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "spillscope/error.h"
#include "spillscope/scope.h"

enum { LOG_VERSION = 4, LOG_ARGUMENTS = 6, LOG_CALLERS = 6, LOG_PAGE_BYTES = 4096 };
#define LOG_MAGIC "SPILLREC"
/* Set in a page-table root whose tables are those of i386's physical address extension; without it they have its two levels, or x86_64's four. */
#define LOG_ROOT_PAE 1u

struct log_header {
    char magic[8];
    uint32_t version;
    uint32_t machine;   /* ELF e_machine of the guest */
    uint64_t committed; /* bytes of whole records behind the header */
    uint64_t ram_base;  /* physical address of the RAM's first byte */
    uint64_t ram_size;  /* bytes */
    uint64_t failed;    /* errno that ended the recording early (no space); 0 = none */
    uint64_t slide;     /* the kernel ran so far from where it was linked; program counters are those that ran, hooks the linked ones */
    uint64_t moved;     /* 1 = `slide` was found; 0 = it was not looked for, or never found */
};

enum record_kind {
    RECORD_STORE = 1,  /* struct record_store */
    RECORD_PAGE = 2,   /* struct record_page */
    RECORD_ENTER = 3,  /* struct record_enter */
    RECORD_LEAVE = 4,  /* struct record_leave */
    RECORD_SWITCH = 5, /* struct record_switch */
    RECORD_WINDOW = 6, /* struct record_window */
    RECORD_HOOK = 7,   /* struct record_hook; all of them come first */
    RECORD_BLOCK = 8,  /* struct record_block; only where they were asked for */
    RECORD_MOVED = 9,  /* struct record_moved */
    RECORD_GIVEN = 10  /* struct record_given */
};

/* A store to guest RAM, after it happened. Stores over a page boundary or of more than 8 bytes are several records. */
struct record_store {
    uint8_t kind;
    uint8_t cpu;
    uint8_t size; /* 1 to 8 bytes */
    uint8_t reserved[5];
    uint64_t pc;
    uint64_t address; /* virtual */
    uint64_t physical;
    uint8_t bytes[8]; /* the new ones */
};

struct record_page {
    uint8_t kind;
    uint8_t reserved[7];
    uint64_t physical;
    uint8_t bytes[LOG_PAGE_BYTES];
};

/* A hooked address is about to run. */
struct record_enter {
    uint8_t kind;
    uint8_t cpu;
    uint16_t reserved;
    uint32_t hook;         /* number of its RECORD_HOOK */
    uint64_t stack;        /* stack pointer */
    uint64_t return_pc;    /* where control comes back; interrupts: the interrupted instruction */
    uint64_t return_stack; /* stack pointer when it does */
    uint64_t root;         /* page-table root; 0 = virtual addresses are physical */
    uint64_t arguments[LOG_ARGUMENTS];
    uint64_t callers[LOG_CALLERS]; /* return addresses of the callers, by frame pointers; callers[0] == return_pc; 0 ends */
};

/* Control came back: program counter and stack pointer equal return_pc and return_stack of an earlier RECORD_ENTER. */
struct record_leave {
    uint8_t kind;
    uint8_t cpu;
    uint8_t reserved[6];
    uint64_t pc;
    uint64_t stack;
    uint64_t result; /* the result register */
    uint64_t root;
};

/* The first instruction outside the switch function after it was entered: the stack it runs on is another task's (or the same). */
struct record_switch {
    uint8_t kind;
    uint8_t cpu;
    uint8_t reserved[6];
    uint64_t pc;
    uint64_t stack;
    uint64_t root;
    uint64_t from; /* the stack pointer with which the task that was left will come back */
};

/* The window in which stores are logged begins or ends. */
struct record_window {
    uint8_t kind;
    uint8_t open; /* 1 = begins: pages follow */
    uint8_t reserved[6];
};

/* What the number of a RECORD_ENTER stands for. */
struct record_hook {
    uint8_t kind;
    uint8_t reserved[3];
    uint32_t number;
    uint64_t address;
};

/* Code that ran without a jump, and where control came from. Told once between two enters, leaves or switches of its CPU. */
struct record_block {
    uint8_t kind;
    uint8_t cpu;
    uint16_t reserved;
    uint32_t bytes;
    uint64_t pc;
    uint64_t from; /* the last instruction that ran before on this CPU; 0 = none */
};

/* A section of a loadable object runs elsewhere from here on. */
struct record_moved {
    uint8_t kind;
    uint8_t cpu;
    uint16_t reserved;
    uint32_t section; /* index in the placement of the image (placement.h) */
    uint64_t running; /* PLACEMENT_NOWHERE: it is gone */
};

/* One of the objects that a call put into an array: the call whose RECORD_LEAVE is the next one on this CPU. */
struct record_given {
    uint8_t kind;
    uint8_t cpu;
    uint8_t reserved[6];
    uint64_t address;
};

union record {
    uint8_t kind;
    struct record_store store;
    struct record_page page;
    struct record_enter enter;
    struct record_leave leave;
    struct record_switch switched;
    struct record_window window;
    struct record_hook hook;
    struct record_block block;
    struct record_moved moved;
    struct record_given given;
};

struct log; /* an opened log */

struct error *log_open(const char *path, struct log **out_log);
void log_close(struct log *log); /* NULL is fine */
SCOPE_DEFINE(log, struct log *, log_close)

const struct log_header *log_header(const struct log *log);
/* Next record, valid until log_close; *out_record is NULL at the end. log_was_cut tells a log that ends within a record. */
struct error *log_next(struct log *log, const union record **out_record);
bool log_was_cut(const struct log *log);
/* Bytes read so far and in all, for progress. */
size_t log_position(const struct log *log);
size_t log_size(const struct log *log);
/* Starts over. */
void log_rewind(struct log *log);

#endif
