/*
 * A tiny guest whose workload ends as a word of its memory says, which QEMU's loader device sets: for tests of what becomes of a run then. boot.S of
 * the probe's own tests starts it.
 */
#include <stdint.h>

enum { ENDING_NONE, ENDING_PANIC, ENDING_REBOOT, ENDING_HANG, ENDING_EXIT, ENDING_FOREVER };
enum { ROUNDS_BEFORE = 30, ROUNDS = 60, ENTRIES = 8, PAUSE = 20000 };

static const volatile uint32_t *const ending = (const volatile uint32_t *)0x3000000;

struct entry {
    uint32_t amount;
    uint32_t round;
};
struct ledger {
    uint64_t total;
    uint32_t next;
    struct entry entries[ENTRIES];
};
struct ledger ledger;
uint32_t notes[4];

static inline void out8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
static inline void out32(uint16_t port, uint32_t value) {
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static void say(const char *text) {
    for (; *text; text++) {
        out8(0x3f8, (uint8_t)*text);
    }
}

__attribute__((noinline)) void workload_begin(void) {
    __asm__ volatile("");
}
__attribute__((noinline)) void workload_end(void) {
    __asm__ volatile("");
}

__attribute__((noinline)) int ledger_add(uint32_t amount, uint32_t round) {
    struct entry *entry = &ledger.entries[ledger.next % ENTRIES];
    if (amount == 0) {
        return -1;
    }
    entry->amount = amount;
    entry->round = round;
    ledger.next++;
    ledger.total += amount;
    return (int)ledger.next;
}

__attribute__((noinline)) int note_set(uint32_t index, uint32_t value) {
    if (index >= 4) {
        return -1;
    }
    notes[index] = value;
    return 0;
}

/* Never comes back: the guest ends within a transaction. */
__attribute__((noinline)) int fate_meet(uint32_t how) {
    notes[3] = how;
    switch (how) {
    case ENDING_PANIC:
        say("panic: the ledger is lost\n");
        out32(0xf4, 0x7f);
        break;
    case ENDING_REBOOT: { /* no interrupt can be delivered: the processor resets */
        struct {
            uint16_t limit;
            uint64_t base;
        } __attribute__((packed)) nothing = {0, 0};
        say("rebooting\n");
        __asm__ volatile("lidt %0; int3" : : "m"(nothing));
        break;
    }
    case ENDING_HANG:
        say("hanging\n");
        for (;;) {
            __asm__ volatile("cli; hlt");
        }
    case ENDING_EXIT:
        say("leaving early\n");
        out32(0xf4, 0);
        break;
    default:
        break;
    }
    return 0;
}

/* boot.S knows them; this guest has neither interrupts nor tasks. */
void bell_ring(void);
void bell_ring(void) {
}

void guest_main(void);
void guest_main(void) {
    say("guest of many endings\n");
    workload_begin();
    for (uint32_t round = 0; round < ROUNDS || *ending == ENDING_FOREVER; round++) {
        ledger_add(round % 5, round);
        note_set(round % 5, round + 1);
        for (volatile uint32_t pause = 0; *ending == ENDING_FOREVER && pause < PAUSE; pause++) {
        }
        if (round == ROUNDS_BEFORE && *ending != ENDING_FOREVER) {
            fate_meet(*ending);
        }
    }
    workload_end();
    say("done\n");
    out32(0xf4, 0x10);
}
