// IDIOM: handler_parameter
// RUN: %may_modify %s | %FileCheck
/* An integer that is a pointer, from callers in scope and outside. */
struct item { int uses; };
static struct item one; struct item shown; static int cold;
void handle(unsigned long cookie) { struct item *i = (struct item *)cookie; i->uses++; }
void own(void) { handle((unsigned long)&one); }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:handle:
// CHECK-NEXT:cookie_inside_and_outside.c:one.uses
// CHECK-NEXT:shown.uses
// CHECK-NEXT:struct item.uses
// CHECK-NEXT:end
// CHECK-NEXT:own:
// CHECK-NEXT:cookie_inside_and_outside.c:one.uses
// EXTRA-NEXT:shown.uses
// EXTRA-NEXT:struct item.uses
// CHECK-NEXT:end
