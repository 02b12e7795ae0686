// IDIOM: callback_void
// RUN: %may_modify %s | %FileCheck
struct slot { unsigned long handler; unsigned long argument; };
static struct slot slots[2]; struct counter { long n; }; static struct counter hits, misses;
static long count(struct counter *c) { return ++c->n; }
void bind(void) { slots[0].handler = (unsigned long)&count; slots[0].argument = (unsigned long)&hits; }
long fire(int i) { long (*fn)(struct counter *) = (long (*)(struct counter *))slots[i & 1].handler; return fn ? fn((struct counter *)slots[i & 1].argument) : 0; }
long missed(void) { return misses.n; }
// CHECK:bind:
// CHECK-NEXT:callback_unsigned_long_member.c:slots[].argument
// CHECK-NEXT:callback_unsigned_long_member.c:slots[].handler
// CHECK-NEXT:end
// CHECK-NEXT:fire:
// CHECK-NEXT:callback_unsigned_long_member.c:hits.n
// CHECK-NEXT:end
// CHECK-NEXT:missed:
// CHECK-NEXT:end
