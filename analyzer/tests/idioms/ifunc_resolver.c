// IDIOM: alias_weak
// RUN: %may_modify %s | %FileCheck
typedef void (*copy_fn)(void);
static int fast_runs, slow_runs, has_fast;
static void copy_fast(void) { fast_runs++; }
static void copy_slow(void) { slow_runs++; }
static copy_fn resolve_copy(void) { return has_fast ? copy_fast : copy_slow; }
void copy(void) __attribute__((ifunc("resolve_copy")));
void user(void) { copy(); }
// CHECK:copy:
// CHECK-NEXT:ifunc_resolver.c:fast_runs
// CHECK-NEXT:ifunc_resolver.c:slow_runs
// CHECK-NEXT:end
// CHECK-NEXT:user:
// CHECK-NEXT:ifunc_resolver.c:fast_runs
// CHECK-NEXT:ifunc_resolver.c:slow_runs
// CHECK-NEXT:end
