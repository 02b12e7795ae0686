// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
struct regs { long ip, sp; }; struct thread { struct regs user; int dirty; }; static struct thread t0, t1; static struct regs saved;
static void put(void *dst, const void *src) { *(struct regs *)dst = *(const struct regs *)src; }
void save(void) { put(&saved, &t0.user); }
void restore(void) { put(&t0.user, &saved); t0.dirty = 0; }
int dirty(void) { return t1.dirty; }
// CHECK:dirty:
// CHECK-NEXT:end
// CHECK-NEXT:restore:
// CHECK-NEXT:struct_assignment_through_void.c:t0.dirty
// CHECK-NEXT:struct_assignment_through_void.c:t0.user.ip
// CHECK-NEXT:struct_assignment_through_void.c:t0.user.sp
// CHECK-NEXT:end
// CHECK-NEXT:save:
// CHECK-NEXT:struct_assignment_through_void.c:saved.ip
// CHECK-NEXT:struct_assignment_through_void.c:saved.sp
// CHECK-NEXT:end
