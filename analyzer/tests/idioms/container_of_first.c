// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
struct link { struct link *next; };
struct job { struct link link; int state; int unused; };
static struct job job;
static struct link *list;
void enqueue(void) { list = &job.link; }
void finish(void) { ((struct job *)list)->state = 1; }
// CHECK:enqueue:
// CHECK-NEXT:container_of_first.c:list
// CHECK-NEXT:end
// CHECK-NEXT:finish:
// CHECK-NEXT:container_of_first.c:job.state
// CHECK-NEXT:end
