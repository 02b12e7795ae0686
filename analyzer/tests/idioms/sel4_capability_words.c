// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* seL4: capabilities are two words, the object's address and its type packed together. */
typedef unsigned long word_t; typedef struct { word_t words[2]; } cap_t; struct endpoint { word_t head; word_t tail; }; struct cte { cap_t cap; word_t mdb; };
static struct cte cnode[8]; static struct endpoint ep, spare;
static inline cap_t cap_new(word_t ptr, word_t type) { cap_t c; c.words[0] = (type & 0x1f) << 59 | (ptr & 0xfffffffffffful); c.words[1] = 0; return c; }
static inline word_t cap_ptr(cap_t c) { word_t r = c.words[0] & 0xfffffffffffful; if (r & (1ul << 47)) r |= 0xffff000000000000ul; return r; }
void insert(int i) { cnode[i & 7].cap = cap_new((word_t)&ep, 4); }
void send(int i, word_t t) { ((struct endpoint *)cap_ptr(cnode[i & 7].cap))->tail = t; }
struct endpoint *get(void) { return &spare; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:insert:
// CHECK-NEXT:sel4_capability_words.c:cnode[].cap.words[]
// CHECK-NEXT:end
// CHECK-NEXT:send:
// CHECK-NEXT:sel4_capability_words.c:ep.tail
// CHECK-NEXT:end
