// IDIOM: cleanup
// RUN: %may_modify %s | %FileCheck
/* The guard's end stores through what the guard holds. */
struct lock { int held; }; static struct lock lock, spare; static int last, cold;
struct guard { struct lock *lock; int *note; };
static void leave(struct guard *g) { g->lock->held = 0; *g->note = 1; }
#define guard(l, n) struct guard g __attribute__((cleanup(leave))) = {&(l), &(n)}; g.lock->held = 1
int work(int v) { guard(lock, last); if (v) return -1; return v; }
int get(void) { return spare.held + cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:work:
// CHECK-NEXT:cleanup_stores.c:last
// CHECK-NEXT:cleanup_stores.c:lock.held
// CHECK-NEXT:end
