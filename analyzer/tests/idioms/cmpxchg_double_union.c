// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* Two words that are exchanged as one integer of 128 bits: a counter and a pointer. */
typedef unsigned __int128 u128;
struct item { int uses; struct item *next; };
union aba { struct { unsigned long count; struct item *head; }; u128 full; } __attribute__((aligned(16)));
static union aba list; static struct item one, spare; static int cold;
static inline u128 pack(unsigned long count, struct item *item) { union aba aba; aba.count = count; aba.head = item; return aba.full; }
void push(void) { list.full = pack(1, &one); }
void use(void) { union aba now; now.full = list.full; now.head->uses++; }
int get(void) { return spare.uses + cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:push:
// CHECK-NEXT:cmpxchg_double_union.c:list.full
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:cmpxchg_double_union.c:one.uses
// CHECK-NEXT:end
