// IDIOM: atomics
// RUN: %may_modify %s | %FileCheck
/* A compare-exchange that fails stores what it saw; the generic forms store their results by pointer. */
struct s { int v; }; static struct s a, b, cold;
static _Atomic(struct s *) head = &a; static struct s *seen, *old, *wanted = &b;
static int lock, value, result; static _Bool flag;
int try(void) { return __c11_atomic_compare_exchange_strong(&head, &seen, wanted, 5, 5); }
void use(void) { if (seen) seen->v = 1; }
void exchange(struct s *unused) { static struct s *cell = &cold; __atomic_exchange(&cell, &wanted, &old, 5); }
void use_old(void) { if (old) old->v = 2; }
void load(void) { __atomic_load(&value, &result, 0); }
int set(void) { return __atomic_test_and_set(&flag, 0); }
void reset(void) { __atomic_clear(&flag, 0); __sync_lock_release(&lock); }
// CHECK:exchange:
// CHECK-NEXT:atomics_expected_written.c:exchange:cell
// CHECK-NEXT:atomics_expected_written.c:old
// CHECK-NEXT:end
// CHECK-NEXT:load:
// CHECK-NEXT:atomics_expected_written.c:result
// CHECK-NEXT:end
// CHECK-NEXT:reset:
// CHECK-NEXT:atomics_expected_written.c:flag
// CHECK-NEXT:atomics_expected_written.c:lock
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:atomics_expected_written.c:flag
// CHECK-NEXT:end
// CHECK-NEXT:try:
// CHECK-NEXT:atomics_expected_written.c:head
// CHECK-NEXT:atomics_expected_written.c:seen
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:atomics_expected_written.c:a.v
// CHECK-NEXT:atomics_expected_written.c:b.v
// CHECK-NEXT:end
// CHECK-NEXT:use_old:
// CHECK-NEXT:atomics_expected_written.c:b.v
// CHECK-NEXT:atomics_expected_written.c:cold.v
// CHECK-NEXT:end
