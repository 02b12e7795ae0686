// IDIOM: container_of
// RUN: %may_modify %s | %FileCheck
/* The offset of the link is data: a cache keeps it per type of object (as FreeBSD's uma or Linux's rhashtable do). */
struct node { struct node *next; };
struct params { unsigned long node_offset; unsigned long key_offset; };
struct session { int id; struct node node; int hits; };
static const struct params session_params = {__builtin_offsetof(struct session, node), __builtin_offsetof(struct session, id)};
static struct session first;
static struct node *bucket = &first.node;
static struct { int untouched; } elsewhere;
void rename_all(int id)
{
	for (struct node *n = bucket; n; n = n->next) {
		char *obj = (char *)n - session_params.node_offset;
		*(int *)(obj + session_params.key_offset) = id;
	}
}
int peek(void) { return elsewhere.untouched; }
// CHECK:peek:
// CHECK-NEXT:end
// CHECK-NEXT:rename_all:
// CHECK-NEXT:container_of_variable_offset_table.c:first.id
// CHECK-NEXT:end
