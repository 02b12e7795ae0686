// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* A pointer at an odd place of a packed record is copied out. */
struct item { int uses; };
struct __attribute__((packed)) record { unsigned len; struct item *item; unsigned char tail; };
static struct record record; static struct item one, spare; static struct item *kept;
void fill(void) { record.len = 1; record.item = &one; }
void take(void) { __builtin_memcpy(&kept, &record.item, sizeof kept); }
void use(void) { kept->uses++; }
int get(void) { return spare.uses; }
// CHECK:fill:
// CHECK-NEXT:packed_unaligned_pointer.c:record.item
// CHECK-NEXT:packed_unaligned_pointer.c:record.len
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:take:
// CHECK-NEXT:packed_unaligned_pointer.c:kept
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:packed_unaligned_pointer.c:one.uses
// CHECK-NEXT:end
