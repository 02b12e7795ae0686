// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t; extern void fortify_panic(const char *) __attribute__((noreturn)); void *memcpy(void *, const void *, size_t);
#define fortify_memcpy(p, q, n) ({ size_t __n = (n); if (__builtin_object_size(p, 0) < __n) fortify_panic("memcpy"); __builtin_memcpy(p, q, __n); })
struct name { char release[16]; char machine[16]; }; static struct name uts; static int set_count;
void set_release(const char *s) { fortify_memcpy(uts.release, s, sizeof uts.release); set_count++; }
char machine(void) { return uts.machine[0]; }
// CHECK:machine:
// CHECK-NEXT:end
// CHECK-NEXT:set_release:
// CHECK-NEXT:object_size_checked_copy.c:set_count
// CHECK-NEXT:object_size_checked_copy.c:uts.release[]
// CHECK-NEXT:end
