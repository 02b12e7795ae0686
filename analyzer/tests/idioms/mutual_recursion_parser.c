// IDIOM: recursion
// RUN: %may_modify %s | %FileCheck
struct state { const char *at; int depth, errors; }; static struct state st; static long value; static int idle;
static long expr(void);
static long term(void) { if (*st.at == '(') { st.at++; st.depth++; long v = expr(); if (*st.at == ')') st.at++; else st.errors++; return v; } return *st.at++ - '0'; }
static long expr(void) { long v = term(); while (*st.at == '+') { st.at++; v += term(); } return v; }
void eval(const char *s) { st.at = s; value = expr(); }
int get(void) { return idle; }
// CHECK:eval:
// CHECK-NEXT:mutual_recursion_parser.c:st.at
// CHECK-NEXT:mutual_recursion_parser.c:st.depth
// CHECK-NEXT:mutual_recursion_parser.c:st.errors
// CHECK-NEXT:mutual_recursion_parser.c:value
// CHECK-NEXT:end
// CHECK-NEXT:get:
// CHECK-NEXT:end
