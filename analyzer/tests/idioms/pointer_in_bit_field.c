// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* A pointer in 48 bits of a word, a tag in the rest. */
struct item { int uses; }; static struct item one, spare;
struct word { unsigned long pointer : 48; unsigned long tag : 16; };
static struct word word;
void pack(unsigned tag) { word.pointer = (unsigned long)&one; word.tag = tag; }
void use(void) { ((struct item *)(unsigned long)word.pointer)->uses++; }
int get(void) { return spare.uses; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:pack:
// CHECK-NEXT:pointer_in_bit_field.c:word.pointer
// CHECK-NEXT:pointer_in_bit_field.c:word.tag
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:pointer_in_bit_field.c:one.uses
// CHECK-NEXT:end
