// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
/* An array's pointer is moved so that indices begin at a million (flat memory maps). */
struct page { int flags; long use; };
static struct page frames[64]; static struct page *map; static int cold;
#define FIRST 1048576UL
void start(void) { map = frames - FIRST; }
void mark(unsigned long pfn) { map[pfn].flags = 1; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:mark:
// CHECK-NEXT:biased_array.c:frames[].flags
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:biased_array.c:map
// CHECK-NEXT:end
