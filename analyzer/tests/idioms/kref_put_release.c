// IDIOM: refcount
// RUN: %may_modify %s | %FileCheck
#define container_of(p, t, m) ((t *)((char *)(p) - __builtin_offsetof(t, m)))
typedef unsigned long size_t; void free(void *); struct kref { int refs; }; static inline int kref_put(struct kref *k, void (*release)(struct kref *)) { if (__atomic_sub_fetch(&k->refs, 1, __ATOMIC_RELEASE) == 0) { release(k); return 1; } return 0; }
struct session { struct kref kref; int closed; }; struct buffer { struct kref kref; int size; }; static struct session session; static struct buffer buffer; static int sessions, buffers;
static void session_release(struct kref *k) { container_of(k, struct session, kref)->closed = 1; sessions--; } static void buffer_release(struct kref *k) { container_of(k, struct buffer, kref)->size = 0; buffers--; }
void put_session(void) { kref_put(&session.kref, session_release); }
void put_buffer(void) { kref_put(&buffer.kref, buffer_release); }
// CHECK:put_buffer:
// CHECK-NEXT:kref_put_release.c:buffer.kref.refs
// CHECK-NEXT:kref_put_release.c:buffer.size
// CHECK-NEXT:kref_put_release.c:buffers
// CHECK-NEXT:end
// CHECK-NEXT:put_session:
// CHECK-NEXT:kref_put_release.c:session.closed
// CHECK-NEXT:kref_put_release.c:session.kref.refs
// CHECK-NEXT:kref_put_release.c:sessions
// CHECK-NEXT:end
