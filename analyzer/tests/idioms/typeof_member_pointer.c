// IDIOM: typeof
// RUN: %may_modify %s | %FileCheck
#define sizeof_field(T, m) sizeof(((T *)0)->m)
#define typeof_member(T, m) typeof(((T *)0)->m)
#define list_first(head, T, m) ({ typeof_member(T, m) *__n = (typeof_member(T, m) *)(head)->first; (T *)((char *)__n - __builtin_offsetof(T, m)); })
struct snode { struct snode *next; }; struct shead { struct snode *first; };
struct job { int id; struct snode link; int done; };
static struct job job_a, job_b; static struct shead run, idle = {&job_b.link};
void submit(void) { job_a.link.next = run.first; run.first = &job_a.link; }
void complete(void) { list_first(&run, struct job, link)->done = (int)sizeof_field(struct job, id); }
int idle_id(void) { return list_first(&idle, struct job, link)->id; }
// CHECK:complete:
// CHECK-NEXT:typeof_member_pointer.c:job_a.done
// CHECK-NEXT:end
// CHECK-NEXT:idle_id:
// CHECK-NEXT:end
// CHECK-NEXT:submit:
// CHECK-NEXT:typeof_member_pointer.c:job_a.link.next
// CHECK-NEXT:typeof_member_pointer.c:run.first
// CHECK-NEXT:end
