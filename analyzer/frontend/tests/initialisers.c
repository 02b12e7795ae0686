// RUN: %print %s | %FileCheck
// Static initialisers: where pointers stand before the program runs.
struct ops { int (*open)(void); int (*close)(void); };
static int my_open(void) { return 0; }
static int my_close(void) { return 1; }
int shared[8];
struct node { struct node *next; union { long number; void *pointer; } u; const char *name; };

const struct ops table[3] = { [1] = { .close = my_close, .open = my_open } };
struct node head = { .next = &head, .u.pointer = &shared[3], .name = "head" };
long tagged = (long)&shared + 1;
int *range[6] = { [1 ... 3] = shared, [5] = &shared[7] };
struct node *literal = &(struct node){ .next = &head };
void *self = &self;
static int unused_number = 3;
extern const struct ops declared;
int numbers[4] = { 1, 2, 3 };

// CHECK: global table: struct ops[3] defined const
// CHECK: global head: struct node defined @
// CHECK-NOT: unused_number
// CHECK-DAG: init table+16 = &my_open+0
// CHECK-DAG: init table+24 = &my_close+0
// CHECK-DAG: init head+0 = &head+0
// CHECK-DAG: init head+8 = &shared+12
// CHECK-DAG: init head+16 = &literal+0
// CHECK-DAG: init tagged+0 = &shared+1
// CHECK-DAG: init range+8 = &shared+0
// CHECK-DAG: init range+16 = &shared+0
// CHECK-DAG: init range+24 = &shared+0
// CHECK-DAG: init range+40 = &shared+28
// CHECK-DAG: init literal+0 = &.compoundliteral+0
// CHECK-DAG: init self+0 = &self+0
// CHECK-DAG: init .compoundliteral+0 = &head+0
// CHECK-NOT: init numbers
