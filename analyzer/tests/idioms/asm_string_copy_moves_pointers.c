// IDIOM: asm_pointer_memory
// RUN: %may_modify %s | %FileCheck
/* rep movs moves what lies there, pointers too. */
struct ops { void (*run)(void); int *counter; };
static int runs, idle, hits, cold;
static void run(void) { runs++; } static void rest(void) { idle++; }
static struct ops source = {run, &hits}, other = {rest, &cold};
static struct ops target, spare;
static inline void copy(void *to, const void *from, unsigned long n) { __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory"); }
void install(void) { copy(&target, &source, sizeof target); }
void start(void) { target.run(); ++*target.counter; }
void relax(void) { rest(); }
void backup(void) { copy(&spare, &other, sizeof spare); }
// CHECK:backup:
// CHECK-NEXT:asm_string_copy_moves_pointers.c:spare.counter
// CHECK-NEXT:asm_string_copy_moves_pointers.c:spare.run
// CHECK-NEXT:end
// CHECK-NEXT:install:
// CHECK-NEXT:asm_string_copy_moves_pointers.c:target.counter
// CHECK-NEXT:asm_string_copy_moves_pointers.c:target.run
// CHECK-NEXT:end
// CHECK-NEXT:relax:
// CHECK-NEXT:asm_string_copy_moves_pointers.c:idle
// CHECK-NEXT:end
// CHECK-NEXT:start:
// CHECK-NEXT:asm_string_copy_moves_pointers.c:hits
// CHECK-NEXT:asm_string_copy_moves_pointers.c:runs
// CHECK-NEXT:end
