// IDIOM: alias_weak
// RUN: %may_modify %s | %FileCheck
extern void board_fixup(int *) __attribute__((weak));
static int value, plain;
void setup(void) { if (board_fixup) board_fixup(&value); plain = 1; }
void other(void) { plain = 2; }
// CHECK:other:
// CHECK-NEXT:weak_undefined_tested.c:plain
// CHECK-NEXT:end
// CHECK-NEXT:setup:
// CHECK-NEXT:*  [by unknown]  (2 leaves)
// CHECK-NEXT:weak_undefined_tested.c:plain
// CHECK-NEXT:unknown: outside-call board_fixup in setup
// CHECK-NEXT:end
