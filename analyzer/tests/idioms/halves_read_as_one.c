// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* Halves are stored as integers, and read as one pointer. */
typedef unsigned int u32; typedef unsigned long u64;
struct item { int uses; };
struct desc { u32 low, high; };
static struct desc desc; static struct item one, spare;
void post(void) { u64 a = (u64)&one; desc.low = (u32)a; desc.high = (u32)(a >> 32); }
void use(void) { struct item *i = *(struct item **)&desc; i->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:post:
// CHECK-NEXT:halves_read_as_one.c:desc.high
// CHECK-NEXT:halves_read_as_one.c:desc.low
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:halves_read_as_one.c:one.uses
// EXTRA-NEXT:halves_read_as_one.c:spare.uses
// EXTRA-NEXT:struct item.uses
// CHECK-NEXT:end
