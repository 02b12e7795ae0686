// IDIOM: initialisers
// RUN: %may_modify %s | %FileCheck
struct job { void (*fn)(void *); void *arg; }; static struct job jobs[4]; static int n; struct led { int on; }; static struct led red, green; static void light(void *p) { ((struct led *)p)->on = 1; }
void add(void) { jobs[n++ & 3] = (struct job){.fn = light, .arg = &red}; }
void run_now(void) { struct job *j = &(struct job){light, &green}; j->fn(j->arg); }
void run(int i) { jobs[i & 3].fn(jobs[i & 3].arg); }
// CHECK:add:
// CHECK-NEXT:compound_literal_registration.c:jobs[].arg
// CHECK-NEXT:compound_literal_registration.c:jobs[].fn
// CHECK-NEXT:compound_literal_registration.c:n
// CHECK-NEXT:end
// CHECK-NEXT:run:
// CHECK-NEXT:compound_literal_registration.c:red.on
// CHECK-NEXT:end
// CHECK-NEXT:run_now:
// CHECK-NEXT:compound_literal_registration.c:green.on
// CHECK-NEXT:end
