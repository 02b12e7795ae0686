// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* Elements of an array are copied to members of a record, and to members of records in a row. */
struct o { int v; }; struct sep { struct o *w, *x, *y, *z; }; struct two { long k; struct o *y; };
static struct o a; static struct o *arr[4]; static void *vp[8]; static struct sep sep; static struct two dst[4];
void set(int i) { arr[i & 3] = &a; vp[i & 7] = &a; }
void copy(void) { __builtin_memcpy(&sep, arr, sizeof sep); __builtin_memcpy(dst, vp, sizeof vp); }
void use(void) { sep.z->v = 1; }
void use_table(int i) { dst[i].y->v = 2; }
static int cold; int get(void) { return cold; }
// CHECK:copy:
// CHECK-NEXT:array_of_pointers_to_members.c:dst[].k
// CHECK-NEXT:array_of_pointers_to_members.c:dst[].y
// CHECK-NEXT:array_of_pointers_to_members.c:sep.w
// CHECK-NEXT:array_of_pointers_to_members.c:sep.x
// CHECK-NEXT:array_of_pointers_to_members.c:sep.y
// CHECK-NEXT:array_of_pointers_to_members.c:sep.z
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:array_of_pointers_to_members.c:arr[]
// CHECK-NEXT:array_of_pointers_to_members.c:vp[]
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:array_of_pointers_to_members.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:use_table:
// CHECK-NEXT:array_of_pointers_to_members.c:a.v
// CHECK-NEXT:end
