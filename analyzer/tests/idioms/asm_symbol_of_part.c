// IDIOM: alias_weak
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/one.c %t.d/two.c | %FileCheck
/* File-scope assembly gives names to parts of records: sums, products, names made of such names. */
//--- one.c
struct record { int first, second, third; int *link; int last; }; static struct record record, other __attribute__((used)), spare; static int cold;
extern int part_second, part_third, part_last, part_again, elsewhere; extern int *part_link;
__asm__(".globl part_second\n.set part_second, record + 4\n\t.globl part_third; part_third = record + (2 * 4)\n"
        ".equ part_last, record + 0x20 - 8\n.set part_again, part_third - 8\n.globl part_link\n.set part_link, 16+record");
__asm__(".set elsewhere, other + (8 >> 1)");
extern int in_asm, also_in_asm; __asm__(".data\nin_asm: .long 0\n.set also_in_asm, in_asm\n.text");
static int *kept = &part_third;
void set_second(void) { part_second = 1; }
void set_last(void) { part_last++; }
void set_again(void) { part_again = 1; }
void set_kept(void) { *kept = 1; }
void set_link(void) { part_link = &cold; }
void use_link(void) { *record.link = 1; }
void set_elsewhere(void) { elsewhere = 1; }
void set_named(void) { __asm__ volatile("incl part_second(%%rip)" ::: "memory"); }
void set_in_asm(void) { also_in_asm = 1; }
int get(void) { return part_second + in_asm; }
//--- two.c
extern int part_third;
void set_third(void) { part_third = 1; }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:set_again:
// CHECK-NEXT:one.c:record.first
// CHECK-NEXT:end
// CHECK-NEXT:set_elsewhere:
// CHECK-NEXT:one.c:other.first  [by unknown]
// CHECK-NEXT:one.c:other.last  [by unknown]
// CHECK-NEXT:one.c:other.link  [by unknown]
// CHECK-NEXT:one.c:other.second  [by unknown]
// CHECK-NEXT:one.c:other.third  [by unknown]
// CHECK-NEXT:unknown: unknown-offset one.c:other in set_elsewhere
// CHECK-NEXT:end
// CHECK-NEXT:set_in_asm:
// CHECK-NEXT:in_asm
// CHECK-NEXT:end
// CHECK-NEXT:set_kept:
// CHECK-NEXT:one.c:record.third
// CHECK-NEXT:end
// CHECK-NEXT:set_last:
// CHECK-NEXT:one.c:record.last
// CHECK-NEXT:end
// CHECK-NEXT:set_link:
// CHECK-NEXT:one.c:record.link
// CHECK-NEXT:end
// CHECK-NEXT:set_named:
// EXTRA-NEXT:one.c:record.last
// EXTRA-NEXT:one.c:record.link
// CHECK-NEXT:one.c:record.second
// EXTRA-NEXT:one.c:record.third
// CHECK-NEXT:end
// CHECK-NEXT:set_second:
// CHECK-NEXT:one.c:record.second
// CHECK-NEXT:end
// CHECK-NEXT:use_link:
// CHECK-NEXT:one.c:cold
// CHECK-NEXT:end
// CHECK-NEXT:set_third:
// CHECK-NEXT:one.c:record.third
// CHECK-NEXT:end
