// IDIOM: anonymous_members
// RUN: %may_modify %s | %FileCheck
struct page { unsigned long flags; union { struct { void *lru_next, *lru_prev; unsigned long index; }; struct { unsigned long dma_addr; }; struct { unsigned char order; _Bool compound; }; }; int refcount; };
static struct page pages[8];
void set_order(int i, unsigned char o) { pages[i & 7].order = o; }
void set_index(int i, unsigned long x) { pages[i & 7].index = x; }
void put(int i) { pages[i & 7].refcount--; }
unsigned long dma(int i) { return pages[i & 7].dma_addr; }
// CHECK:dma:
// CHECK-NEXT:end
// CHECK-NEXT:put:
// CHECK-NEXT:anonymous_members_deep.c:pages[].refcount
// CHECK-NEXT:end
// CHECK-NEXT:set_index:
// CHECK-NEXT:anonymous_members_deep.c:pages[].index
// CHECK-NEXT:end
// CHECK-NEXT:set_order:
// CHECK-NEXT:anonymous_members_deep.c:pages[].order
// CHECK-NEXT:end
