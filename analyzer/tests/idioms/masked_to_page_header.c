// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* From an object to the header of the page that it lies in: the address without its lower 12 bits. */
struct cache { int allocated; }; struct slab { struct cache *cache; int inuse; unsigned char objects[4096 - 16]; }; struct object { int value; };
static struct slab slabs[4] __attribute__((aligned(4096))); static struct cache cache, cold; static struct object *current;
static struct slab *slab_of(const void *o) { return (struct slab *)((unsigned long)o & ~4095UL); }
void setup(int i) { slabs[i & 3].cache = &cache; }
void take(int i, int n) { struct object *o = (struct object *)(slabs[i & 3].objects + n * 16); slab_of(o)->inuse++; slab_of(o)->cache->allocated++; current = o; }
void set(int v) { current->value = v; }
void put(void) { slab_of(current)->inuse--; current = 0; }
int get(void) { return cold.allocated; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:masked_to_page_header.c:current
// CHECK-NEXT:masked_to_page_header.c:slabs[].inuse
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:masked_to_page_header.c:slabs[].objects[]
// CHECK-NEXT:end
// CHECK-NEXT:setup:
// CHECK-NEXT:masked_to_page_header.c:slabs[].cache
// CHECK-NEXT:end
// CHECK-NEXT:take:
// CHECK-NEXT:masked_to_page_header.c:cache.allocated
// CHECK-NEXT:masked_to_page_header.c:current
// CHECK-NEXT:masked_to_page_header.c:slabs[].inuse
// CHECK-NEXT:end
