// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
/* Linux's notifier chains: singly linked, the callback finds its object by container_of. */
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct notifier_block { int (*call)(struct notifier_block *, unsigned long, void *); struct notifier_block *next; int priority; };
static struct notifier_block *reboot_chain, *panic_chain;
static int chain_register(struct notifier_block **nl, struct notifier_block *n)
{
	while (*nl != 0) {
		if (n->priority > (*nl)->priority)
			break;
		nl = &(*nl)->next;
	}
	n->next = *nl;
	*nl = n;
	return 0;
}
static int chain_call(struct notifier_block **nl, unsigned long v, void *p)
{
	int ret = 0;
	for (struct notifier_block *nb = *nl; nb; nb = nb->next)
		ret = nb->call(nb, v, p);
	return ret;
}
struct disk { int flushed; struct notifier_block nb; };
static int paniced;
static int disk_reboot(struct notifier_block *nb, unsigned long v, void *p) { container_of(nb, struct disk, nb)->flushed = (int)v; return 0; }
static int console_panic(struct notifier_block *nb, unsigned long v, void *p) { paniced = 1; return 0; }
static struct disk sda = {.nb = {.call = disk_reboot}};
static struct notifier_block panic_nb = {.call = console_panic};
void disk_init(void) { chain_register(&reboot_chain, &sda.nb); }
void console_init(void) { chain_register(&panic_chain, &panic_nb); }
int reboot(void) { return chain_call(&reboot_chain, 1, 0); }
int panic(void) { return chain_call(&panic_chain, 2, 0); }
// CHECK:console_init:
// CHECK-NEXT:register_chain_notifier.c:panic_chain
// CHECK-NEXT:register_chain_notifier.c:panic_nb.next
// CHECK-NEXT:end
// CHECK-NEXT:disk_init:
// CHECK-NEXT:register_chain_notifier.c:reboot_chain
// CHECK-NEXT:register_chain_notifier.c:sda.nb.next
// CHECK-NEXT:end
// CHECK-NEXT:panic:
// CHECK-NEXT:register_chain_notifier.c:paniced
// CHECK-NEXT:end
// CHECK-NEXT:reboot:
// CHECK-NEXT:register_chain_notifier.c:sda.flushed
// CHECK-NEXT:end
