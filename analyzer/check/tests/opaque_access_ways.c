// RUN: rm -rf %t && split-file --leading-lines %s %t && cd %t && %not %check owner.c client.c 2>&1 | %FileCheck
// RUN: cd %t && %check owner.c good.c
/* Less direct ways to look inside: through an array, a holder, a type or a size of a field, container_of, a nested designator, a local macro. */
//--- thing.h
#include <spillscope_contracts.h>
#include <stddef.h>
struct SPILLSCOPE_OPAQUE("owner.c,thing.h") thing {
    long count;
    int link;
};
struct holder {
    int own;
    struct thing thing;
    struct thing many[2];
};
#define container_of(p, t, m) ((t *)((char *)(p) - offsetof(t, m)))
#define THING_OF_LINK(p) container_of(p, struct thing, link)
void thing_step(struct thing *thing);
int *thing_link(struct thing *thing);
//--- owner.c
#include "thing.h"
void thing_step(struct thing *thing) {
    struct thing *same = container_of(&thing->link, struct thing, link);
    same->count++;
}
int *thing_link(struct thing *thing) {
    return &thing->link;
}
//--- good.c
#include "thing.h"
/* The holder is the client's own; elements, addresses and sizes of opaque objects are anybody's. */
struct holder *holder_of(struct thing *thing) {
    return container_of(thing, struct holder, thing);
}
size_t good(struct holder *holder, int i) {
    holder->own = 1;
    thing_step(&holder->thing);
    thing_step(&holder->many[i]);
    thing_step(THING_OF_LINK(thing_link(holder->many + 1)));
    struct holder empty = {.own = 2};
    thing_step(&empty.thing);
    __typeof__(holder->thing) *same = &holder->thing;
    return sizeof *same + offsetof(struct holder, many[1]) + sizeof(holder->many);
}
//--- client.c
#include "thing.h"
#define STEP(h, f) ((h)->thing.f += 1)
long client(struct holder *holder, int i, int *link) {
    holder->many[i].count = 1;
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: field 'count' of opaque type 'struct thing'
    STEP(holder, count);
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: field 'count' of opaque type 'struct thing'
    struct thing *outer = container_of(link, struct thing, link);
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: offset of field 'link' of opaque type 'struct thing'
    size_t at = offsetof(struct holder, thing.link);
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: offset of field 'link' of opaque type 'struct thing'
    struct holder made = {.own = 1, .thing = {.link = 2}};
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: initialiser of its fields of opaque type 'struct thing'
    struct holder nested = {.thing.count = 3};
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: initialiser of its fields of opaque type 'struct thing'
    thing_step(&(struct thing){1, 2});
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: initialiser of its fields of opaque type 'struct thing'
    unsigned char *bytes = (unsigned char *)&holder->many[1];
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: cast to 'unsigned char *' of opaque type 'struct thing'
    return (long)at + *bytes + made.own + nested.own + (outer != NULL) + (long)sizeof(holder->thing.count);
    // CHECK: client.c:[[#@LINE-1]]:{{[0-9]+}}: error: field 'count' of opaque type 'struct thing'
}
// CHECK: fail: 9 violations
