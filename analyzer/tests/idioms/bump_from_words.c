// IDIOM: allocation
// RUN: %may_modify %s | %FileCheck
/* Records carved out of an array of words. */
typedef unsigned long size_t;
static unsigned long pool[256]; static size_t used; static int cold;
struct node { struct node *next; int value; };
static struct node *head;
static void *take(size_t bytes) { void *p = &pool[used]; used += (bytes + 7) / 8; return p; }
void add(int v) { struct node *n = take(sizeof *n); n->value = v; n->next = head; head = n; }
void change(int v) { for (struct node *n = head; n; n = n->next) n->value = v; }
int get(void) { return cold; }
// CHECK:add:
// CHECK-NEXT:bump_from_words.c:head
// CHECK-NEXT:bump_from_words.c:pool[]
// CHECK-NEXT:bump_from_words.c:used
// CHECK-NEXT:end
// CHECK-NEXT:change:
// CHECK-NEXT:bump_from_words.c:pool[]
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
