// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t; void *memcpy(void *, const void *, size_t); void *memmove(void *, const void *, size_t); void *memset(void *, int, size_t);
struct msg { int type; void (*done)(int); int *counter; }; static struct msg slots[4], scratch; static int finished, hits, misses;
static void on_done(int t) { finished = t; }
static void copy(void *d, const void *s, size_t n) { memcpy(d, s, n); }
void post(int i) { struct msg m = {1, on_done, &hits}; copy(&slots[i & 3], &m, sizeof m); }
void take(int i) { struct msg m; memmove(&m, &slots[i & 3], sizeof m); m.done(m.type); ++*m.counter; }
void clear(void) { memset(&scratch, 0, sizeof scratch); }
int get(void) { return misses; }
// CHECK:clear:
// CHECK-NEXT:memcpy_void_object_copy.c:scratch.counter
// CHECK-NEXT:memcpy_void_object_copy.c:scratch.done
// CHECK-NEXT:memcpy_void_object_copy.c:scratch.type
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:post:
// CHECK-NEXT:memcpy_void_object_copy.c:slots[].counter
// CHECK-NEXT:memcpy_void_object_copy.c:slots[].done
// CHECK-NEXT:memcpy_void_object_copy.c:slots[].type
// CHECK-NEXT:end
// CHECK-NEXT:take:
// CHECK-NEXT:memcpy_void_object_copy.c:finished
// CHECK-NEXT:memcpy_void_object_copy.c:hits
// CHECK-NEXT:end
