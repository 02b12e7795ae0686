// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Pending bits of a work item beside its queue (Linux workqueue.c). */
struct pool { int nr_active; };
struct work { unsigned long data; };
#define FLAG_BITS 8
#define PENDING 1ul
#define IS_PWQ 4ul
static struct pool pools[2] __attribute__((aligned(256)));
static struct pool spare;
static struct work work;
void set_pool(int i) { work.data = (unsigned long)&pools[i] | PENDING | IS_PWQ; }
static struct pool *get_pool(void) { unsigned long d = work.data; return d & IS_PWQ ? (struct pool *)(d & ~((1ul << FLAG_BITS) - 1)) : 0; }
void activate(void) { struct pool *p = get_pool(); if (p) p->nr_active++; }
struct pool *other(void) { return &spare; }
// CHECK:activate:
// CHECK-NEXT:tagged_pointer_low_bits_arrays.c:pools[].nr_active
// CHECK-NEXT:end
// CHECK-NEXT:other:
// CHECK-NEXT:end
// CHECK-NEXT:set_pool:
// CHECK-NEXT:tagged_pointer_low_bits_arrays.c:work.data
// CHECK-NEXT:end
