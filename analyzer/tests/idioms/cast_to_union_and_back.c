// IDIOM: int_pointer_union
// RUN: %may_modify %s | %FileCheck
/* GNU's cast to a union, a union returned and passed by value, one in an array of tagged values. */
struct obj { int uses; }; union any { long number; struct obj *object; void (*call)(void); }; struct value { int tag; union any u; }; static struct value stack[8]; static unsigned depth; static struct obj obj, cold; static int calls;
static void call_it(void) { calls++; }
static union any wrap(struct obj *o) { return (union any)o; } static void push(int tag, union any u) { stack[depth & 7].tag = tag; stack[depth++ & 7].u = u; } static union any pop(void) { return stack[--depth & 7].u; }
void push_object(void) { push(1, wrap(&obj)); }
void push_call(void) { push(2, (union any)call_it); }
void push_number(long n) { push(0, (union any)n); }
void touch(void) { pop().object->uses++; }
void invoke(void) { pop().call(); }
int get(void) { return cold.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:invoke:
// CHECK-NEXT:cast_to_union_and_back.c:calls
// CHECK-NEXT:cast_to_union_and_back.c:depth
// CHECK-NEXT:end
// CHECK-NEXT:push_call:
// CHECK-NEXT:cast_to_union_and_back.c:depth
// CHECK-NEXT:cast_to_union_and_back.c:stack[].tag
// CHECK-NEXT:cast_to_union_and_back.c:stack[].u.call
// CHECK-NEXT:cast_to_union_and_back.c:stack[].u.number
// CHECK-NEXT:cast_to_union_and_back.c:stack[].u.object
// CHECK-NEXT:end
// CHECK-NEXT:push_number:
// CHECK-NEXT:cast_to_union_and_back.c:depth
// CHECK-NEXT:cast_to_union_and_back.c:stack[].tag
// CHECK-NEXT:cast_to_union_and_back.c:stack[].u.call
// CHECK-NEXT:cast_to_union_and_back.c:stack[].u.number
// CHECK-NEXT:cast_to_union_and_back.c:stack[].u.object
// CHECK-NEXT:end
// CHECK-NEXT:push_object:
// CHECK-NEXT:cast_to_union_and_back.c:depth
// CHECK-NEXT:cast_to_union_and_back.c:stack[].tag
// CHECK-NEXT:cast_to_union_and_back.c:stack[].u.call
// CHECK-NEXT:cast_to_union_and_back.c:stack[].u.number
// CHECK-NEXT:cast_to_union_and_back.c:stack[].u.object
// CHECK-NEXT:end
// CHECK-NEXT:touch:
// CHECK-NEXT:cast_to_union_and_back.c:depth
// CHECK-NEXT:cast_to_union_and_back.c:obj.uses
// CHECK-NEXT:end
