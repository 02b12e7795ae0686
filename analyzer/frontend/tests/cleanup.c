// RUN: %print %s | %FileCheck
// The cleanup attribute calls its function with the variable's address.
void put(void **p);
void *get(void);
void a(void) { void *guard __attribute__((cleanup(put))) = get(); }
// CHECK-LABEL: function a(
// CHECK: %[[V:[0-9]+]] = call get()
// CHECK: %[[A:[0-9]+]] = address a:guard
// CHECK: store %[[A]] <- %[[V]]
// CHECK: call put(%[[A]]) type fn(void**)->void
