// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
union sigval { int sival_int; void *sival_ptr; };
struct event { int kind; union sigval value; };
struct watcher { int fired; };
static struct event queue[4];
static struct watcher w1, w2;
void post_ptr(int i) { queue[i & 3] = (struct event){.kind = 1, .value.sival_ptr = &w1}; }
void post_int(int i, int v) { queue[i & 3].kind = 0; queue[i & 3].value.sival_int = v; }
void deliver(int i) { struct event e = queue[i & 3]; if (e.kind) ((struct watcher *)e.value.sival_ptr)->fired++; }
struct watcher *idle(void) { return &w2; }
// CHECK:deliver:
// CHECK-NEXT:int_pointer_union_cookie.c:w1.fired
// CHECK-NEXT:end
// CHECK-NEXT:idle:
// CHECK-NEXT:end
// CHECK-NEXT:post_int:
// CHECK-NEXT:int_pointer_union_cookie.c:queue[].kind
// CHECK-NEXT:int_pointer_union_cookie.c:queue[].value.sival_int
// CHECK-NEXT:end
// CHECK-NEXT:post_ptr:
// CHECK-NEXT:int_pointer_union_cookie.c:queue[].kind
// CHECK-NEXT:int_pointer_union_cookie.c:queue[].value.sival_int
// CHECK-NEXT:int_pointer_union_cookie.c:queue[].value.sival_ptr
// CHECK-NEXT:end
