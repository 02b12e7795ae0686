// IDIOM: flexible_array
// RUN: %may_modify %s | %FileCheck
/* The header lies before the payload; an array is indexed from its middle. */
typedef unsigned long size_t; void *malloc(size_t);
struct header { size_t size; int pinned; }; static char *buffer; static int cold;
void make(size_t n) { struct header *h = malloc(sizeof *h + n); h->size = n; buffer = (char *)(h + 1); }
void pin(void) { ((struct header *)buffer)[-1].pinned = 1; }
static int table[8]; static int *middle = &table[4];
void low(int i) { middle[-i] = 1; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:low:
// CHECK-NEXT:negative_index_header.c:table[]
// CHECK-NEXT:end
// CHECK-NEXT:make:
// CHECK-NEXT:negative_index_header.c:buffer
// CHECK-NEXT:struct header.size
// CHECK-NEXT:end
// CHECK-NEXT:pin:
// CHECK-NEXT:struct header.pinned
// CHECK-NEXT:end
