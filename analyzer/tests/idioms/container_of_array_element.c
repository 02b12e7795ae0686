// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
/* A member that is an array: the element knows its own index, or the index is counted back. */
struct channel { int index, level; }; struct mixer { int dirty; struct channel channels[4]; int master; };
static struct mixer mixer; static struct mixer spare;
static struct mixer *mixer_of(struct channel *c) { return (struct mixer *)((char *)(c - c->index) - __builtin_offsetof(struct mixer, channels)); }
static struct mixer *mixer_at(struct channel *c, int i) { return (struct mixer *)((char *)c - __builtin_offsetof(struct mixer, channels[0]) - i * sizeof *c); }
void set(int i, int level) { struct channel *c = &mixer.channels[i & 3]; c->level = level; mixer_of(c)->dirty = 1; }
void master(int i) { struct channel *c = &mixer.channels[i & 3]; mixer_at(c, i & 3)->master = 0; }
void third(void) { ((struct mixer *)((char *)&mixer.channels[2].level - __builtin_offsetof(struct mixer, channels[2].level)))->dirty = 0; }
int get(void) { return spare.dirty; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:master:
// CHECK-NEXT:container_of_array_element.c:mixer.master
// CHECK-NEXT:end
// CHECK-NEXT:set:
// CHECK-NEXT:container_of_array_element.c:mixer.channels[].level
// CHECK-NEXT:container_of_array_element.c:mixer.dirty
// CHECK-NEXT:end
// CHECK-NEXT:third:
// EXTRA-NEXT:container_of_array_element.c:mixer.channels[].level
// CHECK-NEXT:container_of_array_element.c:mixer.dirty
// EXTRA-NEXT:container_of_array_element.c:spare.dirty
// EXTRA-NEXT:struct mixer.dirty
// CHECK-NEXT:end
