// IDIOM: asm_launder
// RUN: %may_modify %s | %FileCheck
/* Per-CPU: a section symbol plus the offset of this processor, out of the compiler's sight. */
#define __percpu
#define RELOC_HIDE(ptr, off) ({ unsigned long __ptr; __asm__("" : "=r"(__ptr) : "0"(ptr)); (typeof(ptr))(__ptr + (off)); })
unsigned long this_cpu_off __attribute__((section(".data..percpu")));
static unsigned long __per_cpu_offset[8];
#define per_cpu(var, cpu) (*RELOC_HIDE(&(var), __per_cpu_offset[cpu]))
#define this_cpu_ptr(p) ({ unsigned long tcp_ptr__; __asm__("add %%gs:%1, %0" : "=r"(tcp_ptr__) : "m"(this_cpu_off), "0"(p)); (typeof(*(p)) *)tcp_ptr__; })
struct runqueue { int nr; int load; };
static struct runqueue runqueues __attribute__((section(".data..percpu")));
static int counters __attribute__((section(".data..percpu")));
void enqueue(int cpu) { per_cpu(runqueues, cpu).nr++; }
void load(void) { this_cpu_ptr(&runqueues)->load = 1; }
void inc(void) { __asm__ volatile("incl %%gs:%0" : "+m"(counters)); }
// CHECK:enqueue:
// CHECK-NEXT:asm_launder_percpu.c:runqueues.nr
// CHECK-NEXT:end
// CHECK-NEXT:inc:
// CHECK-NEXT:asm_launder_percpu.c:counters
// CHECK-NEXT:end
// CHECK-NEXT:load:
// CHECK-NEXT:asm_launder_percpu.c:runqueues.load
// CHECK-NEXT:end
