// IDIOM: anonymous_members
// RUN: %may_modify %s | %FileCheck
enum kind { NUM, STR };
struct value { enum kind kind; union { long num; struct { char *text; int length; }; struct { unsigned char bytes[16]; }; }; int refs; };
static struct value v, w;
void set_num(long n) { v.kind = NUM; v.num = n; }
void set_text(char *s) { v.kind = STR; v.text = s; }
void grab(struct value *unused) { (void)unused; w.refs++; }
int length(void) { return v.length; }
// CHECK:grab:
// CHECK-NEXT:anonymous_members_tagged_union.c:w.refs
// CHECK-NEXT:end
// CHECK-NEXT:length:
// CHECK-NEXT:end
// CHECK-NEXT:set_num:
// CHECK-NEXT:anonymous_members_tagged_union.c:v.kind
// CHECK-NEXT:anonymous_members_tagged_union.c:v.num
// CHECK-NEXT:end
// CHECK-NEXT:set_text:
// CHECK-NEXT:anonymous_members_tagged_union.c:v.kind
// CHECK-NEXT:anonymous_members_tagged_union.c:v.text
// CHECK-NEXT:end
