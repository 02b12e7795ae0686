// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
/* A skip list: flexible arrays of links, an array of places on the stack that the links of are changed through. */
typedef unsigned long size_t; void *malloc(size_t);
struct node { int key; struct node *next[]; }; struct list { int length; struct node *head[4]; };
static struct list ready, idle;
static void insert(struct list *l, int key, int levels) { struct node **at[4], *n = malloc(sizeof *n + (size_t)levels * sizeof n->next[0]); if (!n) return; n->key = key; for (int i = 3; i >= 0; i--) { struct node **p = &l->head[i]; while (*p && (*p)->key < key) p = &(*p)->next[i]; at[i] = p; } for (int i = 0; i < levels; i++) { n->next[i] = *at[i]; *at[i] = n; } l->length++; }
void make_ready(int key) { insert(&ready, key, 2); }
void rekey(int key) { struct node *n = ready.head[0]; while (n) { n->key = key; n = n->next[0]; } }
int get(void) { return idle.length; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:make_ready:
// CHECK-NEXT:skip_list_levels.c:ready.head[]
// CHECK-NEXT:skip_list_levels.c:ready.length
// CHECK-NEXT:struct node.key
// CHECK-NEXT:struct node.next[]
// CHECK-NEXT:end
// CHECK-NEXT:rekey:
// CHECK-NEXT:struct node.key
// CHECK-NEXT:end
