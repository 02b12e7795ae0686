// RUN: %print %s | %FileCheck
// Names of records, which become state keys.
struct tagged { int a; } x1;
union choice { int a; } x2;
typedef struct { int a; } named_by_typedef; named_by_typedef x3;
typedef struct with_tag { int a; } *pointer_to_tagged; pointer_to_tagged x4;
struct { int a; } x5;
struct opaque; struct opaque *x6;
enum colour { RED } x7; typedef enum colour shade; shade x8; typedef unsigned long word; word x9;
int use(void) { return x1.a + x2.a + x3.a + x4->a + x5.a + (x6 != 0); }
// CHECK-DAG: record struct tagged size 4 @{{.*}}names.c:3:8
// CHECK-DAG: record union choice size 4 union
// CHECK-DAG: record named_by_typedef size 4
// CHECK-DAG: record struct with_tag size 4
// CHECK-DAG: record struct <{{.*}}names.c:7:1> size 4
// CHECK-DAG: record struct opaque size 0 incomplete
// CHECK-DAG: global x7: enum colour
// CHECK-DAG: global x8: enum colour
// CHECK-DAG: global x9: unsigned long
