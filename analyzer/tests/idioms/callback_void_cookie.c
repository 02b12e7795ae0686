// IDIOM: callback_void
// RUN: %may_modify %s | %FileCheck
struct waiter { void *func; void *cookie; };
static struct waiter waiters[4]; static int wakeups;
struct dev { int ready; }; static struct dev disk, unit;
static void on_ready(void *cookie) { ((struct dev *)cookie)->ready = 1; }
static void on_wake(void *cookie) { (void)cookie; wakeups++; }
static void wait_on(int i, void *func, void *cookie) { waiters[i].func = func; waiters[i].cookie = cookie; }
void wait_disk(void) { wait_on(0, (void *)on_ready, &disk); }
void wait_any(void) { wait_on(1, (void *)on_wake, 0); }
void wake(int i) { ((void (*)(void *))waiters[i & 3].func)(waiters[i & 3].cookie); }
struct dev *get(void) { return &unit; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:wait_any:
// CHECK-NEXT:callback_void_cookie.c:waiters[].cookie
// CHECK-NEXT:callback_void_cookie.c:waiters[].func
// CHECK-NEXT:end
// CHECK-NEXT:wait_disk:
// CHECK-NEXT:callback_void_cookie.c:waiters[].cookie
// CHECK-NEXT:callback_void_cookie.c:waiters[].func
// CHECK-NEXT:end
// CHECK-NEXT:wake:
// CHECK-NEXT:callback_void_cookie.c:disk.ready
// CHECK-NEXT:callback_void_cookie.c:wakeups
// CHECK-NEXT:end
