// RUN: %print %s | %FileCheck
// What an untyped result becomes: a cast, the type it is assigned to or returned as, or a sizeof in the arguments.
typedef unsigned long size_t;
void *alloc(size_t);
void *calloc_like(size_t, size_t);
size_t size_of_array(size_t, size_t);
struct task { int pid; };
struct holder { struct task *task; void *raw; };

struct task *returned(void) { return alloc(100); }
// CHECK-LABEL: function returned(
// CHECK: call alloc(100) type fn(unsigned long)->void* hint struct task @

void assigned(struct holder *h) { h->task = alloc(100); }
// CHECK-LABEL: function assigned(
// CHECK: call alloc(100) {{.*}} hint struct task @

void initialised(void) { struct task *t = alloc(100); t->pid = 1; }
// CHECK-LABEL: function initialised(
// CHECK: call alloc(100) {{.*}} hint struct task @

void by_size(struct holder *h) { h->raw = alloc(sizeof(struct task)); }
// CHECK-LABEL: function by_size(
// CHECK: call alloc(4) {{.*}} hint struct task @

void by_computed_size(struct holder *h, size_t n) { h->raw = alloc(size_of_array(sizeof(*h->task), n) + 8); }
// CHECK-LABEL: function by_computed_size(
// CHECK: call alloc(%{{[0-9]+}}) {{.*}} hint struct task @

void of_integers(size_t n) { int *values = alloc(n * sizeof(int)); values[0] = 1; }
// CHECK-LABEL: function of_integers(
// CHECK: call alloc({{.*}}) {{.*}} hint int @

char *of_bytes(size_t n) { return alloc(n); }
// CHECK-LABEL: function of_bytes(
// CHECK: call alloc({{.*}}) {{.*}} hint char @

void nothing(struct holder *h) { h->raw = alloc(8); }
// CHECK-LABEL: function nothing(
// CHECK: call alloc(8) type fn(unsigned long)->void* @
