// IDIOM: linker_section
// RUN: rm -rf %t.d && %split %t.d && env MANIFEST=%t.d/manifest %may_modify %t.d/server.c | %FileCheck
/* A closed world with a table of relative offsets, made by the assembler: what is called cannot be told. */
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
static int ran, cold;
static void __attribute__((used)) go(void) { ran++; }
__asm__(".section \".rel\", \"a\"\n.globl __start_rel\n__start_rel: .long go - .\n.globl __stop_rel\n__stop_rel:\n.previous");
extern const int __start_rel[], __stop_rel[];
void run_all(void) { for (const int *r = __start_rel; r < __stop_rel; r++) ((void (*)(void))((unsigned long)r + *r))(); }
int get(void) { return cold; }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:run_all:
// CHECK-NEXT:*  [by unknown]  (2 leaves)
// CHECK-NEXT:unknown: outside-call function pointer in run_all
// CHECK-NEXT:end
