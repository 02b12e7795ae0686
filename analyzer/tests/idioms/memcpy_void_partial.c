// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t; void *memcpy(void *, const void *, size_t); void *memset(void *, int, size_t);
struct task { int pid; char comm[16]; struct { long utime, stime; } times; int keep; }; static struct task parent, child;
void dup_head(void) { memcpy(&child, &parent, __builtin_offsetof(struct task, times)); }
void zero_tail(void) { memset(&child.times, 0, sizeof(struct task) - __builtin_offsetof(struct task, times)); }
void set_comm(const char *s) { void *d = child.comm; memcpy(d, s, sizeof child.comm); }
// CHECK:dup_head:
// CHECK-NEXT:memcpy_void_partial.c:child.comm[]
// CHECK-NEXT:memcpy_void_partial.c:child.pid
// CHECK-NEXT:end
// CHECK-NEXT:set_comm:
// CHECK-NEXT:memcpy_void_partial.c:child.comm[]
// CHECK-NEXT:end
// CHECK-NEXT:zero_tail:
// CHECK-NEXT:memcpy_void_partial.c:child.keep
// CHECK-NEXT:memcpy_void_partial.c:child.times.stime
// CHECK-NEXT:memcpy_void_partial.c:child.times.utime
// CHECK-NEXT:end
