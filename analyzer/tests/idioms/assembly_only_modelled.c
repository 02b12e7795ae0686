// IDIOM: assembly_only
// RUN: %may_modify %s | %FileCheck
/* A model says what the assembly does: the C library's memory functions are shipped ones. */
typedef unsigned long size_t;
extern void *memmove(void *, const void *, size_t);
extern void *memset(void *, int, size_t);
struct line { int length; char text[8]; };
static struct line lines[4];
static char message[8];
void scroll(void) { memmove(&lines[0], &lines[1], 3 * sizeof(struct line)); }
void wipe(int i) { memset(lines[i & 3].text, 0, sizeof lines[0].text); }
char *get(void) { return message; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:scroll:
// CHECK-NEXT:assembly_only_modelled.c:lines[].length
// CHECK-NEXT:assembly_only_modelled.c:lines[].text[]
// CHECK-NEXT:end
// CHECK-NEXT:wipe:
// CHECK-NEXT:assembly_only_modelled.c:lines[].text[]
// CHECK-NEXT:end
