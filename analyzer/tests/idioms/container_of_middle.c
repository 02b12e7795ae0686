// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct link { struct link *next; };
struct job { int id; struct link link; int state; };
struct other { long a; struct link link; int state; };
static struct job job;
static struct other other;
static struct link *jobs, *others;
void enqueue(void) { jobs = &job.link; others = &other.link; }
void finish(void) { container_of(jobs, struct job, link)->state = 1; }
// CHECK:enqueue:
// CHECK-NEXT:container_of_middle.c:jobs
// CHECK-NEXT:container_of_middle.c:others
// CHECK-NEXT:end
// CHECK-NEXT:finish:
// CHECK-NEXT:container_of_middle.c:job.state
// CHECK-NEXT:end
