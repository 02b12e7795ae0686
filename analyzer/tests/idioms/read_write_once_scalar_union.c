// IDIOM: read_once
// RUN: %may_modify %s | %FileCheck
/* Linux's older WRITE_ONCE: a union of the value and of bytes, written through a switch over its size. */
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long u64;
static inline __attribute__((always_inline)) void __write_once_size(volatile void *p, void *res, int size)
{
	switch (size) {
	case 1: *(volatile u8 *)p = *(u8 *)res; break;
	case 2: *(volatile u16 *)p = *(u16 *)res; break;
	case 4: *(volatile u32 *)p = *(u32 *)res; break;
	case 8: *(volatile u64 *)p = *(u64 *)res; break;
	default: __builtin_memcpy((void *)p, (const void *)res, size);
	}
}
#define WRITE_ONCE(x, val) ({ union { typeof(x) __val; char __c[1]; } __u = {.__val = (val)}; __write_once_size(&(x), __u.__c, sizeof(x)); __u.__val; })
struct rq { int nr_running; void *curr; short cpu; };
struct task { int state; };
static struct rq rq;
static struct task idle, init;
void set_curr(void) { WRITE_ONCE(rq.curr, &init); }
void set_nr(int n) { WRITE_ONCE(rq.nr_running, n); }
void stop_curr(void) { ((struct task *)rq.curr)->state = 0; }
struct task *get_idle(void) { return &idle; }
// CHECK:get_idle:
// CHECK-NEXT:end
// CHECK-NEXT:set_curr:
// EXTRA-NEXT:read_write_once_scalar_union.c:rq.cpu
// CHECK-NEXT:read_write_once_scalar_union.c:rq.curr
// CHECK-NEXT:end
// CHECK-NEXT:set_nr:
// EXTRA-NEXT:read_write_once_scalar_union.c:rq.cpu
// EXTRA-NEXT:read_write_once_scalar_union.c:rq.curr
// CHECK-NEXT:read_write_once_scalar_union.c:rq.nr_running
// CHECK-NEXT:end
// CHECK-NEXT:stop_curr:
// CHECK-NEXT:read_write_once_scalar_union.c:init.state
// CHECK-NEXT:end
