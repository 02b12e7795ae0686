// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t;
void *memcpy(void *, const void *, size_t);
struct net_ops { int (*xmit)(int); int (*stop)(int); };
static int sent, stopped, wrapped;
static int real_xmit(int n) { sent = n; return 0; }
static int real_stop(int n) { stopped = n; return 0; }
static int wrap_xmit(int n) { wrapped = n; return 0; }
static const struct net_ops real_ops = {real_xmit, real_stop};
static struct net_ops shadow;
void hijack(void) { memcpy(&shadow, &real_ops, sizeof(shadow)); shadow.xmit = wrap_xmit; }
int stop(int n) { return shadow.stop(n); }
// CHECK:hijack:
// CHECK-NEXT:ops_struct_memcpy.c:shadow.stop
// CHECK-NEXT:ops_struct_memcpy.c:shadow.xmit
// CHECK-NEXT:end
// CHECK-NEXT:real_xmit:
// CHECK-NEXT:ops_struct_memcpy.c:sent
// CHECK-NEXT:end
// CHECK-NEXT:stop:
// CHECK-NEXT:ops_struct_memcpy.c:stopped
// CHECK-NEXT:end
// CHECK-NEXT:wrap_xmit:
// CHECK-NEXT:ops_struct_memcpy.c:wrapped
// CHECK-NEXT:end
