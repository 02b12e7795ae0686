// IDIOM: atomics
// RUN: %may_modify %s | %FileCheck
/* Pointers that are exchanged by atomics, through memory and by value. */
struct job { int done; struct job *next; }; static struct job one, two, spare; static struct job *pending = &one;
void swap(void) { struct job *new = &two, *old; __atomic_exchange(&pending, &new, &old, 5); old->done = 1; }
void steal(void) { struct job *all = __atomic_exchange_n(&pending, 0, 5); all->done = 2; }
void replace(void) { struct job *want = &one; if (!__atomic_compare_exchange_n(&pending, &want, &two, 0, 5, 5)) want->done = 3; }
int get(void) { return spare.done; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:replace:
// CHECK-NEXT:atomic_exchange_pointers.c:one.done
// CHECK-NEXT:atomic_exchange_pointers.c:pending
// CHECK-NEXT:atomic_exchange_pointers.c:two.done
// CHECK-NEXT:end
// CHECK-NEXT:steal:
// CHECK-NEXT:atomic_exchange_pointers.c:one.done
// CHECK-NEXT:atomic_exchange_pointers.c:pending
// CHECK-NEXT:atomic_exchange_pointers.c:two.done
// CHECK-NEXT:end
// CHECK-NEXT:swap:
// CHECK-NEXT:atomic_exchange_pointers.c:one.done
// CHECK-NEXT:atomic_exchange_pointers.c:pending
// CHECK-NEXT:atomic_exchange_pointers.c:two.done
// CHECK-NEXT:end
