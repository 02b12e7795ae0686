// IDIOM: cleanup
// RUN: %may_modify %s | %FileCheck
typedef unsigned long size_t;
void *malloc(size_t); void free(void *);
struct buffer { size_t used; char data[32]; };
static size_t longest; static struct buffer *kept;
static inline void free_buffer(struct buffer **b) { free(*b); }
#define __free __attribute__((cleanup(free_buffer)))
#define no_free_ptr(p) ({ typeof(p) __ptr = (p); (p) = 0; __ptr; })
void measure(const char *s) { struct buffer *b __free = malloc(sizeof *b); if (!b) return; b->used = 0; while (s[b->used]) b->used++; longest = b->used; }
void keep(void) { struct buffer *b __free = malloc(sizeof *b); if (!b) return; b->used = 1; kept = no_free_ptr(b); }
// CHECK:keep:
// CHECK-NEXT:cleanup_free.c:kept
// CHECK-NEXT:struct buffer.used
// CHECK-NEXT:end
// CHECK-NEXT:measure:
// CHECK-NEXT:cleanup_free.c:longest
// CHECK-NEXT:end
