// IDIOM: rcu
// RUN: %may_modify %s | %FileCheck
#define __rcu __attribute__((noderef, address_space(1)))
#undef __rcu
#define __rcu
#define smp_store_release(p, v) do { __asm__ __volatile__("" ::: "memory"); *(volatile typeof(*p) *)(p) = (v); } while (0)
#define RCU_INITIALIZER(v) (typeof(*(v)) __rcu *)(v)
#define rcu_assign_pointer(p, v) do { unsigned long _r_a_p__v = (unsigned long)(v); \
	if (__builtin_constant_p(v) && (_r_a_p__v) == (unsigned long)0) *(volatile typeof(p) *)&(p) = (typeof(p))(_r_a_p__v); \
	else smp_store_release(&p, RCU_INITIALIZER((typeof(p))_r_a_p__v)); } while (0)
#define rcu_dereference(p) ({ typeof(*p) *________p1 = (typeof(*p) *)(*(const volatile typeof(p) *)&(p)); ((typeof(*p) *)(________p1)); })
struct config { int limit; int hits; };
struct table { struct config __rcu *live; };
static struct table table;
static struct config first, second;
void publish(void) { rcu_assign_pointer(table.live, &first); }
void retract(void) { rcu_assign_pointer(table.live, 0); }
void hit(void) { struct config *c = rcu_dereference(table.live); if (c) c->hits++; }
struct config *spare(void) { return &second; }
// CHECK:hit:
// CHECK-NEXT:rcu_assign_pointer.c:first.hits
// CHECK-NEXT:end
// CHECK-NEXT:publish:
// CHECK-NEXT:rcu_assign_pointer.c:table.live
// CHECK-NEXT:end
// CHECK-NEXT:retract:
// CHECK-NEXT:rcu_assign_pointer.c:table.live
// CHECK-NEXT:end
// CHECK-NEXT:spare:
// CHECK-NEXT:end
