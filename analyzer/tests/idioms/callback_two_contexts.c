// IDIOM: callback_void
// RUN: %may_modify %s | %FileCheck
/* The context of a callback holds the next callback and its context. */
struct step { void (*call)(void *); void *context; };
struct counter { int value; };
static struct counter a, b, cold;
static void count(void *c) { ((struct counter *)c)->value++; }
static void zero(void *c) { ((struct counter *)c)->value = 0; }
static void twice(void *c) { struct step *s = c; s->call(s->context); s->call(s->context); }
static void run(void (*call)(void *), void *context) { call(context); }
void on_a(void) { struct step inner = {count, &a}; run(twice, &inner); }
void on_b(void) { struct step inner = {zero, &b}, outer = {twice, &inner}; run(twice, &outer); }
int get(void) { return cold.value; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:on_a:
// CHECK-NEXT:callback_two_contexts.c:a.value
// CHECK-NEXT:end
// CHECK-NEXT:on_b:
// CHECK-NEXT:callback_two_contexts.c:b.value
// CHECK-NEXT:end
