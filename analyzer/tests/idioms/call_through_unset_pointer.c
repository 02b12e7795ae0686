// IDIOM: open_world
// RUN: %may_modify %s | %FileCheck
/* Nobody in scope sets the pointer: who does, outside, decides what is called. */
void (*hook)(int *); static int mine, cold;
void call(void) { if (hook) hook(&mine); }
int get(void) { return cold; }
// CHECK:call:
// CHECK-NEXT:*  [by unknown]  (3 leaves)
// CHECK-NEXT:unknown: outside-call function pointer in call
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
