// IDIOM: patched_calls
// RUN: %may_modify %s | %FileCheck
struct tp_func { void *func; void *data; int prio; }; struct tracepoint { const char *name; int key; struct tp_func *funcs; }; struct stats { long events; }; static struct stats st, other;
static void probe(void *data, int pid) { ((struct stats *)data)->events += pid; }
static struct tp_func probes[2]; static struct tracepoint tp_sched = {"sched", 0, 0};
void attach(void) { probes[0].func = (void *)probe; probes[0].data = &st; tp_sched.funcs = probes; tp_sched.key = 1; }
void sched(int pid) { if (tp_sched.key) { struct tp_func *it = tp_sched.funcs; if (it) do { void *fn = it->func; void *data = it->data; ((void (*)(void *, int))fn)(data, pid); } while ((++it)->func); } }
long get(void) { return other.events; }
// CHECK:attach:
// CHECK-NEXT:tracepoint_probes.c:probes[].data
// CHECK-NEXT:tracepoint_probes.c:probes[].func
// CHECK-NEXT:tracepoint_probes.c:tp_sched.funcs
// CHECK-NEXT:tracepoint_probes.c:tp_sched.key
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:sched:
// CHECK-NEXT:tracepoint_probes.c:st.events
// CHECK-NEXT:end
