// RUN: %print %s | %FileCheck
// All statements are lowered; only what a constant condition rules out, and no label leads into, is not.
void yes(int), no(int), wrong_size(void);

void a(int n) {
  if (sizeof(int) == 4) yes(1); else no(1);
  if (n) yes(2); else yes(3);
  while (0) { no(2); }
  do { yes(4); } while (0);
  for (int i = 0; i < n; yes(5), i++) yes(6);
  switch (sizeof(n)) { case 2: no(3); break; case 4: yes(7); break; default: wrong_size(); }
  switch (n) { case 1: yes(8); default: yes(9); }
  (void)(0 && (no(4), 1));
  (void)(1 ? 0 : (no(5), 1));
}
// CHECK-LABEL: function a(
// CHECK-NOT: call no
// CHECK-NOT: wrong_size
// CHECK: call yes(1)
// CHECK: call yes(2)
// CHECK: call yes(3)
// CHECK: call yes(4)
// CHECK: call yes(6)
// CHECK: call yes(5)
// CHECK: call yes(7)
// CHECK: call yes(8)
// CHECK: call yes(9)
// CHECK-NOT: call no

void b(int n) { goto in; if (0) { in: yes(10); } switch (4) { case 1: if (n) { case 4: yes(11); } break; } }
// CHECK-LABEL: function b(
// CHECK: call yes(10)
// CHECK: call yes(11)

void c(int n) { if (__builtin_constant_p(n)) yes(12); else yes(13); }
// CHECK-LABEL: function c(
// CHECK: call yes(12)
// CHECK: call yes(13)

void d(void *p) { static void *labels[] = { &&x, &&y }; goto *labels[1]; x: yes(14); y: yes(15); }
// CHECK-LABEL: function d(
// CHECK: load
// CHECK: call yes(14)
// CHECK: call yes(15)

void e(int n) { switch (sizeof(n)) { case 4: { yes(16); break; } case 8: no(6); } switch (4) { case 4: yes(17); case 5: yes(18); } }
// CHECK-LABEL: function e(
// CHECK: call yes(16)
// CHECK-NOT: call no
// CHECK: call yes(17)
// CHECK: call yes(18)
