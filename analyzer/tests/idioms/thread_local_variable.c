// IDIOM: static_locals
// RUN: %may_modify %s | %FileCheck
static _Thread_local int depth;
static int other;
void enter(void) { depth++; }
int look(void) { return other; }
// CHECK:enter:
// CHECK-NEXT:thread_local_variable.c:depth
// CHECK-NEXT:end
// CHECK-NEXT:look:
// CHECK-NEXT:end
