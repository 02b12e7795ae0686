// RUN: rm -rf %t && split-file --leading-lines %s %t && cd %t && %not %check owner.c client.c 2>&1 | %FileCheck
// RUN: cd %t && %check owner.c good.c
//--- thing.h
#include <spillscope_contracts.h>
#include <stddef.h>
struct SPILLSCOPE_OPAQUE("owner.c,thing.h") thing {
    long count;
    struct {
        int inner;
    };
};
#define THING_COUNT(t) ((t)->count)
void thing_step(struct thing *thing);
//--- owner.c
#include "thing.h"
void thing_step(struct thing *thing) {
    thing->count++;
    thing->inner = 1;
    *thing = (struct thing){.count = 2};
}
//--- good.c
#include "thing.h"
void good(void *any) {
    struct thing empty = {0};
    struct thing *typed = any;
    thing_step(&empty);
    thing_step(typed);
    (void)THING_COUNT(typed);
    (void)sizeof(struct thing);
}
//--- client.c
#include "thing.h"
#define FIELD(t, f) ((t)->f)
long client(struct thing *thing) {
    thing->count++;
    // CHECK: client.c:[[#@LINE-1]]:12: error: field 'count' of opaque type 'struct thing' is used outside of its implementation
    // [spillscope-opaque-access] CHECK-NEXT: thing.h:{{[0-9:]+}}: note: 'struct thing' is declared opaque here
    struct thing made = {.count = 1};
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: initialiser of its fields of opaque type 'struct thing'
    long *raw = (long *)thing;
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: cast to 'long *' of opaque type 'struct thing'
    size_t at = offsetof(struct thing, inner);
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: offset of field 'inner' of opaque type 'struct thing'
    return *raw + (long)at + FIELD(&made, inner);
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: field 'inner' of opaque type 'struct thing'
}
// CHECK: fail: 5 violations
