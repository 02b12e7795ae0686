// IDIOM: header_layout
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/fast.c %t.d/slow.c | %FileCheck
/* An inline function of a header whose body, static and record differ by a macro of the unit. */
//--- lock.h
struct lock { int word;
#ifdef DEBUG
    int owner;
#endif
    int waiters; };
static inline void lock_take(struct lock *l) { static int taken; taken++; l->word = 1;
#ifdef DEBUG
    static int checks; checks++; l->owner = 7;
#endif
    l->waiters = 0; }
//--- fast.c
#include "lock.h"
static struct lock fast; int get(void) { return fast.waiters; } void take_fast(void) { lock_take(&fast); }
//--- slow.c
#define DEBUG
#include "lock.h"
static struct lock slow; void take_slow(void) { lock_take(&slow); }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:take_fast:
// CHECK-NEXT:fast.c:fast.waiters
// CHECK-NEXT:fast.c:fast.word
// CHECK-NEXT:lock.h:lock_take:taken
// CHECK-NEXT:end
// CHECK-NEXT:take_slow:
// CHECK-NEXT:lock.h:lock_take:checks
// CHECK-NEXT:lock.h:lock_take:taken
// CHECK-NEXT:slow.c:slow.owner
// CHECK-NEXT:slow.c:slow.waiters
// CHECK-NEXT:slow.c:slow.word
// CHECK-NEXT:end
