// IDIOM: anonymous_members
// RUN: %may_modify %s | %FileCheck
struct packet { int kind; union { int code; struct { short low, high; }; }; struct { int x; } named; };
static struct packet packet;
void code(void) { packet.code = 1; }
void high(void) { packet.high = 1; }
void named(void) { packet.named.x = 1; }
// CHECK:code:
// CHECK-NEXT:anonymous_members.c:packet.code
// CHECK-NEXT:end
// CHECK-NEXT:high:
// CHECK-NEXT:anonymous_members.c:packet.high
// CHECK-NEXT:end
// CHECK-NEXT:named:
// CHECK-NEXT:anonymous_members.c:packet.named.x
// CHECK-NEXT:end
