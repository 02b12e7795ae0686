// IDIOM: cleanup
// RUN: %may_modify %s | %FileCheck
static int lock, value;
static void unlock(int **l) { **l = 0; }
void update(void) { int *guard __attribute__((cleanup(unlock))) = &lock; *guard = 1; value++; }
// CHECK:update:
// CHECK-NEXT:cleanup_attribute.c:lock
// CHECK-NEXT:cleanup_attribute.c:value
// CHECK-NEXT:end
