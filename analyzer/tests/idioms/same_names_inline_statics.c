// IDIOM: same_names
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/a.c %t.d/b.c | %FileCheck
//--- id.h
static inline int *next_slot(void) { static int slot; return &slot; }
struct handle { int id; };
//--- a.c
#include "id.h"
static struct handle handle;
static void init(struct handle *h) { h->id = ++*next_slot(); }
void a_open(void) { init(&handle); }
//--- b.c
#include "id.h"
static struct handle handle, other;
static void init(struct handle *h) { h->id = -1; other.id = 0; }
void b_open(void) { init(&handle); }
//--- expected
// CHECK:a_open:
// CHECK-NEXT:a.c:handle.id
// CHECK-NEXT:id.h:next_slot:slot
// CHECK-NEXT:end
// CHECK-NEXT:b_open:
// CHECK-NEXT:b.c:handle.id
// CHECK-NEXT:b.c:other.id
// CHECK-NEXT:end
