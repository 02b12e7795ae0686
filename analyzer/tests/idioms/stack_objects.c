// IDIOM: stack_objects
// RUN: %may_modify %s | %FileCheck
struct request { int code; int answer; };
static int served;
static void serve(struct request *r) { r->answer = r->code + 1; served++; }
int ask(int code) { struct request r = {code, 0}; serve(&r); return r.answer; }
// CHECK:ask:
// CHECK-NEXT:stack_objects.c:served
// CHECK-NEXT:end
