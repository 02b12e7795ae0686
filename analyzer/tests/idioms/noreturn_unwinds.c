// IDIOM: setjmp_flow
// RUN: %may_modify %s | %FileCheck
/* A function that never returns unwinds: what runs on finishes after all. */
typedef int stop_function(int, int, unsigned long, void *, void *, void *);
struct exception { unsigned long kind; void *cleanup; unsigned long reserved[2]; };
int _Unwind_ForcedUnwind(struct exception *, stop_function *, void *);
static struct exception thrown; static int throws, state, frames, cold;
static int stop(int version, int actions, unsigned long kind, void *exception, void *context, void *argument) { frames++; return 0; }
__attribute__((noreturn)) void throw_up(void) { throws++; _Unwind_ForcedUnwind(&thrown, stop, 0); for (;;) { } }
void serve(int v) { if (v < 0) throw_up(); state = v; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:serve:
// CHECK-NEXT:noreturn_unwinds.c:frames
// CHECK-NEXT:noreturn_unwinds.c:state
// CHECK-NEXT:noreturn_unwinds.c:thrown.cleanup
// CHECK-NEXT:noreturn_unwinds.c:thrown.kind
// CHECK-NEXT:noreturn_unwinds.c:thrown.reserved[]
// CHECK-NEXT:noreturn_unwinds.c:throws
// CHECK-NEXT:end
// CHECK-NEXT:throw_up:
// CHECK-NEXT:noreturn_unwinds.c:frames
// CHECK-NEXT:noreturn_unwinds.c:thrown.cleanup
// CHECK-NEXT:noreturn_unwinds.c:thrown.kind
// CHECK-NEXT:noreturn_unwinds.c:thrown.reserved[]
// CHECK-NEXT:noreturn_unwinds.c:throws
// CHECK-NEXT:end
