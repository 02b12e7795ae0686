// IDIOM: array_variable_index
// RUN: %may_modify %s | %FileCheck
enum { NCPU = 8, NPRIO = 4 };
struct queue { int head, tail; };
struct cpu { struct queue queues[NPRIO]; unsigned long bitmap[2]; int id; };
static struct cpu cpus[NCPU];
void push(int c, int p) { struct queue *q = &cpus[c].queues[p]; q->tail++; cpus[c].bitmap[p / 64] |= 1ul << (p % 64); }
void each(void) { for (struct cpu *c = cpus; c < cpus + NCPU; c++) c->id = (int)(c - cpus); }
void last(int n) { int *ids = &cpus[0].queues[0].head; ids[0] = n; }
// CHECK:each:
// CHECK-NEXT:array_variable_index_nested.c:cpus[].id
// CHECK-NEXT:end
// CHECK-NEXT:last:
// CHECK-NEXT:array_variable_index_nested.c:cpus[].queues[].head
// CHECK-NEXT:end
// CHECK-NEXT:push:
// CHECK-NEXT:array_variable_index_nested.c:cpus[].bitmap[]
// CHECK-NEXT:array_variable_index_nested.c:cpus[].queues[].tail
// CHECK-NEXT:end
