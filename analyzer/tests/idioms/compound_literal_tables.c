// IDIOM: initialisers
// RUN: %may_modify %s | %FileCheck
/* Tables that are compound literals of file scope, reached through members. */
struct item { int uses; }; static struct item a, b, spare;
struct group { const char *name; struct item **items; int *counts; };
static struct group group = {.name = "x", .items = (struct item *[]){&a, &b, 0}, .counts = (int[]){0, 0, 0}};
void use(int i) { group.items[i]->uses++; }
void count(int i) { group.counts[i]++; }
int get(void) { return spare.uses; }
// CHECK:count:
// CHECK-NEXT:compound_literal_tables.c:.compoundliteral[]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:compound_literal_tables.c:a.uses
// CHECK-NEXT:compound_literal_tables.c:b.uses
// CHECK-NEXT:end
