// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
/* Memory of no known type is stored to by a variable index and read at a constant one. */
void *malloc(unsigned long);
struct o { int v; }; struct e { int k; struct o *p; };
static struct o a; static char *raw, *recs, *fns; static int calls; static void fn(void) { calls++; }
void make(int n) { raw = malloc(n); recs = malloc(256); fns = malloc(n); }
void store(int i) { ((struct o **)raw)[i] = &a; ((struct e *)recs)[i].p = &a; ((void (**)(void))fns)[i] = fn; }
void load(void) { ((struct o **)raw)[1]->v = 1; }
void load_record(void) { ((struct e *)recs)[2].p->v = 2; }
void call(void) { ((void (**)(void))fns)[2](); }
static int cold; int get(void) { return cold; }
// CHECK:call:
// CHECK-NEXT:allocation_indexed_then_constant.c:calls
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:load:
// CHECK-NEXT:allocation_indexed_then_constant.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:load_record:
// CHECK-NEXT:allocation_indexed_then_constant.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:make:
// CHECK-NEXT:allocation_indexed_then_constant.c:fns
// CHECK-NEXT:allocation_indexed_then_constant.c:raw
// CHECK-NEXT:allocation_indexed_then_constant.c:recs
// CHECK-NEXT:end
// CHECK-NEXT:store:
// CHECK-NEXT:alloc@allocation_indexed_then_constant.c:make
// CHECK-NEXT:struct e.p
// CHECK-NEXT:end
