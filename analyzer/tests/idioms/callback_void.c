// IDIOM: callback_void
// RUN: %may_modify %s | %FileCheck
struct timer { void (*function)(void *); void *data; };
static int fired, other;
static struct timer timer;
static void tick(void *data) { *(int *)data = 1; }
void arm(void) { timer.function = tick; timer.data = &fired; }
void expire(void) { timer.function(timer.data); }
int *keep(void) { return &other; }
// CHECK:arm:
// CHECK-NEXT:callback_void.c:timer.data
// CHECK-NEXT:callback_void.c:timer.function
// CHECK-NEXT:end
// CHECK-NEXT:expire:
// CHECK-NEXT:callback_void.c:fired
// CHECK-NEXT:end
// CHECK-NEXT:keep:
// CHECK-NEXT:end
