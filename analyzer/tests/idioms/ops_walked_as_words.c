// IDIOM: ops_tables
// RUN: %may_modify %s | %FileCheck
/* Operations are replaced and called as an array of pointers, by number and in a loop. */
typedef int (*op_t)(int); struct ops { op_t open, close; void *owner; op_t read; }; static int opened, closed, reads, stubs, cold;
static int do_open(int n) { opened = n; return 0; } static int do_close(int n) { closed = n; return 0; } static int do_read(int n) { reads = n; return 0; } static int stub(int n) { stubs = n; return 0; }
static struct ops table = {do_open, do_close, 0, do_read}, partial = {do_open, 0, 0, 0};
int by_number(int i, int n) { return ((op_t *)&table)[i & 3](n); }
void fill(void) { void **slot = (void **)&partial; for (unsigned i = 0; i < sizeof partial / sizeof *slot; i++) if (!slot[i]) slot[i] = (void *)stub; }
int open(int n) { return partial.open(n); }
int read(int n) { return partial.read(n); }
int get(void) { return cold; }
// CHECK:by_number:
// CHECK-NEXT:ops_walked_as_words.c:closed
// CHECK-NEXT:ops_walked_as_words.c:opened
// CHECK-NEXT:ops_walked_as_words.c:reads
// CHECK-NEXT:end
// CHECK-NEXT:fill:
// CHECK-NEXT:ops_walked_as_words.c:partial.close
// CHECK-NEXT:ops_walked_as_words.c:partial.open
// CHECK-NEXT:ops_walked_as_words.c:partial.owner
// CHECK-NEXT:ops_walked_as_words.c:partial.read
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:open:
// CHECK-NEXT:ops_walked_as_words.c:opened
// CHECK-NEXT:ops_walked_as_words.c:stubs
// CHECK-NEXT:end
// CHECK-NEXT:read:
// CHECK-NEXT:ops_walked_as_words.c:stubs
// CHECK-NEXT:end
