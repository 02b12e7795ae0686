// IDIOM: by_value
// RUN: %may_modify %s | %FileCheck
/* Operations and context travel by value, through two functions, an array and a conditional. */
struct sink { void (*put)(void *, int); void *context; int flags; }; struct buf { int last; }; static struct buf console, disk, cold; static struct sink sinks[3];
static void put_buf(void *c, int v) { ((struct buf *)c)->last = v; } static void put_none(void *c, int v) { (void)c; (void)v; }
static struct sink make(struct buf *b) { return (struct sink){.put = put_buf, .context = b}; } static struct sink quiet(struct sink s) { s.put = put_none; return s; } static struct sink with_flags(struct sink s, int f) { s.flags = f; return s; }
void setup(int q) { sinks[0] = with_flags(make(&console), 1); sinks[1] = q ? quiet(sinks[0]) : make(&disk); }
void put(int i, int v) { struct sink s = sinks[i & 1]; s.put(s.context, v); }
void direct(int v) { struct sink s = with_flags(make(&disk), 2); s.put(s.context, v); }
void silent(int v) { struct sink s = quiet(make(&disk)); s.put(s.context, v); }
int get(void) { return cold.last; }
// CHECK:direct:
// CHECK-NEXT:struct_by_value_chain.c:disk.last
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:struct_by_value_chain.c:console.last
// CHECK-NEXT:struct_by_value_chain.c:disk.last
// CHECK-NEXT:end
// CHECK-NEXT:setup:
// CHECK-NEXT:struct_by_value_chain.c:sinks[].context
// CHECK-NEXT:struct_by_value_chain.c:sinks[].flags
// CHECK-NEXT:struct_by_value_chain.c:sinks[].put
// CHECK-NEXT:end
// CHECK-NEXT:silent:
// EXTRA-NEXT:struct_by_value_chain.c:disk.last
// CHECK-NEXT:end
