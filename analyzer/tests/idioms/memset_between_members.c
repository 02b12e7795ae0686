// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* Clears from one member up to another, as BSD's fork does. */
typedef unsigned long size_t;
void *memset(void *, int, size_t);
struct proc { int pid; int start; int a; long b; int end; int after; };
static struct proc proc; 
void reset(struct proc *unused) { memset(&proc.start, 0, (unsigned)((char *)&proc.end - (char *)&proc.start)); }
void reset_at(struct proc *p) { memset(&p->start, 0, (char *)&p->end - (char *)&p->start); }
void make(void) { reset_at(&proc); }
int get(void) { return proc.after; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:make:
// CHECK-NEXT:memset_between_members.c:proc.a
// CHECK-NEXT:memset_between_members.c:proc.b
// CHECK-NEXT:memset_between_members.c:proc.start
// CHECK-NEXT:end
// CHECK-NEXT:reset:
// CHECK-NEXT:memset_between_members.c:proc.a
// CHECK-NEXT:memset_between_members.c:proc.b
// CHECK-NEXT:memset_between_members.c:proc.start
// CHECK-NEXT:end
// CHECK-NEXT:reset_at:
// CHECK-NEXT:memset_between_members.c:proc.a
// CHECK-NEXT:memset_between_members.c:proc.b
// CHECK-NEXT:memset_between_members.c:proc.start
// CHECK-NEXT:struct proc.a
// CHECK-NEXT:struct proc.b
// CHECK-NEXT:struct proc.start
// CHECK-NEXT:end
