// IDIOM: statement_expression
// RUN: %may_modify %s | %FileCheck
/* Lvalues behind ?:, commas and steps. */
struct s { int v; struct s *n; }; static struct s a, b, c, spare; static struct s *cursor = &a;
void assign(int k) { *(k ? &a : &b) = c; }
void comma(void) { struct s *p; (p = &b, p)->v = 1; }
void step(void) { struct s **pp = &cursor; (*pp)++->v = 2; }
void walk(void) { for (struct s **pp = &cursor; *pp; pp = &(*pp)->n) (*pp)->v = 3; }
int get(void) { return spare.v; }
// CHECK:assign:
// CHECK-NEXT:conditional_lvalues.c:a.n
// CHECK-NEXT:conditional_lvalues.c:a.v
// CHECK-NEXT:conditional_lvalues.c:b.n
// CHECK-NEXT:conditional_lvalues.c:b.v
// CHECK-NEXT:end
// CHECK-NEXT:comma:
// CHECK-NEXT:conditional_lvalues.c:b.v
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:step:
// CHECK-NEXT:conditional_lvalues.c:a.v
// CHECK-NEXT:conditional_lvalues.c:cursor
// CHECK-NEXT:end
// CHECK-NEXT:walk:
// CHECK-NEXT:conditional_lvalues.c:a.v
// CHECK-NEXT:end
