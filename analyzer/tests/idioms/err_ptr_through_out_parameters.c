// IDIOM: err_ptr
// RUN: %may_modify %s | %FileCheck
/* An error or an object, in a register, in a member and as a number with the lowest bit for "shared". */
#define IS_ERR(p) ((unsigned long)(p) >= -4095UL)
struct node { int refs; }; struct cache { struct node *slot; unsigned long tagged; };
static struct cache cache; static struct node good, never; static int errors;
static struct node *find(int key) { if (key < 0) return (void *)-22L; return key ? &good : (void *)0; }
static int lookup(int key, struct node **out) { struct node *n = find(key); if (IS_ERR(n)) return (int)(long)n; *out = n; return 0; }
int fill(int key) { cache.slot = find(key); cache.tagged = (unsigned long)cache.slot | 1; return 0; }
int pin(int key) { struct node *n; int e = lookup(key, &n); if (e) { errors++; return e; } if (n) n->refs++; return 0; }
int pin_slot(void) { if (!cache.slot || IS_ERR(cache.slot)) return -1; cache.slot->refs++; return 0; }
int pin_tagged(void) { struct node *n = (void *)(cache.tagged & ~1UL); if (IS_ERR(n)) return -1; n->refs--; return 0; }
int get(void) { return never.refs; }
// CHECK:fill:
// CHECK-NEXT:err_ptr_through_out_parameters.c:cache.slot
// CHECK-NEXT:err_ptr_through_out_parameters.c:cache.tagged
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:pin:
// CHECK-NEXT:err_ptr_through_out_parameters.c:errors
// CHECK-NEXT:err_ptr_through_out_parameters.c:good.refs
// CHECK-NEXT:end
// CHECK-NEXT:pin_slot:
// CHECK-NEXT:err_ptr_through_out_parameters.c:good.refs
// CHECK-NEXT:end
// CHECK-NEXT:pin_tagged:
// CHECK-NEXT:err_ptr_through_out_parameters.c:good.refs
// CHECK-NEXT:end
