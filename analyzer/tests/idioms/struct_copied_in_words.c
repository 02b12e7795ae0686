// IDIOM: memcpy_void
// RUN: %may_modify %s | %FileCheck
/* Records are copied by loops over words, and over shorts. */
typedef unsigned long u64; typedef unsigned short u16;
struct pair { struct item *first; struct item *second; }; struct item { int uses; };
static struct item one, two, spare; static struct pair from = {&one, &two}, to, half;
void copy(void) { u64 *d = (u64 *)&to, *s = (u64 *)&from; for (unsigned i = 0; i < sizeof to / 8; i++) d[i] = s[i]; }
void copy_short(void) { u16 *d = (u16 *)&half; const u16 *s = (const u16 *)&from; for (unsigned i = 0; i < sizeof half / 2; i++) *d++ = *s++; }
void use(void) { to.second->uses++; }
void use_half(void) { half.first->uses++; }
int get(void) { return spare.uses; }
// CHECK:copy:
// CHECK-NEXT:struct_copied_in_words.c:to.first
// CHECK-NEXT:struct_copied_in_words.c:to.second
// CHECK-NEXT:end
// CHECK-NEXT:copy_short:
// CHECK-NEXT:struct_copied_in_words.c:half.first
// CHECK-NEXT:struct_copied_in_words.c:half.second  [by unknown]
// EXTRA-NEXT:unknown: unknown-offset struct_copied_in_words.c:half in copy_short
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:use:
// EXTRA-NEXT:struct_copied_in_words.c:one.uses
// CHECK-NEXT:struct_copied_in_words.c:two.uses
// CHECK-NEXT:end
// CHECK-NEXT:use_half:
// CHECK-NEXT:struct_copied_in_words.c:one.uses
// EXTRA-NEXT:struct_copied_in_words.c:two.uses
// CHECK-NEXT:end
