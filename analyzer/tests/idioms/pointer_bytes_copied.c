// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
void *memcpy(void *, const void *, unsigned long);
static int target, bystander;
static char buffer[16];
void hide(void) { int *p = &target; memcpy(buffer, &p, sizeof p); }
void reveal(void) { int *p; memcpy(&p, buffer, sizeof p); *p = 1; }
int *keep(void) { return &bystander; }
// CHECK:hide:
// CHECK-NEXT:pointer_bytes_copied.c:buffer[]
// CHECK-NEXT:end
// CHECK-NEXT:keep:
// CHECK-NEXT:end
// CHECK-NEXT:reveal:
// CHECK-NEXT:pointer_bytes_copied.c:target
// CHECK-NEXT:end
