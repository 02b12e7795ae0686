// IDIOM: generic_setter
// RUN: %may_modify %s | %FileCheck
/* Options are stored by a table of offsets and kinds, as in a mount option parser; pointers and numbers by one function each. */
struct options { int uid; int gid; long size; struct table *nls; }; struct table { int users; }; static struct options options; static struct table utf8, cold;
static const struct { const char *name; int kind; unsigned offset; } params[] = {{"uid", 0, __builtin_offsetof(struct options, uid)}, {"gid", 0, __builtin_offsetof(struct options, gid)}, {"size", 1, __builtin_offsetof(struct options, size)}};
static void set(struct options *o, int i, long v) { void *p = (char *)o + params[i].offset; if (params[i].kind) *(long *)p = v; else *(int *)p = (int)v; }
void parse(int i, long v) { set(&options, i, v); }
void choose(void) { *(struct table **)((char *)&options + __builtin_offsetof(struct options, nls)) = &utf8; }
void use(void) { options.nls->users++; }
int get(void) { return cold.users; }
// CHECK:choose:
// CHECK-NEXT:offset_table_of_members.c:options.nls
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
// CHECK-NEXT:parse:
// CHECK-NEXT:offset_table_of_members.c:options.gid  [by unknown]
// EXTRA-NEXT:offset_table_of_members.c:options.nls  [by unknown]
// CHECK-NEXT:offset_table_of_members.c:options.size  [by unknown]
// CHECK-NEXT:offset_table_of_members.c:options.uid  [by unknown]
// CHECK-NEXT:unknown: unknown-offset offset_table_of_members.c:options in set
// CHECK-NEXT:end
// CHECK-NEXT:use:
// CHECK-NEXT:offset_table_of_members.c:utf8.users
// CHECK-NEXT:end
