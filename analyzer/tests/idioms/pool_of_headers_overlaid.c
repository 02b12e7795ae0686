// IDIOM: struct_casts
// RUN: %may_modify %s | %FileCheck
/* An allocator in an array of headers; a free list laid over the objects of a pool. */
typedef union header { struct { union header *ptr; unsigned size; } s; long x; } Header; struct task { int pid, st; void *arg; };
static Header pool[64]; static struct task *all; static Header *top = pool;
static void *take(unsigned n) { Header *p = top; top += (n + sizeof(Header) - 1) / sizeof(Header) + 1; p->s.size = n; return p + 1; }
void spawn(void) { all = take(sizeof(struct task)); }
void setst(void) { all->st = 1; }
struct fr { struct fr *next; unsigned long pad; }; struct a { int x; int y; long z; }; static struct a pool2[8]; static struct fr *fl;
void fill(void) { for (int i = 0; i < 8; i++) { struct fr *f = (struct fr *)&pool2[i]; f->next = fl; f->pad = 7; fl = f; } }
long get(void) { return pool2[3].z; }
// CHECK:fill:
// CHECK-NEXT:pool_of_headers_overlaid.c:fl
// CHECK-NEXT:pool_of_headers_overlaid.c:pool2[].x
// CHECK-NEXT:pool_of_headers_overlaid.c:pool2[].y
// CHECK-NEXT:pool_of_headers_overlaid.c:pool2[].z
// EXTRA-NEXT:struct fr.next
// EXTRA-NEXT:struct fr.pad
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:setst:
// CHECK-NEXT:pool_of_headers_overlaid.c:pool[].s.ptr
// CHECK-NEXT:pool_of_headers_overlaid.c:pool[].x
// EXTRA-NEXT:struct task.st
// CHECK-NEXT:end
// CHECK-NEXT:spawn:
// CHECK-NEXT:pool_of_headers_overlaid.c:all
// CHECK-NEXT:pool_of_headers_overlaid.c:pool[].s.size
// CHECK-NEXT:pool_of_headers_overlaid.c:top
// CHECK-NEXT:end
