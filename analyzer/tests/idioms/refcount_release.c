// IDIOM: refcount
// RUN: %may_modify %s | %FileCheck
void free(void *); void *malloc(unsigned long);
struct object { int references; void (*release)(struct object *); };
struct buffer { int size; struct object object; };
static struct buffer *shared; static int released;
static void buffer_release(struct object *o) { released++; free((char *)o - __builtin_offsetof(struct buffer, object)); }
static void put(struct object *o) { if (--o->references == 0) o->release(o); }
int create(void) { struct buffer *b = malloc(sizeof *b); if (!b) return -1; b->size = 1; b->object.references = 1; b->object.release = buffer_release; shared = b; return 0; }
void drop(void) { put(&shared->object); }
// CHECK:create:
// CHECK-NEXT:refcount_release.c:shared
// CHECK-NEXT:struct buffer.object.references
// CHECK-NEXT:struct buffer.object.release
// CHECK-NEXT:struct buffer.size
// CHECK-NEXT:end
// CHECK-NEXT:drop:
// CHECK-NEXT:refcount_release.c:released
// CHECK-NEXT:struct buffer.object.references
// CHECK-NEXT:end
