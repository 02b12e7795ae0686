#ifndef GUEST_H
#define GUEST_H
/*
 * A tiny kernel for every architecture: two server entities, an allocator, and a client that calls them. Nothing here is of one architecture; what
 * starts and ends the machine lies with the recorder's tests. The comments beside the transactions say what a right observation is.
 */
#include <stddef.h>
#include <stdint.h>

struct list {
    struct list *next;
    struct list *prev;
};

enum account_kind { ACCOUNT_PLAIN, ACCOUNT_SAVINGS = 7, ACCOUNT_FROZEN };

struct account {
    char name[12];
    long balance;
    enum account_kind kind;
    unsigned moves : 5;
    unsigned flagged : 1;
    struct list link; /* in `accounts` */
    union {
        uint64_t code;
        struct account *guarantor;
    } by_kind; /* a savings account has a guarantor */
};

/* A search tree whose nodes lie in an array of the ledger. */
struct tree {
    struct tree *left;
    struct tree *right;
    unsigned key;
    unsigned short uses;
};

/* ledger.c */
int account_open(unsigned number, enum account_kind kind);
int account_close(unsigned number);
int account_rename(unsigned number, const char *name);
int account_transfer(unsigned from, unsigned to, long amount);
int account_touch(unsigned number);
int tree_insert(struct tree *tree, unsigned key);
int tree_total(const struct tree *tree, unsigned depth);
struct receipt {
    uint64_t seal;
    unsigned times;
};
uint64_t ledger_seal(uint64_t salt);
int ledger_sign(uint64_t salt, struct receipt *receipt);

/* audit.c */
int audit_note(unsigned kind, long amount);
int audit_drop(void);

/* heap.c */
void *heap_take(size_t size);
void heap_give(void *memory);

#endif
