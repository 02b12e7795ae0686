// IDIOM: alias_weak
// RUN: %may_modify %s | %FileCheck
struct jiffies { unsigned long count; };
struct jiffies jiffies_64;
extern struct jiffies jiffies __attribute__((alias("jiffies_64")));
static int handled;
void default_handler(void) { handled++; }
void nmi_handler(void) __attribute__((alias("default_handler")));
extern void (*const vectors[])(void);
void (*const vectors[])(void) = {default_handler, nmi_handler};
void tick(void) { jiffies.count++; }
void trap(int n) { vectors[n & 1](); }
// CHECK:default_handler:
// CHECK-NEXT:alias_through_both_names.c:handled
// CHECK-NEXT:end
// CHECK-NEXT:tick:
// CHECK-NEXT:jiffies_64.count
// CHECK-NEXT:end
// CHECK-NEXT:trap:
// CHECK-NEXT:alias_through_both_names.c:handled
// CHECK-NEXT:end
