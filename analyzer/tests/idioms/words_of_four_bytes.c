// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* A pointer is copied as two words of four bytes. */
typedef unsigned int u32;
struct item { int uses; };
static struct item one, spare; static struct item *from = &one, *to;
void move(void) { u32 *d = (u32 *)&to, *s = (u32 *)&from; d[0] = s[0]; d[1] = s[1]; }
void use(void) { to->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:move:
// CHECK-NEXT:words_of_four_bytes.c:to
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:words_of_four_bytes.c:one.uses
// CHECK-NEXT:end
