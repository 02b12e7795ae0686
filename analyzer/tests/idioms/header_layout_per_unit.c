// IDIOM: header_layout
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/plain.c %t.d/debug.c | %FileCheck
//--- conf.h
struct ctx {
#ifdef DEBUG
	int magic;
#endif
	int users;
	int state;
};
//--- plain.c
#include "conf.h"
static struct ctx ctx;
void plain_enter(void) { ctx.users++; }
//--- debug.c
#define DEBUG 1
#include "conf.h"
static struct ctx ctx;
void debug_enter(void) { ctx.magic = 42; ctx.users++; }
int debug_state(void) { return ctx.state; }
//--- expected
// CHECK:debug_enter:
// CHECK-NEXT:debug.c:ctx.magic
// CHECK-NEXT:debug.c:ctx.users
// CHECK-NEXT:end
// CHECK-NEXT:debug_state:
// CHECK-NEXT:end
// CHECK-NEXT:plain_enter:
// CHECK-NEXT:plain.c:ctx.users
// CHECK-NEXT:end
