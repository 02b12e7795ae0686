// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
#define PAGE_OFFSET 0xffff888000000000ul
#define __pa(p) ((unsigned long)(p) - PAGE_OFFSET)
#define __va(a) ((void *)((unsigned long)(a) + PAGE_OFFSET))
struct table { unsigned long entry[512]; }; static struct table level1 __attribute__((aligned(4096))), level2 __attribute__((aligned(4096))), spare;
void link(int i) { level1.entry[i & 511] = __pa(&level2) | 3; }
void map(int i, int j, unsigned long frame) { struct table *t = __va(level1.entry[i & 511] & ~0xffful); t->entry[j & 511] = frame | 1; }
struct table *get(void) { return &spare; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:link:
// CHECK-NEXT:virtual_to_physical.c:level1.entry[]
// CHECK-NEXT:end
// CHECK-NEXT:map:
// CHECK-NEXT:virtual_to_physical.c:level2.entry[]
// CHECK-NEXT:end
