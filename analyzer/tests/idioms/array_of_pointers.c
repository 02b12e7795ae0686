// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
struct cpu { int ticks; int idle; };
static struct cpu boot, second, spare;
static struct cpu *cpus[4] = {&boot, &second};
void tick(int n) { cpus[n]->ticks++; }
struct cpu *keep(void) { return &spare; }
// CHECK:keep:
// CHECK-NEXT:end
// CHECK-NEXT:tick:
// CHECK-NEXT:array_of_pointers.c:boot.ticks
// CHECK-NEXT:array_of_pointers.c:second.ticks
// CHECK-NEXT:end
