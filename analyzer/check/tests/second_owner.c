// RUN: %not %check %s 2>&1 | %FileCheck
#include <spillscope_contracts.h>
#include <stddef.h>
struct SPILLSCOPE_OWNED thing {
    void *core;
};
int thing_create(struct thing *thing SPILLSCOPE_ACQUIRES);
int thing_close(struct thing *thing SPILLSCOPE_RELEASES);
SPILLSCOPE_ACQUIRES void *take(size_t size);
void drop(void *pointer SPILLSCOPE_RELEASES);
void *memcpy(void *to, const void *from, size_t size);
struct pair {
    struct thing one;
    int other;
};
struct lent {
    struct thing borrowed SPILLSCOPE_BORROWS;
};
struct list {
    void *first, *second;
};

void copies(struct thing *to, struct thing *from, struct pair *pair, struct lent *lent) {
    *to = *from;
    // CHECK: second_owner.c:[[#@LINE-1]]:11: error: copying an object of owned type 'struct thing' makes a second owner [spillscope-second-owner]
    struct pair local = *pair;
    // CHECK: second_owner.c:[[#@LINE-1]]:{{[0-9]+}}: error: copying an object of owned type 'struct pair'
    memcpy(&local, pair, sizeof local);
    // CHECK: second_owner.c:[[#@LINE-1]]:{{[0-9]+}}: error: copying an object of owned type 'struct pair'
    lent->borrowed = *from;
    struct lent again = {.borrowed = *from};
    struct lent other = again;
    (void)other;
}

void kept_twice(struct list *list) {
    void *memory = take(8);
    list->first = memory;
    list->second = memory;
    // CHECK: second_owner.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is given away here, but has another owner
    // CHECK-NEXT: second_owner.c:[[#@LINE-4]]:{{[0-9]+}}: note: acquired here
    // CHECK-NEXT: second_owner.c:[[#@LINE-4]]:{{[0-9]+}}: note: given to its owner here
}

void released_while_kept(struct list *list) {
    void *memory = take(8);
    list->first = memory;
    drop(memory);
    // CHECK: second_owner.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is released here, but has another owner
}

void released_twice(void) {
    void *memory = take(8);
    void *same = memory;
    drop(memory);
    drop(same);
    // CHECK: second_owner.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is released here, but was released before
}

void one_owner(struct list *list, int choose) {
    void *memory = take(8);
    if (choose) {
        list->first = memory;
    } else {
        drop(memory);
    }
    void *moved = take(8);
    list->second = moved;
    moved = NULL;
    drop(moved);
    struct thing thing = {0};
    if (thing_create(&thing) == 0) {
        thing_close(&thing);
    }
}
// CHECK: fail: 6 violations
