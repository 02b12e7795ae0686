// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
void *memcpy(void *, const void *, unsigned long);
void *memset(void *, int, unsigned long);
struct pair { int first, second; struct pair *next; };
static struct pair one, two, three;
void copy(void) { void *to = &one; memcpy(to, &two, sizeof one); }
void clear(void) { memset(&three.second, 0, sizeof three.second); }
void link(void) { two.next = &three; }
void follow(void) { one.next->first = 1; }
// CHECK:clear:
// CHECK-NEXT:memcpy_void.c:three.second
// CHECK-NEXT:end
// CHECK-NEXT:copy:
// CHECK-NEXT:memcpy_void.c:one.first
// CHECK-NEXT:memcpy_void.c:one.next
// CHECK-NEXT:memcpy_void.c:one.second
// CHECK-NEXT:end
// CHECK-NEXT:follow:
// CHECK-NEXT:memcpy_void.c:three.first
// CHECK-NEXT:end
// CHECK-NEXT:link:
// CHECK-NEXT:memcpy_void.c:two.next
// CHECK-NEXT:end
