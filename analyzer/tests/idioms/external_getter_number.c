// IDIOM: external_getter
// RUN: %may_modify %s | %FileCheck
/* What comes back is a number: it selects among our own objects. */
struct cpu { int load; int idle; };
extern int smp_processor_id(void) __attribute__((const));
static struct cpu cpus[8];
void account(int n) { cpus[smp_processor_id() & 7].load += n; }
int idle(int c) { return cpus[c & 7].idle; }
// CHECK:account:
// CHECK-NEXT:*  [by unknown]  (2 leaves)
// CHECK-NEXT:external_getter_number.c:cpus[].load
// CHECK-NEXT:unknown: outside-call smp_processor_id in account
// CHECK-NEXT:end
// CHECK-NEXT:idle:
// CHECK-NEXT:end
