// IDIOM: struct_casts
// RUN: %may_modify %s | %FileCheck
/* Base and derived records share their head (BSD sockaddr, QEMU objects, Lua values). */
struct obj { int type; int refs; struct obj *next; }; struct str { int type; int refs; struct obj *next; int len; }; struct fn { int type; int refs; struct obj *next; void (*call)(void); };
static struct str hello; static struct fn print; static struct obj plain; static int calls; static void do_print(void) { calls++; }
static inline void incref(struct obj *o) { o->refs++; }
void init(void) { print.type = 2; print.call = do_print; print.next = (struct obj *)&hello; }
void use_str(void) { incref((struct obj *)&hello); }
void run(void) { struct obj *o = (struct obj *)&print; if (o->type == 2) ((struct fn *)o)->call(); incref(o->next); }
struct obj *get(void) { return &plain; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:init:
// CHECK-NEXT:common_initial_sequence.c:print.call
// CHECK-NEXT:common_initial_sequence.c:print.next
// CHECK-NEXT:common_initial_sequence.c:print.type
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:common_initial_sequence.c:calls
// CHECK-NEXT:common_initial_sequence.c:hello.refs
// CHECK-NEXT:end
// CHECK-NEXT:use_str:
// CHECK-NEXT:common_initial_sequence.c:hello.refs
// CHECK-NEXT:end
