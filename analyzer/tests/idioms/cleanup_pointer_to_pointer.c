// IDIOM: cleanup
// RUN: %may_modify %s | %FileCheck
/* Cleanup by way of a pointer's address, of an array's, in a loop that is left early; ownership handed over by setting the variable to NULL. */
typedef unsigned long size_t; void *malloc(size_t); void free(void *);
struct buffer { int used; struct lock *lock; }; struct lock { int held; }; static struct lock la, lb, cold; static int dropped; static struct buffer *kept;
static void put_buffer(struct buffer **b) { if (*b) { (*b)->lock->held = 0; dropped++; free(*b); } }
static void unlock_all(struct lock *(*locks)[2]) { for (int i = 0; i < 2; i++) if ((*locks)[i]) (*locks)[i]->held = 0; }
#define auto_buffer __attribute__((cleanup(put_buffer)))
int use(int n) { for (int i = 0; i < n; i++) { auto_buffer struct buffer *b = malloc(sizeof *b); if (!b) return -1; b->lock = &la; b->used = i; if (i == 3) break; } return 0; }
int hand_over(void) { auto_buffer struct buffer *b = malloc(sizeof *b); if (!b) return -1; b->used = 1; b->lock = &lb; kept = b; b = 0; return 0; }
void both(void) { struct lock *locks[2] __attribute__((cleanup(unlock_all))) = {&la, &lb}; locks[0]->held = 1; }
int get(void) { return cold.held; }
// CHECK:both:
// CHECK-NEXT:cleanup_pointer_to_pointer.c:la.held
// CHECK-NEXT:cleanup_pointer_to_pointer.c:lb.held
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:hand_over:
// EXTRA-NEXT:cleanup_pointer_to_pointer.c:dropped
// CHECK-NEXT:cleanup_pointer_to_pointer.c:kept
// EXTRA-NEXT:cleanup_pointer_to_pointer.c:lb.held
// CHECK-NEXT:struct buffer.lock
// CHECK-NEXT:struct buffer.used
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:cleanup_pointer_to_pointer.c:dropped
// CHECK-NEXT:cleanup_pointer_to_pointer.c:la.held
// CHECK-NEXT:end
