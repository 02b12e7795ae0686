// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* Places that hold the distance to what they mean, in words as wide as a pointer and in halves of it; negated addresses. */
struct leaf { int n; }; static struct leaf near, far, cold; static struct { long to_leaf; int to_far; } rel; static unsigned long minus;
void set(void) { rel.to_leaf = (long)&near - (long)&rel.to_leaf; rel.to_far = (int)((long)&far - (long)&rel.to_far); }
void use_leaf(void) { ((struct leaf *)((long)&rel.to_leaf + rel.to_leaf))->n = 1; }
void use_far(void) { ((struct leaf *)((char *)&rel.to_far + rel.to_far))->n = 3; }
void negate(void) { minus = 0 - (unsigned long)&far; }
void use_negated(void) { ((struct leaf *)(0 - minus))->n = 4; }
int get(void) { return cold.n; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:negate:
// CHECK-NEXT:relative_pointers.c:minus
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:relative_pointers.c:rel.to_far
// CHECK-NEXT:relative_pointers.c:rel.to_leaf
// CHECK-NEXT:end
// CHECK-NEXT:use_far:
// EXTRA-NEXT:relative_pointers.c:cold.n
// CHECK-NEXT:relative_pointers.c:far.n
// EXTRA-NEXT:relative_pointers.c:near.n
// EXTRA-NEXT:relative_pointers.c:rel.to_far  [by unknown]
// EXTRA-NEXT:relative_pointers.c:rel.to_leaf  [by unknown]
// EXTRA-NEXT:struct leaf.n
// CHECK-NEXT:unknown: unknown-offset relative_pointers.c:rel in use_far
// CHECK-NEXT:end
// CHECK-NEXT:use_leaf:
// CHECK-NEXT:relative_pointers.c:near.n
// CHECK-NEXT:end
// CHECK-NEXT:use_negated:
// CHECK-NEXT:relative_pointers.c:far.n
// CHECK-NEXT:end
