// IDIOM: asm_launder
// RUN: %may_modify %s | %FileCheck
/* Xen: per-CPU data by an offset table and a cast through unsigned long. */
unsigned long __per_cpu_offset[4]; struct sched { int curr; int next; }; struct sched per_cpu__sched __attribute__((section(".bss.percpu"))); static struct sched lone;
#define RELOC_HIDE(ptr, off) ({ unsigned long __p = (unsigned long)(ptr); (typeof(ptr))(__p + (off)); })
#define per_cpu(var, cpu) (*RELOC_HIDE(&per_cpu__##var, __per_cpu_offset[cpu]))
void pick(int cpu) { per_cpu(sched, cpu).next = 1; }
int look(void) { return lone.curr; }
// CHECK:look:
// CHECK-NEXT:end
// CHECK-NEXT:pick:
// CHECK-NEXT:per_cpu__sched.next
// CHECK-NEXT:end
