// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t; typedef unsigned gfp_t; struct kmem_cache; extern void *kmem_cache_alloc(struct kmem_cache *, gfp_t); extern void kmem_cache_free(struct kmem_cache *, void *); extern void *kmalloc(size_t, gfp_t); extern void kfree(const void *);
static inline void *kzalloc_like(size_t n, gfp_t f) { return kmalloc(n, f | 0x100); }
struct bio { int sectors; int status; }; struct cmd { int tag; }; static struct kmem_cache *bio_cache; static struct bio *inflight; static struct cmd *last;
int submit(int n) { struct bio *b = kmem_cache_alloc(bio_cache, 0); if (!b) return -12; b->sectors = n; inflight = b; return 0; }
void end_io(int s) { struct bio *b = inflight; inflight = 0; b->status = s; kmem_cache_free(bio_cache, b); }
int command(int tag) { struct cmd *c = kzalloc_like(sizeof *c, 0); if (!c) return -12; c->tag = tag; kfree(last); last = c; return 0; }
// CHECK:command:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:allocation_linux_slab.c:last
// CHECK-NEXT:struct cmd.tag
// CHECK-NEXT:end
// CHECK-NEXT:end_io:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:allocation_linux_slab.c:inflight
// CHECK-NEXT:struct bio.status
// CHECK-NEXT:end
// CHECK-NEXT:submit:
// CHECK-NEXT:__preempt_count
// CHECK-NEXT:allocation_linux_slab.c:inflight
// CHECK-NEXT:struct bio.sectors
// CHECK-NEXT:end
