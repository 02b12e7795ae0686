/* The client: its workload reaches every transaction, with success and with failure where there is one. */
#include "guest.h"

enum { ROUNDS = 6 };

extern struct tree *tree_root; /* a handle, as the ledger gave it out */

uint8_t stack[16384] __attribute__((aligned(16)));

void workload_begin(void);
void workload_end(void);
void guest_main(void);

__attribute__((noinline)) void workload_begin(void) {
    __asm__ volatile("" : : : "memory");
}
__attribute__((noinline)) void workload_end(void) {
    __asm__ volatile("" : : : "memory");
}

static void round_run(unsigned round, struct receipt *receipt) {
    static const unsigned keys[] = {8, 3, 12, 1, 5, 10, 14, 5};
    account_open(round % 4, round % 2 ? ACCOUNT_SAVINGS : ACCOUNT_PLAIN);
    account_open(round % 3, ACCOUNT_PLAIN);
    account_rename(round % 4, round % 2 ? "alpha" : "beta");
    account_rename(5, "nobody");
    account_transfer(round % 3, round % 4, 10 + (long)round);
    account_transfer(round % 3, 5, 1);
    account_touch(round % 6);
    account_touch(9);
    tree_insert(tree_root, keys[round % 8]);
    tree_insert(tree_root, keys[(round + 3) % 8]);
    tree_total(tree_root, round % 3);
    ledger_seal(0x0123456789abcdefULL + round);
    ledger_sign(0xfedcba9876543210ULL, receipt);
    audit_note(0, -(long)round);
    audit_note(9, 0);
    audit_drop();
    if (round % 2) {
        account_close(round % 4);
        account_close(5);
    }
}

void guest_main(void) {
    workload_begin();
    struct receipt *receipt = heap_take(sizeof *receipt); /* known to this frame alone */
    receipt->times = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        round_run(round, receipt);
    }
    workload_end();
}
