// IDIOM: freed_before_exit
// RUN: %may_modify %s | %FileCheck
/* The only pointer that is left to the new object is in disguise: inside, complemented, in halves of a record, in bytes, in what a caller gets. */
void *malloc(unsigned long);
void *memcpy(void *, const void *, unsigned long);
struct inner { int level; };
struct box { int mark; struct inner inner; };
struct pair { unsigned low, high; };
struct carrier { struct box *box; };
static struct inner *inside;
static unsigned long complement, negated;
static unsigned char bytes[8];
static struct carrier carriers[2];
static struct carrier *chain;
static struct box *make(int mark) { struct box *b = malloc(sizeof *b); b->mark = mark; return b; }
void keep_inner(void) { inside = &make(1)->inner; }
void keep_complement(void) { complement = ~(unsigned long)make(2); }
void keep_negated(void) { negated = -(unsigned long)make(3); }
void keep_bytes(void) { struct box *b = make(4); memcpy(bytes, &b, sizeof b); }
void keep_copied(void) { struct carrier c = {make(5)}; carriers[1] = c; }
void keep_chain(void) { struct carrier *c = malloc(sizeof *c); c->box = make(6); chain = c; }
struct inner *give_back(void) { return &make(7)->inner; }
struct carrier give_record(void) { struct carrier c; c.box = make(8); return c; }
int forget(void) { struct box *b = make(9); struct carrier c = {b}; return c.box->mark; }
// CHECK:forget:
// CHECK-NEXT:end
// CHECK-NEXT:give_back:
// CHECK-NEXT:struct box.mark
// CHECK-NEXT:end
// CHECK-NEXT:give_record:
// CHECK-NEXT:struct box.mark
// CHECK-NEXT:end
// CHECK-NEXT:keep_bytes:
// CHECK-NEXT:lasting_disguised.c:bytes[]
// CHECK-NEXT:struct box.mark
// CHECK-NEXT:end
// CHECK-NEXT:keep_chain:
// CHECK-NEXT:lasting_disguised.c:chain
// CHECK-NEXT:struct box.mark
// CHECK-NEXT:struct carrier.box
// CHECK-NEXT:end
// CHECK-NEXT:keep_complement:
// CHECK-NEXT:lasting_disguised.c:complement
// CHECK-NEXT:struct box.mark
// CHECK-NEXT:end
// CHECK-NEXT:keep_copied:
// CHECK-NEXT:lasting_disguised.c:carriers[].box
// CHECK-NEXT:struct box.mark
// CHECK-NEXT:end
// CHECK-NEXT:keep_inner:
// CHECK-NEXT:lasting_disguised.c:inside
// CHECK-NEXT:struct box.mark
// CHECK-NEXT:end
// CHECK-NEXT:keep_negated:
// CHECK-NEXT:lasting_disguised.c:negated
// CHECK-NEXT:struct box.mark
// CHECK-NEXT:end
