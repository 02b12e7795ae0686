// IDIOM: atomics
// RUN: %may_modify %s | %FileCheck
static int a, b, c, d, e;
void add(void) { __atomic_add_fetch(&a, 1, __ATOMIC_SEQ_CST); }
int swap(void) { return __sync_val_compare_and_swap(&b, 0, 1); }
int load(void) { return __atomic_load_n(&c, __ATOMIC_RELAXED); }
void loop(void) { int old = d; while (!__atomic_compare_exchange_n(&d, &old, old + 1, 0, 0, 0)) { } }
void store(void) { __atomic_store_n(&e, 1, __ATOMIC_RELEASE); }
// CHECK:add:
// CHECK-NEXT:atomics_builtin.c:a
// CHECK-NEXT:end
// CHECK-NEXT:load:
// CHECK-NEXT:end
// CHECK-NEXT:loop:
// CHECK-NEXT:atomics_builtin.c:d
// CHECK-NEXT:end
// CHECK-NEXT:store:
// CHECK-NEXT:atomics_builtin.c:e
// CHECK-NEXT:end
// CHECK-NEXT:swap:
// CHECK-NEXT:atomics_builtin.c:b
// CHECK-NEXT:end
