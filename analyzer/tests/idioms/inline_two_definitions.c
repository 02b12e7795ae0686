// IDIOM: same_names
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/a.c %t.d/b.c | %FileCheck
/* C's inline: the call in a.c may use either definition. */
//--- a.c
int inline_calls, cold;
inline void note(void) { inline_calls++; }
void start(void) { note(); }
int get(void) { return cold; }
//--- b.c
int external_calls;
void note(void) { external_calls++; }
void stop(void) { note(); }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:external_calls
// CHECK-NEXT:inline_calls
// CHECK-NEXT:end
// CHECK-NEXT:note:
// CHECK-NEXT:external_calls
// CHECK-NEXT:end
// CHECK-NEXT:stop:
// CHECK-NEXT:external_calls
// CHECK-NEXT:end
