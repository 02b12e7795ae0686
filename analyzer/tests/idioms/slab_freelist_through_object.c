// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
/* Caches by size over one arena: the free list runs through the first word of free objects, one allocator serves all types. */
typedef unsigned long size_t;
struct cache { size_t size; void *free; struct cache *next; };
static char arena[8192] __attribute__((aligned(16))); static size_t used;
static struct cache task_cache = {32, 0, 0}, file_cache = {16, 0, 0};
struct task { int pid; struct file *file; }; struct file { int mode; }; static struct task *current; static int cold;
static void *cache_alloc(struct cache *c) { void *o = c->free; if (o) c->free = *(void **)o; else { if (used + c->size > sizeof arena) return 0; o = arena + used; used += c->size; } return o; }
static void cache_free(struct cache *c, void *o) { *(void **)o = c->free; c->free = o; }
int spawn(int pid) { struct task *t = cache_alloc(&task_cache); if (!t) return -1; t->pid = pid; t->file = cache_alloc(&file_cache); current = t; return 0; }
void chmod(int m) { current->file->mode = m; }
void exit_task(void) { cache_free(&file_cache, current->file); cache_free(&task_cache, current); current = 0; }
int get(void) { return cold; }
// CHECK:chmod:
// CHECK-NEXT:slab_freelist_through_object.c:arena[]
// CHECK-NEXT:end
// CHECK-NEXT:exit_task:
// CHECK-NEXT:slab_freelist_through_object.c:arena[]
// CHECK-NEXT:slab_freelist_through_object.c:current
// CHECK-NEXT:slab_freelist_through_object.c:file_cache.free
// CHECK-NEXT:slab_freelist_through_object.c:task_cache.free
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:spawn:
// CHECK-NEXT:slab_freelist_through_object.c:arena[]
// CHECK-NEXT:slab_freelist_through_object.c:current
// CHECK-NEXT:slab_freelist_through_object.c:file_cache.free
// CHECK-NEXT:slab_freelist_through_object.c:task_cache.free
// CHECK-NEXT:slab_freelist_through_object.c:used
// CHECK-NEXT:end
