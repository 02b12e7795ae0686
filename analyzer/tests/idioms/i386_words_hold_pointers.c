// IDIOM: int_pointer_union
// RUN: env FLAGS=-m32 %may_modify %s | %FileCheck
/* 32 bits: an unsigned int is as wide as a pointer, and 64 bits hold two. */
struct s { int v; }; static struct s a, b, cold; static unsigned word; static unsigned long long both; struct pair { void (*call)(struct s *); struct s *with; }; static struct pair target; static union { struct pair pair; unsigned long long whole; } view;
static void bump(struct s *s) { s->v++; }
void keep(void) { word = (unsigned)&a; }
void use(void) { ((struct s *)word)->v = 1; }
void join(void) { both = (unsigned long long)(unsigned)&b << 32 | (unsigned)&a; }
void upper(void) { ((struct s *)(unsigned)(both >> 32))->v = 2; }
void move(void) { view.pair.call = bump; view.pair.with = &b; unsigned long long w = view.whole; __builtin_memcpy(&target, &w, 8); }
void fire(void) { target.call(target.with); }
int get(void) { return cold.v; }
// CHECK:fire:
// CHECK-NEXT:i386_words_hold_pointers.c:b.v
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:join:
// CHECK-NEXT:i386_words_hold_pointers.c:both
// CHECK-NEXT:end
// CHECK-NEXT:keep:
// CHECK-NEXT:i386_words_hold_pointers.c:word
// CHECK-NEXT:end
// CHECK-NEXT:move:
// CHECK-NEXT:i386_words_hold_pointers.c:target.call
// CHECK-NEXT:i386_words_hold_pointers.c:target.with
// CHECK-NEXT:i386_words_hold_pointers.c:view.pair.call
// CHECK-NEXT:i386_words_hold_pointers.c:view.pair.with
// CHECK-NEXT:end
// CHECK-NEXT:upper:
// EXTRA-NEXT:i386_words_hold_pointers.c:a.v
// CHECK-NEXT:i386_words_hold_pointers.c:b.v
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:i386_words_hold_pointers.c:a.v
// CHECK-NEXT:end
