// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Free lists keep pointers mixed with a secret and their own address (SLUB). */
struct object { struct object *next; int uses; }; struct cache { unsigned long random; unsigned long head; };
static struct cache cache; static struct object one, two; static int cold;
static unsigned long encode(struct cache *c, void *p, unsigned long at) { return (unsigned long)p ^ c->random ^ __builtin_bswap64(at); }
static void *decode(struct cache *c, unsigned long v, unsigned long at) { return (void *)(v ^ c->random ^ __builtin_bswap64(at)); }
void put(void) { cache.head = encode(&cache, &one, (unsigned long)&cache.head); }
void use(void) { struct object *o = decode(&cache, cache.head, (unsigned long)&cache.head); o->uses++; }
int get(void) { return two.uses + cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:encoded_by_cookie.c:cache.head
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:encoded_by_cookie.c:one.uses
// CHECK-NEXT:end
