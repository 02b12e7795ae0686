// IDIOM: linker_section
// RUN: %may_modify %s | %FileCheck
struct entry { void (*call)(void); int runs; };
static int a, b;
static void set_a(void) { a = 1; }
static void set_b(void) { b = 1; }
static struct entry entry_a __attribute__((section("entries"), used)) = {set_a, 0};
static struct entry entry_b __attribute__((section("entries"), used)) = {set_b, 0};
static struct entry elsewhere = {set_b, 0};
extern struct entry __start_entries[], __stop_entries[];
void run_all(void) { for (struct entry *e = __start_entries; e < __stop_entries; e++) { e->runs++; e->call(); } }
struct entry *keep(void) { return &elsewhere; }
// CHECK:keep:
// CHECK-NEXT:end
// CHECK-NEXT:run_all:
// CHECK-NEXT:linker_section.c:a
// CHECK-NEXT:linker_section.c:b
// CHECK-NEXT:linker_section.c:entry_a.runs
// CHECK-NEXT:linker_section.c:entry_b.runs
// CHECK-NEXT:end
// CHECK-NEXT:set_b:
// CHECK-NEXT:linker_section.c:b
// CHECK-NEXT:end
