// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* Clears from a member on, as many bytes as the caller says. */
typedef unsigned long size_t;
void *memset(void *, int, size_t);
struct proc { int pid; int start; int a; long b; int end; };
static struct proc proc;
void reset(size_t n) { if (n > 24) n = 24; memset(&proc.start, 0, n); }
int get(void) { return proc.pid; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:reset:
// CHECK-NEXT:memset_length_given.c:proc.a
// CHECK-NEXT:memset_length_given.c:proc.b
// CHECK-NEXT:memset_length_given.c:proc.end
// CHECK-NEXT:memset_length_given.c:proc.start
// CHECK-NEXT:end
