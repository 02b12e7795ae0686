// IDIOM: external_getter
// RUN: %may_modify %s | %FileCheck
/* A getter of the C library's kind that a model knows: no unknown at all. */
typedef unsigned long size_t;
extern size_t strlen(const char *);
extern char *strchr(const char *, int);
static size_t longest;
static char line[64];
void measure(const char *s) { size_t n = strlen(s); if (n > longest) longest = n; }
void cut(void) { char *end = strchr(line, '\n'); if (end) *end = 0; }
// CHECK:cut:
// CHECK-NEXT:external_getter_read_only.c:line[]
// CHECK-NEXT:end
// CHECK-NEXT:measure:
// CHECK-NEXT:external_getter_read_only.c:longest
// CHECK-NEXT:end
