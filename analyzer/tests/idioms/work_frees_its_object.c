// IDIOM: deferred_work
// RUN: %may_modify %s | %FileCheck
/* The handler frees the object that its work item lies in, on some paths only; another object lives on. */
typedef unsigned long size_t; void *malloc(size_t); void free(void *);
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
struct work { void (*func)(struct work *); struct work *next; };
static struct work *queue, **tail = &queue;
struct stats { int done; };
struct request { int retries; struct stats *stats; struct work work; }; static struct stats disk_stats, cold;
static void enqueue(struct work *w) { w->next = 0; *tail = w; tail = &w->next; }
static void complete(struct work *w) { struct request *r = container_of(w, struct request, work); if (r->retries++ < 3) { enqueue(w); return; } r->stats->done++; free(r); }
int submit(void) { struct request *r = malloc(sizeof *r); if (!r) return -12; r->retries = 0; r->stats = &disk_stats; r->work.func = complete; enqueue(&r->work); return 0; }
void worker(void) { struct work *w = queue; if (!w) return; queue = w->next; if (!queue) tail = &queue; w->func(w); }
int get(void) { return cold.done; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:submit:
// CHECK-NEXT:struct request.retries
// CHECK-NEXT:struct request.stats
// CHECK-NEXT:struct request.work.func
// CHECK-NEXT:struct request.work.next
// CHECK-NEXT:work_frees_its_object.c:queue
// CHECK-NEXT:work_frees_its_object.c:tail
// CHECK-NEXT:end
// CHECK-NEXT:worker:
// CHECK-NEXT:struct request.retries
// CHECK-NEXT:struct request.work.next
// CHECK-NEXT:work_frees_its_object.c:disk_stats.done
// CHECK-NEXT:work_frees_its_object.c:queue
// CHECK-NEXT:work_frees_its_object.c:tail
// CHECK-NEXT:end
