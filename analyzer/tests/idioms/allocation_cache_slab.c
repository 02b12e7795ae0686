// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
/* A cache keeps freed objects on its own list; objects of two caches stay apart. */
typedef unsigned long size_t; void *malloc(size_t);
struct free_obj { struct free_obj *next; }; struct kmem_cache { size_t size; struct free_obj *free; int allocated; };
static void *cache_alloc(struct kmem_cache *c) { c->allocated++; if (c->free) { void *o = c->free; c->free = c->free->next; return o; } return malloc(c->size); }
static void cache_free(struct kmem_cache *c, void *p) { struct free_obj *o = p; o->next = c->free; c->free = o; c->allocated--; }
struct inode { struct inode *parent; int nlink; }; struct file { struct file *chain; int pos; };
static struct kmem_cache inode_cache = {sizeof(struct inode)}, file_cache = {sizeof(struct file)}; static struct inode *root; static struct file *console;
void make_root(void) { root = cache_alloc(&inode_cache); root->nlink = 1; }
void open_console(void) { console = cache_alloc(&file_cache); console->pos = 0; }
void close_console(void) { cache_free(&file_cache, console); console = 0; }
// CHECK:close_console:
// CHECK-NEXT:allocation_cache_slab.c:console
// CHECK-NEXT:allocation_cache_slab.c:file_cache.allocated
// CHECK-NEXT:allocation_cache_slab.c:file_cache.free
// CHECK-NEXT:struct file.chain
// CHECK-NEXT:end
// CHECK-NEXT:make_root:
// CHECK-NEXT:allocation_cache_slab.c:inode_cache.allocated
// CHECK-NEXT:allocation_cache_slab.c:inode_cache.free
// CHECK-NEXT:allocation_cache_slab.c:root
// CHECK-NEXT:struct inode.nlink
// CHECK-NEXT:end
// CHECK-NEXT:open_console:
// CHECK-NEXT:allocation_cache_slab.c:console
// CHECK-NEXT:allocation_cache_slab.c:file_cache.allocated
// CHECK-NEXT:allocation_cache_slab.c:file_cache.free
// CHECK-NEXT:struct file.pos
// CHECK-NEXT:end
