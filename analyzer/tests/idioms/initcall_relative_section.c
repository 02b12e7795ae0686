// IDIOM: linker_section
// RUN: %may_modify %s | %FileCheck
/* Linux's relative initcalls: 32-bit distances in a section that assembly fills; the functions are static and kept. */
typedef int initcall_entry_t; typedef int (*initcall_t)(void);
static int disk_ready, net_ready, cold;
static int __attribute__((used)) disk_init(void) { disk_ready = 1; return 0; }
static int __attribute__((used)) net_init(void) { net_ready = 1; return 0; }
__asm__(".section \".initcall1.init\", \"a\"\n.long disk_init - .\n.long net_init - .\n.previous\n");
extern initcall_entry_t __initcall1_start[], __initcall1_end[];
static initcall_t from_entry(initcall_entry_t *entry) { return (initcall_t)((unsigned long)entry + *entry); }
void run_all(void) { for (initcall_entry_t *e = __initcall1_start; e < __initcall1_end; e++) from_entry(e)(); }
int get(void) { return cold; }
// CHECK:disk_init:
// CHECK-NEXT:initcall_relative_section.c:disk_ready
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:net_init:
// CHECK-NEXT:initcall_relative_section.c:net_ready
// CHECK-NEXT:end
// CHECK-NEXT:run_all:
// CHECK-NEXT:*  [by unknown]  (5 leaves)
// CHECK-NEXT:unknown: outside-call function pointer in run_all
// CHECK-NEXT:end
