// RUN: rm -rf %t && split-file --leading-lines %s %t && cd %t && %not %check --manifest m.manifest server.c other.c client.c 2>&1 | %FileCheck
// RUN: cd %t && cat m.manifest declarations > declared.manifest && %check --manifest declared.manifest server.c other.c client.c
// clang-format off
//--- m.manifest
[kernel]
name = small
source_root = .
[entity server]
path = server.c
contract = spill-free
[entity other]
path = other.c
[entity client]
path = client.c
role = client
[transactions]
entry = serve
entry = fill
entry = annotated
entry = free_of_it
//--- declarations
[declare served]
kind = unavoidable
reason = a test
[declare called]
kind = unavoidable
reason = a test
//--- server.c
int served;
static void deep(int value) {
    served = value;
    // CHECK-DAG: server.c:[[#@LINE-1]]: error: 'serve' of 'server' is spill-free, but may modify 'served' [spillscope-may-spill]
    // CHECK-DAG: note: in 'deep':
}
void serve(int value) { deep(value); }
void fill(int *to) { *to = 1; } /* what it is given is the client's */
//--- client.c
void fill(int *to);
int mine;
void run(void) { fill(&mine); }
//--- other.c
#include <spillscope_contracts.h>
int called, uncalled;
SPILLSCOPE_SPILL_FREE void annotated(void) {
    called = 1;
    // CHECK-DAG: other.c:[[#@LINE-1]]: error: 'annotated' of 'other' is spill-free, but may modify 'called' [spillscope-may-spill]
}
void free_of_it(void) { uncalled = 1; }
// CHECK: fail: 2 violations
