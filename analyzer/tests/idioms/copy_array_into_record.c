// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* Words of an array become a record, by memcpy and by assignment. */
void *memcpy(void *, const void *, unsigned long);
struct o { int v; }; struct args { long fd; struct o *buf; };
static struct o a, b; static long regs[2], regs2[2]; static struct args kept;
void put(void) { regs[1] = (long)&a; regs2[1] = (long)&b; }
void get_local(void) { struct args t; memcpy(&t, regs, sizeof t); t.buf->v = 1; }
void copy(void) { kept = *(struct args *)regs2; }
void get_static(void) { kept.buf->v = 1; }
static int cold; int get(void) { return cold; }
// CHECK:copy:
// CHECK-NEXT:copy_array_into_record.c:kept.buf
// CHECK-NEXT:copy_array_into_record.c:kept.fd
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:get_local:
// CHECK-NEXT:copy_array_into_record.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:get_static:
// CHECK-NEXT:copy_array_into_record.c:b.v
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:copy_array_into_record.c:regs2[]
// CHECK-NEXT:copy_array_into_record.c:regs[]
// CHECK-NEXT:end
