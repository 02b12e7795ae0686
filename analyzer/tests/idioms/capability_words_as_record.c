// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* A capability is words in its table; a union or a copy shows it as a record. */
struct o { int v; }; struct cap { unsigned long w[2]; }; struct view { unsigned long type; struct o *p; };
static struct o a; static struct cap slots[4];
void insert(int i) { slots[i & 3].w[1] = (unsigned long)&a; }
void invoke(int i) { union { struct cap c; struct view d; } u; u.c = slots[i & 3]; u.d.p->v = 2; }
void invoke_memcpy(int i) { struct cap c = slots[i & 3]; struct view d; __builtin_memcpy(&d, &c, sizeof d); d.p->v = 1; }
static int cold; int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:insert:
// CHECK-NEXT:capability_words_as_record.c:slots[].w[]
// CHECK-NEXT:end
// CHECK-NEXT:invoke:
// CHECK-NEXT:capability_words_as_record.c:a.v
// CHECK-NEXT:end
// CHECK-NEXT:invoke_memcpy:
// CHECK-NEXT:capability_words_as_record.c:a.v
// CHECK-NEXT:end
