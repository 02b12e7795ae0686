// IDIOM: open_world
// RUN: %may_modify %s | %FileCheck
extern void elsewhere(int *);
static int given, kept;
void pass(void) { elsewhere(&given); }
void local(void) { kept = 1; }
// CHECK:local:
// CHECK-NEXT:outside_call.c:kept
// CHECK-NEXT:end
// CHECK-NEXT:pass:
// CHECK-NEXT:*  [by unknown]  (2 leaves)
// CHECK-NEXT:unknown: outside-call elsewhere in pass
// CHECK-NEXT:end
