// IDIOM: list_links
// RUN: %may_modify %s | %FileCheck
/* IDR: pointers and small integers in one tree of nodes, the lookup gives what the insertion put. */
typedef unsigned long size_t; void *calloc(size_t, size_t);
struct node { int count; void *slots[16]; }; struct idr { struct node *top; int next; };
struct shm { int key; int attached; };
static struct idr shm_idr, sem_idr; static struct shm segment; struct sem { int value; }; static struct sem semaphore;
static int idr_alloc(struct idr *idr, void *p) { if (!idr->top) idr->top = calloc(1, sizeof(struct node)); int id = idr->next++; idr->top->slots[id & 15] = p; idr->top->count++; return id; }
static void *idr_find(struct idr *idr, int id) { return idr->top ? idr->top->slots[id & 15] : 0; }
int shm_create(void) { return idr_alloc(&shm_idr, &segment); }
int sem_create(void) { return idr_alloc(&sem_idr, &semaphore); }
void shm_attach(int id) { struct shm *s = idr_find(&shm_idr, id); if (s) s->attached++; }
void sem_up(int id) { struct sem *s = idr_find(&sem_idr, id); if (s) s->value++; }
// CHECK:sem_create:
// CHECK-NEXT:radix_tree_ids.c:sem_idr.next
// CHECK-NEXT:radix_tree_ids.c:sem_idr.top
// CHECK-NEXT:struct node.count
// CHECK-NEXT:struct node.slots[]
// CHECK-NEXT:end
// CHECK-NEXT:sem_up:
// CHECK-NEXT:radix_tree_ids.c:semaphore.value
// CHECK-NEXT:end
// CHECK-NEXT:shm_attach:
// CHECK-NEXT:radix_tree_ids.c:segment.attached
// CHECK-NEXT:end
// CHECK-NEXT:shm_create:
// CHECK-NEXT:radix_tree_ids.c:shm_idr.next
// CHECK-NEXT:radix_tree_ids.c:shm_idr.top
// CHECK-NEXT:struct node.count
// CHECK-NEXT:struct node.slots[]
// CHECK-NEXT:end
