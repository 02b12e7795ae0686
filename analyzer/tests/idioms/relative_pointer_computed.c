// IDIOM: tagged_pointer
// RUN: %may_modify %s | %FileCheck
/* How far a number is from the entry that names it, kept in half a word. */
struct entry { int to; int hits; }; static struct entry entries[2]; static int target, cold;
static void set(struct entry *entry, int *number) { entry->to = (int)((long)number - (long)&entry->to); }
static int *get_to(struct entry *entry) { return (int *)((unsigned long)&entry->to + entry->to); }
void setup(void) { set(&entries[0], &target); }
void use(void) { *get_to(&entries[0]) = 1; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:setup:
// CHECK-NEXT:relative_pointer_computed.c:entries[].to
// CHECK-NEXT:end
// CHECK-NEXT:use:
// EXTRA-NEXT:relative_pointer_computed.c:entries[].hits  [by unknown]
// EXTRA-NEXT:relative_pointer_computed.c:entries[].to  [by unknown]
// CHECK-NEXT:relative_pointer_computed.c:target
// EXTRA-NEXT:unknown: unknown-offset relative_pointer_computed.c:entries in use
// CHECK-NEXT:end
