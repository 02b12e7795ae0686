// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
union word { unsigned long number; int *pointer; };
static int target, bystander;
static union word word;
void set(void) { word.number = (unsigned long)&target; }
void write(void) { *word.pointer = 1; }
int *other(void) { return &bystander; }
// CHECK:other:
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:int_pointer_union.c:word.number
// CHECK-NEXT:end
// CHECK-NEXT:write:
// CHECK-NEXT:int_pointer_union.c:target
// CHECK-NEXT:end
