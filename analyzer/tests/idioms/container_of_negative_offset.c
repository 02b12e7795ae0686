// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
#define offsetof(t, m) __builtin_offsetof(t, m)
struct trap_frame { unsigned long ip, sp; };
struct stack_top { unsigned long canary; int node, cpu; struct trap_frame frame; };
static struct stack_top tops[2];
struct trap_frame *current_frame(int cpu) { return &tops[cpu].frame; }
/* The header lies before what the pointer points to: a negative index, no macro. */
void set_cpu(int cpu) { struct trap_frame *f = &tops[cpu].frame; ((int *)f)[-1] = cpu; }
void set_canary(int cpu) { char *f = (char *)&tops[cpu].frame; *(unsigned long *)(f - offsetof(struct stack_top, frame)) = 1; }
void set_ip(int cpu) { tops[cpu].frame.ip = 0; }
// CHECK:current_frame:
// CHECK-NEXT:end
// CHECK-NEXT:set_canary:
// CHECK-NEXT:container_of_negative_offset.c:tops[].canary
// CHECK-NEXT:end
// CHECK-NEXT:set_cpu:
// CHECK-NEXT:container_of_negative_offset.c:tops[].cpu
// CHECK-NEXT:end
// CHECK-NEXT:set_ip:
// CHECK-NEXT:container_of_negative_offset.c:tops[].frame.ip
// CHECK-NEXT:end
