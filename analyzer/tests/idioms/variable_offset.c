// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
struct record { int a; int b; int c; };
static struct record record;
void poke(unsigned long offset) { *(int *)((char *)&record + offset) = 1; }
// CHECK:poke:
// CHECK-NEXT:variable_offset.c:record.a  [by unknown]
// CHECK-NEXT:variable_offset.c:record.b  [by unknown]
// CHECK-NEXT:variable_offset.c:record.c  [by unknown]
// CHECK-NEXT:unknown: unknown-offset variable_offset.c:record in poke
// CHECK-NEXT:end
