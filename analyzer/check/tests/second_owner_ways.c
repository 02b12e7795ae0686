// RUN: rm -rf %t && split-file --leading-lines %s %t && cd %t && %not %check bad.c 2>&1 | %FileCheck
// RUN: cd %t && %check good.c
/* Less direct ways to a second owner: an argument, a result, a conditional, a literal, a loop; a place and a result, two places on one path. */
//--- thing.h
#include <spillscope_contracts.h>
#include <stdbool.h>
#include <stddef.h>
struct SPILLSCOPE_OWNED thing {
    void *core;
};
struct pair {
    struct thing things[2];
};
struct slot {
    void *kept;
};
SPILLSCOPE_ACQUIRES void *take(size_t size);
void drop(void *pointer SPILLSCOPE_RELEASES);
void *memmove(void *to, const void *from, size_t size);
void show(struct thing thing);
void look(const struct thing *thing);
extern struct slot slots[4];
//--- bad.c
#include "thing.h"
void pass(struct thing *thing) {
    show(*thing);
    // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: copying an object of owned type 'struct thing' makes a second owner
}
struct thing give(struct pair *pair) {
    return pair->things[1];
    // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: copying an object of owned type 'struct thing' makes a second owner
}
void choose(struct thing *to, struct thing *one, struct thing *other, bool first) {
    *to = first ? *one : *other;
    // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: copying an object of owned type 'struct thing' makes a second owner
}
void literal(struct pair *to, struct thing *from) {
    *to = (struct pair){.things = {*from}};
    // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: copying an object of owned type 'struct thing' makes a second owner
}
void move_up(struct pair *pair) {
    memmove(&pair->things[1], &pair->things[0], sizeof(struct thing));
    // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: copying an object of owned type 'struct thing' makes a second owner
}
SPILLSCOPE_ACQUIRES void *kept_and_returned(int i) {
    void *memory = take(8);
    slots[i].kept = memory;
    return memory;
    // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is given away here, but has another owner
}
void by_branches(int way) {
    void *memory = take(8);
    if (way > 1) {
        slots[0].kept = memory;
    }
    if (way > 2) {
        slots[1].kept = memory;
        // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is given away here, but has another owner
    }
    if (way <= 1) {
        drop(memory);
    }
}
void released_in_loop(int count) {
    void *memory = take(8);
    for (int i = 0; i < count; i++) {
        drop(memory);
        // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is released here, but was released before
    }
    if (count == 0) {
        drop(memory);
    }
}
// CHECK: fail:
//--- good.c
#include "thing.h"
void pass(struct thing *thing) {
    look(thing);
}
struct thing *find(struct pair *pair, int i) {
    return &pair->things[i];
}
struct thing empty(void) {
    struct thing thing = {0};
    return thing;
}
void literal(struct pair *to) {
    *to = (struct pair){.things = {{0}, {0}}};
}
SPILLSCOPE_ACQUIRES void *returned(void) {
    void *memory = take(8);
    void *same = memory;
    return same;
}
void by_branches(int way) {
    void *memory = take(8);
    if (way > 1) {
        slots[0].kept = memory;
    } else if (way > 0) {
        slots[1].kept = memory;
    } else {
        drop(memory);
    }
}
void moved_in_loop(int count) {
    void *memory = take(8);
    for (int i = 0; i < count; i++) {
        drop(memory);
        memory = NULL;
    }
    drop(memory);
}
void borrowed(struct thing *thing) {
    SPILLSCOPE_BORROWS struct thing copy = *thing;
    look(&copy);
}
