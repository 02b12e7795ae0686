// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
/* BSD's sys/queue.h TAILQ: last holds the address of the last next pointer. */
#define TAILQ_INSERT_TAIL(head, elm, field) do { (elm)->field.tqe_next = 0; (elm)->field.tqe_prev = (head)->tqh_last; *(head)->tqh_last = (elm); (head)->tqh_last = &(elm)->field.tqe_next; } while (0)
#define TAILQ_REMOVE(head, elm, field) do { if ((elm)->field.tqe_next) (elm)->field.tqe_next->field.tqe_prev = (elm)->field.tqe_prev; else (head)->tqh_last = (elm)->field.tqe_prev; *(elm)->field.tqe_prev = (elm)->field.tqe_next; } while (0)
struct proc { int pid; int runs; struct { struct proc *tqe_next; struct proc **tqe_prev; } link; }; static struct { struct proc *tqh_first; struct proc **tqh_last; } runq = {0, &runq.tqh_first}, sleepq = {0, &sleepq.tqh_first};
static struct proc init, idle;
void setrunnable(void) { TAILQ_INSERT_TAIL(&runq, &init, link); }
void suspend(void) { TAILQ_INSERT_TAIL(&sleepq, &idle, link); }
void run(void) { struct proc *p = runq.tqh_first; if (p) { TAILQ_REMOVE(&runq, p, link); p->runs++; } }
// CHECK:run:
// CHECK-NEXT:queue_tailq_bsd.c:init.link.tqe_next
// CHECK-NEXT:queue_tailq_bsd.c:init.link.tqe_prev
// CHECK-NEXT:queue_tailq_bsd.c:init.runs
// CHECK-NEXT:queue_tailq_bsd.c:runq.tqh_first
// CHECK-NEXT:queue_tailq_bsd.c:runq.tqh_last
// CHECK-NEXT:end
// CHECK-NEXT:setrunnable:
// CHECK-NEXT:queue_tailq_bsd.c:init.link.tqe_next
// CHECK-NEXT:queue_tailq_bsd.c:init.link.tqe_prev
// CHECK-NEXT:queue_tailq_bsd.c:runq.tqh_first
// CHECK-NEXT:queue_tailq_bsd.c:runq.tqh_last
// CHECK-NEXT:end
// CHECK-NEXT:suspend:
// CHECK-NEXT:queue_tailq_bsd.c:idle.link.tqe_next
// CHECK-NEXT:queue_tailq_bsd.c:idle.link.tqe_prev
// CHECK-NEXT:queue_tailq_bsd.c:sleepq.tqh_first
// CHECK-NEXT:queue_tailq_bsd.c:sleepq.tqh_last
// CHECK-NEXT:end
