// IDIOM: asm_launder
// RUN: %may_modify %s | %FileCheck
/* The list head of this processor: its address by an addition in assembly, its first node by a segment load. */
#define __percpu_s __attribute__((section(".data..percpu")))
struct node { struct node *next; int hits; }; struct head { struct node *first; int length; };
__percpu_s unsigned long this_cpu_off; static __percpu_s struct head heads; static __percpu_s struct node *current_node; static struct node a, b, cold;
#define this_cpu(p) ({ unsigned long q; __asm__("add %%gs:%1, %0" : "=r"(q) : "m"(this_cpu_off), "0"((unsigned long)(p))); (__typeof__(p))q; })
#define this_cpu_read(v) ({ __typeof__(v) x; __asm__ volatile("movq %%gs:%1, %0" : "=r"(x) : "m"(v)); x; })
#define this_cpu_write(v, n) __asm__ volatile("movq %1, %%gs:%0" : "+m"(v) : "r"(n))
void push(void) { struct head *h = this_cpu(&heads); a.next = h->first; h->first = &a; h->length++; }
void choose(void) { this_cpu_write(current_node, &b); }
void hit(void) { this_cpu_read(current_node)->hits++; }
void hit_first(void) { this_cpu(&heads)->first->hits = 0; }
int get(void) { return cold.hits; }
// CHECK:choose:
// CHECK-NEXT:percpu_list_asm_offset.c:current_node
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:hit:
// CHECK-NEXT:percpu_list_asm_offset.c:b.hits
// CHECK-NEXT:end
// CHECK-NEXT:hit_first:
// CHECK-NEXT:percpu_list_asm_offset.c:a.hits
// CHECK-NEXT:end
// CHECK-NEXT:push:
// CHECK-NEXT:percpu_list_asm_offset.c:a.next
// CHECK-NEXT:percpu_list_asm_offset.c:heads.first
// CHECK-NEXT:percpu_list_asm_offset.c:heads.length
// CHECK-NEXT:end
