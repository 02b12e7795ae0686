// IDIOM: linker_section
// RUN: %may_modify %s | %FileCheck
typedef int (*initcall_t)(void);
#define __define_initcall(fn, id) static initcall_t __initcall_##fn##id __attribute__((used, section(".initcall" #id ".init"))) = fn
extern initcall_t __initcall4_start[], __initcall6_start[], __initcall_end[];
static int pci_ready, net_ready, nobody;
static int __attribute__((section(".init.text"))) pci_init(void) { pci_ready = 1; return 0; }
static int __attribute__((section(".init.text"))) net_init(void) { net_ready = 1; return 0; }
__define_initcall(pci_init, 4);
__define_initcall(net_init, 6);
void do_initcalls(void) { for (initcall_t *fn = __initcall4_start; fn < __initcall_end; fn++) (*fn)(); }
int get(void) { return nobody; }
// CHECK:do_initcalls:
// CHECK-NEXT:linker_section_initcalls.c:net_ready  [init]
// CHECK-NEXT:linker_section_initcalls.c:pci_ready  [init]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
