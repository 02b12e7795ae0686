// IDIOM: static_locals
// RUN: %may_modify %s | %FileCheck
int next_id(void) { static int id; return ++id; }
int next_other(void) { static int id; static int calls; calls++; return ++id; }
// CHECK:next_id:
// CHECK-NEXT:static_locals.c:next_id:id
// CHECK-NEXT:end
// CHECK-NEXT:next_other:
// CHECK-NEXT:static_locals.c:next_other:calls
// CHECK-NEXT:static_locals.c:next_other:id
// CHECK-NEXT:end
