// IDIOM: linker_section
// RUN: rm -rf %t.d && %split %t.d && env MANIFEST=%t.d/manifest %may_modify %t.d/server.c | %FileCheck
/* A closed world whose linker script calls the ends of a section as it likes. */
//--- manifest
[kernel]
name = closed
source_root = .
[entity server]
path = server.c
role = server
[transactions]
entry = run_all
entry = get
//--- server.c
struct command { void (*run)(void); int *hits; }; extern struct command commands_begin[], commands_end[];
static int ran, other, cold; static int hits;
static void go(void) { ran++; } static void stop(void) { other++; }
static struct command go_command __attribute__((used, section(".cmdtab"))) = {go, &hits};
static struct command *elsewhere; 
void run_all(void) { for (struct command *c = commands_begin; c < commands_end; c++) { c->run(); ++*c->hits; } }
int get(void) { return cold + (elsewhere != 0); }
void set(void) { stop(); }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:run_all:
// CHECK-NEXT:server.c:hits
// CHECK-NEXT:server.c:ran
// CHECK-NEXT:end
