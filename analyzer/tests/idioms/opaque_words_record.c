// IDIOM: struct_casts
// RUN: %may_modify %s | %FileCheck
/* Storage that its user knows as words alone; the same function fills real objects, too. */
struct opaque { unsigned long space[8]; }; struct context { unsigned long ip; unsigned long sp; int state; };
static struct opaque area; static struct context real, spare;
struct ops { void (*init)(void *memory); };
static void init(void *memory) { struct context *c = memory; c->state = 1; }
static const struct ops ops = {init}; static const struct ops *chosen = &ops;
void start(int own) { chosen->init(own ? (void *)&area : (void *)&real); }
int get(void) { return spare.state; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:opaque_words_record.c:area.space[]
// CHECK-NEXT:opaque_words_record.c:real.state
// CHECK-NEXT:end
