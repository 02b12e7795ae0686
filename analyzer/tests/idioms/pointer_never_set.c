// IDIOM: open_world
// RUN: %may_modify %s | %FileCheck
/* A store through a pointer that nobody sets never runs; where the source does not say NULL itself, it is named. */
struct hook { int calls; }; static struct hook *hook; static int cold, served; static struct hook *volatile other;
void serve(void) { served++; if (hook) hook->calls++; }
static void count(struct hook *h) { if (h) h->calls++; }
void pass(void) { count(0); served--; }
int get(void) { return cold + (other != 0); }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:pass:
// CHECK-NEXT:pointer_never_set.c:served
// CHECK-NEXT:end
// CHECK-NEXT:serve:
// CHECK-NEXT:pointer_never_set.c:served
// CHECK-NEXT:unknown: no-target pointer in serve
// CHECK-NEXT:end
