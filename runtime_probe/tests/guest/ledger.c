/* The server under test. */
#include "guest.h"

enum { ACCOUNTS = 6, NODES = 16 };

static struct list accounts = {&accounts, &accounts};
static struct account *by_number[ACCOUNTS];
static unsigned account_count;
struct tree nodes[NODES];
unsigned node_count;
struct tree *tree_root;
static uint64_t seal;
static unsigned depth_seen;
static uint8_t touched[ACCOUNTS];

static struct account *account_at(unsigned number) {
    return number < ACCOUNTS ? by_number[number] : NULL;
}

/* A new object: every member stored is created; the list gains a member; by_number[] and account_count change. -1 when there is one, -2 without
 * memory. */
int account_open(unsigned number, enum account_kind kind) {
    if (number >= ACCOUNTS || by_number[number]) {
        return -1;
    }
    struct account *account = heap_take(sizeof *account);
    if (!account) {
        return -2;
    }
    account->name[0] = 'a';
    account->name[1] = (char)('0' + number);
    account->name[2] = 0;
    account->balance = 100;
    account->kind = kind;
    account->moves = 0;
    account->flagged = 0;
    if (kind == ACCOUNT_SAVINGS) {
        account->by_kind.guarantor = by_number[0];
    } else {
        account->by_kind.code = number;
    }
    account->link.next = accounts.next;
    account->link.prev = &accounts;
    accounts.next->prev = &account->link;
    accounts.next = &account->link;
    by_number[number] = account;
    account_count++;
    return (int)account_count;
}

/* The list loses a member; its neighbours' links, by_number[] and account_count change. The memory goes back. */
int account_close(unsigned number) {
    struct account *account = account_at(number);
    if (!account) {
        return -1;
    }
    account->link.next->prev = account->link.prev;
    account->link.prev->next = account->link.next;
    by_number[number] = NULL;
    account_count--;
    heap_give(account);
    return (int)account_count;
}

/* Changes name[] and the bit-field `flagged`, not its neighbour `moves`. */
int account_rename(unsigned number, const char *name) {
    struct account *account = account_at(number);
    if (!account) {
        return -1;
    }
    unsigned at = 0;
    for (; name[at] && at + 1 < sizeof account->name; at++) {
        account->name[at] = name[at];
    }
    account->name[at] = 0;
    account->flagged = !account->flagged;
    return (int)at;
}

/* Two balances and their bit-fields; nested: audit_note, whose changes are the audit's own and secondary to this one. */
int account_transfer(unsigned from, unsigned to, long amount) {
    struct account *giver = account_at(from);
    struct account *taker = account_at(to);
    if (!giver || !taker || giver->balance < amount) {
        return audit_note(1, amount) < 0 ? -2 : -1;
    }
    giver->balance -= amount;
    taker->balance += amount;
    giver->moves++;
    taker->moves++;
    if (taker->balance > 150) {
        taker->kind = ACCOUNT_FROZEN;
    }
    return audit_note(0, amount);
}

/* A leaf without a frame, and a byte in an array. */
int account_touch(unsigned number) {
    if (number >= ACCOUNTS) {
        return -1;
    }
    return ++touched[number];
}

/* Recursive: each step is a transaction of its own, down to the one that links a new node. */
int tree_insert(struct tree *tree, unsigned key) {
    if (!tree) {
        if (node_count == NODES || tree_root) {
            return -1;
        }
        tree_root = &nodes[node_count++];
        tree_root->key = key;
        return 0;
    }
    struct tree **side = key < tree->key ? &tree->left : &tree->right;
    tree->uses++;
    if (tree->key == key) {
        return 0;
    }
    if (*side) {
        int below = tree_insert(*side, key);
        return below < 0 ? below : below + 1;
    }
    if (node_count == NODES) {
        return -1;
    }
    struct tree *node = &nodes[node_count++];
    node->key = key;
    *side = node;
    return 1;
}

/* Recursive, and changes nothing but what it has seen of the depth. */
int tree_total(const struct tree *tree, unsigned depth) {
    if (!tree) {
        return 0;
    }
    if (depth > depth_seen) {
        depth_seen = depth;
    }
    return (int)tree->key + tree_total(tree->left, depth + 1) + tree_total(tree->right, depth + 1);
}

/* Writes into the client's own object, which is led to by a parameter behind a wide one: no spill, and told as the client's. */
int ledger_sign(uint64_t salt, struct receipt *receipt) {
    receipt->seal = salt ^ seal;
    receipt->times++;
    return (int)receipt->times;
}

/* A 64-bit argument, state and result: two registers on a 32-bit machine. */
uint64_t ledger_seal(uint64_t salt) {
    seal = (seal << 7) ^ (seal >> 57) ^ salt ^ account_count;
    return seal;
}
