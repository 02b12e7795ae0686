// RUN: %print %s | %FileCheck
// A place is where a macro is used, also for what stands in its arguments; #line is not followed.
#define SET(p, v) \
  do { \
    *(p) = (v); \
  } while (0)
int *get(void);
void a(int *x) {
  SET(x, 1);
// CHECK: store %x#0 <- none size 4 type int @[[@LINE-1]]:3
  SET(get(),
      2);
// CHECK: call get() type fn()->int* @[[@LINE-2]]:3
}
#line 1000 "elsewhere.c"
void b(int *x) { *x = 1; }
// CHECK: function b({{.*}}places.c:[[@LINE-1]]:6 to [[@LINE-1]]
