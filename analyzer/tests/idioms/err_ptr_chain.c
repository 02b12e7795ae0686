// IDIOM: err_ptr
// RUN: %may_modify %s | %FileCheck
#define MAX_ERRNO 4095
static inline void *ERR_PTR(long e) { return (void *)e; } static inline long PTR_ERR(const void *p) { return (long)p; }
static inline _Bool IS_ERR(const void *p) { return (unsigned long)p >= (unsigned long)-MAX_ERRNO; } static inline void *ERR_CAST(const void *p) { return (void *)p; }
struct dentry { int refs; }; struct mount { struct dentry root; int readonly; };
static struct mount mounts[2]; static struct dentry lost; static long last_error;
static struct mount *lookup(int n) { return n < 0 ? ERR_PTR(-2) : n < 2 ? &mounts[n] : ERR_PTR(-22); }
static struct dentry *root_of(int n) { struct mount *m = lookup(n); return IS_ERR(m) ? ERR_CAST(m) : &m->root; }
long pin(int n) { struct dentry *d = root_of(n); if (IS_ERR(d)) { last_error = PTR_ERR(d); return PTR_ERR(d); } d->refs++; return 0; }
struct dentry *get(void) { return &lost; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:pin:
// CHECK-NEXT:err_ptr_chain.c:last_error
// CHECK-NEXT:err_ptr_chain.c:mounts[].root.refs
// CHECK-NEXT:end
