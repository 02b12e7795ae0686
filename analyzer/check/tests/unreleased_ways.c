// RUN: rm -rf %t && split-file --leading-lines %s %t && cd %t && %not %check bad.c 2>&1 | %FileCheck
// RUN: cd %t && %check good.c
/* Less direct ways out of a scope that owns something: falling through, leaving a loop, an inverted status, a lost pointer, a statement expression.
 */
//--- thing.h
#include <spillscope_contracts.h>
#include <stdbool.h>
#include <stddef.h>
struct SPILLSCOPE_OWNED thing {
    void *core;
};
bool thing_try(struct thing *thing SPILLSCOPE_ACQUIRES);
int thing_create(struct thing *thing SPILLSCOPE_ACQUIRES);
void thing_close(struct thing *thing SPILLSCOPE_RELEASES);
SPILLSCOPE_ACQUIRES void *take(size_t size);
void drop(void *pointer SPILLSCOPE_RELEASES);
bool work(void *pointer);
//--- bad.c
#include "thing.h"
void inverted(void) {
    struct thing thing = {0};
    if (thing_try(&thing)) {
        // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'thing' is owned here and not released on every path out of its scope
        return;
    }
    thing_close(&thing);
}
void left_loop(int count) {
    for (int i = 0; i < count; i++) {
        void *memory = take(8);
        // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is owned here and not released on every path out of its scope
        if (!work(memory)) {
            break;
        }
        drop(memory);
    }
}
void lost(void) {
    void *memory = take(8);
    // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is {{.*}}owned
    memory = NULL;
    drop(memory);
}
void fallen_through(int way) {
    void *memory = take(8);
    // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is owned here and not released on every path out of its scope
    switch (way) {
    case 0:
        drop(memory);
        break;
    case 1:
        work(memory);
    default:
        work(NULL);
    }
}
int inner(void) {
    return ({
        void *memory = take(8);
        // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'memory' is owned here and not released on every path out of its scope
        work(memory) ? 1 : 0;
    });
}
int second_fails(void) {
    struct thing one = {0}, two = {0};
    if (thing_create(&one) != 0) {
        // CHECK: bad.c:[[#@LINE-1]]:{{[0-9]+}}: error: 'one' is owned here and not released on every path out of its scope
        return -1;
    }
    int status = thing_create(&two);
    if (status != 0) {
        return status;
    }
    thing_close(&two);
    thing_close(&one);
    return 0;
}
// CHECK: fail: 6 violations
//--- good.c
#include "thing.h"
void inverted(void) {
    struct thing thing = {0};
    if (!thing_try(&thing)) {
        return;
    }
    thing_close(&thing);
}
void left_loop(int count) {
    for (int i = 0; i < count; i++) {
        void *memory = take(8);
        if (!work(memory)) {
            drop(memory);
            break;
        }
        drop(memory);
    }
}
void fallen_through(int way) {
    void *memory = take(8);
    switch (way) {
    case 0:
        work(NULL);
    case 1:
        work(memory);
    default:
        drop(memory);
    }
}
int inner(void) {
    return ({
        void *memory = take(8);
        int result = work(memory) ? 1 : 0;
        drop(memory);
        result;
    });
}
int second_fails(void) {
    struct thing one = {0}, two = {0};
    int status = thing_create(&one);
    if (status != 0) {
        return status;
    }
    status = thing_create(&two);
    if (status == 0) {
        thing_close(&two);
    }
    thing_close(&one);
    return status;
}
void two_flags(bool first, bool second) {
    void *memory = NULL;
    bool owned = false;
    if (first) {
        memory = take(8);
        owned = memory != NULL;
    }
    if (second) {
        work(memory);
    }
    if (owned) {
        drop(memory);
    }
}
