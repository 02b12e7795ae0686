// IDIOM: header_layout
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/narrow.c %t.d/wide.c | %FileCheck
//--- obj.h
struct obj {
#if WIDE
	long wide[2];
#endif
	int tag;
};
//--- narrow.c
#define WIDE 0
#include "obj.h"
static struct obj narrow;
static void mark(struct obj *o) { o->tag = 1; }
void mark_narrow(void) { mark(&narrow); }
//--- wide.c
#define WIDE 1
#include "obj.h"
static struct obj wide;
static void mark(struct obj *o) { o->tag = 2; }
void mark_wide(void) { mark(&wide); }
void fill_wide(long v) { wide.wide[1] = v; }
//--- expected
// CHECK:mark_narrow:
// CHECK-NEXT:narrow.c:narrow.tag
// CHECK-NEXT:end
// CHECK-NEXT:fill_wide:
// CHECK-NEXT:wide.c:wide.wide[]
// CHECK-NEXT:end
// CHECK-NEXT:mark_wide:
// CHECK-NEXT:wide.c:wide.tag
// CHECK-NEXT:end
