// IDIOM: same_names
// RUN: rm -rf %t.d && %split %t.d && %may_modify %t.d/boot.c %t.d/kernel.c %t.d/shared.c | %FileCheck
/* One compile database of two images that both define a function; a third file is part of either. */
//--- boot.c
int boot_reports, cold;
void report(void) { boot_reports++; }
int get(void) { return cold; }
//--- kernel.c
int kernel_reports;
void report(void) { kernel_reports++; }
void fault(void) { report(); }
//--- shared.c
void report(void);
static void (*const reporter)(void) = report;
void warn(void) { report(); }
void warn_indirectly(void) { reporter(); }
//--- expected
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:report:
// CHECK-NEXT:boot_reports
// CHECK-NEXT:end
// CHECK-NEXT:fault:
// CHECK-NEXT:kernel_reports
// CHECK-NEXT:end
// CHECK-NEXT:report:
// CHECK-NEXT:kernel_reports
// CHECK-NEXT:end
// CHECK-NEXT:warn:
// CHECK-NEXT:boot_reports
// CHECK-NEXT:kernel_reports
// CHECK-NEXT:end
// CHECK-NEXT:warn_indirectly:
// CHECK-NEXT:boot_reports
// CHECK-NEXT:kernel_reports
// CHECK-NEXT:end
