/* Types and globals for the fuzz target of the walker: lists, a tree, unions, arrays of pointers, flexible arrays, a cycle, an untyped pointer. */
#include <stdint.h>

struct link {
    struct link *next;
    struct link *prev;
};
enum state { STATE_FREE, STATE_USED = 3, STATE_GONE = 9 };
struct leaf {
    struct link siblings;
    enum state state;
    char name[6];
    unsigned low : 3;
    unsigned high : 7;
    _Bool ready;
    void *cookie;
    int (*call)(int);
};
struct tree {
    struct tree *left;
    struct tree *right;
    struct tree **uncle;
    union {
        uint64_t word;
        struct leaf *leaf;
        uint8_t bytes[8];
    };
};
struct table {
    uint32_t used;
    struct leaf *slots[5];
    struct tree *grid[2][3];
    struct {
        struct link head;
        struct tree inner;
    } rows[3];
};
struct blob {
    uint32_t count;
    struct leaf *items[];
};

struct table table;
struct tree *root;
struct link leaves;
struct blob *blob;
static void *anything;
uint8_t plain[100];

int call_one(int value);
int call_one(int value) {
    return value + (anything != 0);
}

void _start(void);
void _start(void) {
    leaves.next = leaves.prev = &leaves;
    table.slots[0] = (struct leaf *)(void *)leaves.next;
    if (table.slots[0]) {
        table.slots[0]->call = call_one;
    }
    anything = &table;
    blob = 0;
    plain[0] = 1;
}
