// IDIOM: freed_before_exit
// RUN: %may_modify %s | %FileCheck
/* What a caller outside gets by its own pointer lasts; so does what an exchange leaves behind; what an exchange brings back does not have to. */
void *malloc(unsigned long); void free(void *);
struct req { int tag; struct req *next; };
struct queue { struct req *head; };
static struct req *slot; static struct queue pending;
int get(struct req **out, int tag) { struct req *r = malloc(sizeof *r); if (!r) return -12; r->tag = tag; *out = r; return 0; }
void swap(int tag) { struct req *r = malloc(sizeof *r); r->tag = tag; r = __atomic_exchange_n(&slot, r, 5); free(r); }
void push(int tag) { struct req *r = malloc(sizeof *r), *old; r->tag = tag; old = __atomic_load_n(&pending.head, 0); do r->next = old; while (!__atomic_compare_exchange_n(&pending.head, &old, r, 1, 3, 0)); }
int ask(int tag) { struct req r = {tag, 0}, *p = &r; struct req **out = &p; (*out)->tag++; return r.tag; }
// CHECK:ask:
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:*  [by unknown]  (4 leaves)
// CHECK-NEXT:struct req.tag
// CHECK-NEXT:unknown: entry-parameter out in get
// CHECK-NEXT:end
// CHECK-NEXT:push:
// CHECK-NEXT:lasting_out_parameter.c:pending.head
// CHECK-NEXT:struct req.next
// CHECK-NEXT:struct req.tag
// CHECK-NEXT:end
// CHECK-NEXT:swap:
// CHECK-NEXT:lasting_out_parameter.c:slot
// CHECK-NEXT:struct req.tag
// CHECK-NEXT:end
