// IDIOM: generic_setter
// RUN: %may_modify %s | %FileCheck
/* Parameters in a section: each with its setter and the address of what it sets. */
struct param { const char *name; int (*set)(const char *text, const struct param *p); void *arg; };
static int debug, cold; static unsigned long size_limit; static int parse(const char *t) { return t[0] - '0'; }
static int set_int(const char *t, const struct param *p) { *(int *)p->arg = parse(t); return 0; }
static int set_ulong(const char *t, const struct param *p) { *(unsigned long *)p->arg = (unsigned long)parse(t); return 0; }
extern const struct param __start_params[], __stop_params[];
static const struct param debug_param __attribute__((used, section("params"))) = {"debug", set_int, &debug};
static const struct param size_param __attribute__((used, section("params"))) = {"size", set_ulong, &size_limit};
int parse_all(const char *text) { for (const struct param *p = __start_params; p < __stop_params; p++) p->set(text, p); return 0; }
int get(void) { return cold; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:parse_all:
// CHECK-NEXT:generic_setter_param_ops.c:debug
// CHECK-NEXT:generic_setter_param_ops.c:size_limit
// CHECK-NEXT:end
