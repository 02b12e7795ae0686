// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
// The object is only ever cast to a record that this program does not define: bytes with a name, and no less a state.
void *malloc(unsigned long);
struct handle;
static struct handle *kept; static int other;
void open_handle(void) { kept = (struct handle *)malloc(64); }
void clear_handle(void) { unsigned char *p = (unsigned char *)kept; if (p) p[8] = 0; }
int read_handle(void) { return kept ? ((unsigned char *)kept)[8] + other : 0; }
// CHECK:clear_handle:
// CHECK-NEXT:alloc@allocation_opaque_handle.c:open_handle
// CHECK-NEXT:end
// CHECK-NEXT:open_handle:
// CHECK-NEXT:allocation_opaque_handle.c:kept
// CHECK-NEXT:end
// CHECK-NEXT:read_handle:
// CHECK-NEXT:end
