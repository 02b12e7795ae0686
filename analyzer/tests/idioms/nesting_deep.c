// IDIOM: anonymous_members
// RUN: %may_modify %s | %FileCheck
/* Records in records, more than sixty deep: the innermost member is a state like any other. */
#define N(a, b) struct b { int p##b; struct a in; };
struct n0 { int leaf; };
N(n0,n1) N(n1,n2) N(n2,n3) N(n3,n4) N(n4,n5) N(n5,n6) N(n6,n7) N(n7,n8) N(n8,n9)
N(n9,m0) N(m0,m1) N(m1,m2) N(m2,m3) N(m3,m4) N(m4,m5) N(m5,m6) N(m6,m7) N(m7,m8) N(m8,m9)
N(m9,k0) N(k0,k1) N(k1,k2) N(k2,k3) N(k3,k4) N(k4,k5) N(k5,k6) N(k6,k7) N(k7,k8) N(k8,k9)
N(k9,j0) N(j0,j1) N(j1,j2) N(j2,j3) N(j3,j4) N(j4,j5) N(j5,j6) N(j6,j7) N(j7,j8) N(j8,j9)
N(j9,h0) N(h0,h1) N(h1,h2) N(h2,h3) N(h3,h4) N(h4,h5) N(h5,h6) N(h6,h7) N(h7,h8) N(h8,h9)
N(h9,g0) N(g0,g1) N(g1,g2) N(g2,g3) N(g3,g4) N(g4,g5) N(g5,g6) N(g6,g7) N(g7,g8) N(g8,g9)
N(g9,f0) N(f0,f1) N(f1,f2) N(f2,f3) N(f3,f4) N(f4,f5) N(f5,f6) N(f6,f7) N(f7,f8) N(f8,f9)
static struct f9 deep, spare;
static void set(struct n0 *n) { n->leaf = 1; }
void store(void) { set((struct n0 *)((char *)&deep + sizeof deep - sizeof(struct n0))); }
int get(void) { return spare.pf9; }
// CHECK:get:
// CHECK-NEXT:end
// CHECK-NEXT:store:
// CHECK-NEXT:nesting_deep.c:deep.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.in.leaf
// CHECK-NEXT:end
