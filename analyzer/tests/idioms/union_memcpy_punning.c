// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* A pointer becomes a number by memcpy of its bytes, travels in a union of a message, and comes back. */
void *memcpy(void *, const void *, unsigned long);
struct target { int hits; }; static struct target yes, no;
struct message { int kind; union { long number; struct target *target; char text[16]; } u; };
static struct message box; static unsigned long saved;
static unsigned long encode(struct target *t) { unsigned long n; memcpy(&n, &t, sizeof n); return n; }
static struct target *decode(unsigned long n) { struct target *t; memcpy(&t, &n, sizeof t); return t; }
void post(void) { box.kind = 1; box.u.number = (long)encode(&yes); }
void read_text(void) { unsigned long n; memcpy(&n, box.u.text, sizeof n); decode(n)->hits++; }
void read_target(void) { box.u.target->hits = 0; }
void save(void) { saved = encode(box.u.target); }
void use_saved(void) { if (saved) decode(saved)->hits = 2; }
int get(void) { return no.hits; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:post:
// CHECK-NEXT:union_memcpy_punning.c:box.kind
// CHECK-NEXT:union_memcpy_punning.c:box.u.number
// CHECK-NEXT:end
// CHECK-NEXT:read_target:
// CHECK-NEXT:union_memcpy_punning.c:yes.hits
// CHECK-NEXT:end
// CHECK-NEXT:read_text:
// CHECK-NEXT:union_memcpy_punning.c:yes.hits
// CHECK-NEXT:end
// CHECK-NEXT:save:
// CHECK-NEXT:union_memcpy_punning.c:saved
// CHECK-NEXT:end
// CHECK-NEXT:use_saved:
// CHECK-NEXT:union_memcpy_punning.c:yes.hits
// CHECK-NEXT:end
