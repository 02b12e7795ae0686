// IDIOM: generic
// RUN: %may_modify %s | %FileCheck
struct spin { int held; }; struct mut { int held; int waiters; };
static struct spin s; static struct mut m; static struct mut other;
static void lock_spin(struct spin *l) { l->held = 1; }
static void lock_mut(struct mut *l) { l->held = 1; l->waiters++; }
#define lock(l) _Generic((l), struct spin *: lock_spin, struct mut *: lock_mut)(l)
void take_s(void) { lock(&s); }
void take_m(void) { lock(&m); }
int peek(void) { return _Generic(other.held, int: other.held, default: other.waiters); }
// CHECK:peek:
// CHECK-NEXT:end
// CHECK-NEXT:take_m:
// CHECK-NEXT:generic_selection.c:m.held
// CHECK-NEXT:generic_selection.c:m.waiters
// CHECK-NEXT:end
// CHECK-NEXT:take_s:
// CHECK-NEXT:generic_selection.c:s.held
// CHECK-NEXT:end
