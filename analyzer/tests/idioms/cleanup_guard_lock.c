// IDIOM: cleanup
// RUN: %may_modify %s | %FileCheck
struct mutex { int owner; int waiters; };
struct guard { struct mutex *lock; };
static struct mutex big_lock, other_lock;
static int protected_count;
static inline struct guard guard_init(struct mutex *m) { m->owner = 1; return (struct guard){m}; }
static inline void guard_exit(struct guard *g) { if (g->lock) g->lock->owner = 0; }
#define guard(m) struct guard scope __attribute__((cleanup(guard_exit), unused)) = guard_init(m)
void count(void) { guard(&big_lock); protected_count++; }
int waiters(void) { guard(&other_lock); return other_lock.waiters; }
// CHECK:count:
// CHECK-NEXT:cleanup_guard_lock.c:big_lock.owner
// CHECK-NEXT:cleanup_guard_lock.c:protected_count
// CHECK-NEXT:end
// CHECK-NEXT:waiters:
// CHECK-NEXT:cleanup_guard_lock.c:other_lock.owner
// CHECK-NEXT:end
