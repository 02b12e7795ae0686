// IDIOM: static_locals
// RUN: %may_modify %s | %FileCheck
int next_id(void) { static int counter; return ++counter; }
int next_port(void) { static int counter = 1024; static struct { int wraps; } stats; if (counter == 65535) { counter = 1024; stats.wraps++; } return counter++; }
static inline int *ratelimit(void) { static int budget = 10; return &budget; }
void printk_limited(void) { (*ratelimit())--; }
// CHECK:next_id:
// CHECK-NEXT:static_locals_same_name.c:next_id:counter
// CHECK-NEXT:end
// CHECK-NEXT:next_port:
// CHECK-NEXT:static_locals_same_name.c:next_port:counter
// CHECK-NEXT:static_locals_same_name.c:next_port:stats.wraps
// CHECK-NEXT:end
// CHECK-NEXT:printk_limited:
// CHECK-NEXT:static_locals_same_name.c:ratelimit:budget
// CHECK-NEXT:end
