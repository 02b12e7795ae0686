// IDIOM: read_once
// RUN: %may_modify %s | %FileCheck
#define READ_ONCE(x) (*(const volatile typeof(x) *)&(x))
#define WRITE_ONCE(x, v) (*(volatile typeof(x) *)&(x) = (v))
static int flag, seen;
static int *where = &seen;
void post(void) { WRITE_ONCE(flag, 1); }
void look(void) { *READ_ONCE(where) = READ_ONCE(flag); }
// CHECK:look:
// CHECK-NEXT:read_once_write_once.c:seen
// CHECK-NEXT:end
// CHECK-NEXT:post:
// CHECK-NEXT:read_once_write_once.c:flag
// CHECK-NEXT:end
