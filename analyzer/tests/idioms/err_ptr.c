// IDIOM: err_ptr
// RUN: %may_modify %s | %FileCheck
#define ERR_PTR(e) ((void *)(long)(e))
#define IS_ERR(p) ((unsigned long)(p) >= (unsigned long)-4095)
struct file { int position; };
static struct file open_file; static int fail;
static struct file *get(void) { return fail ? ERR_PTR(-2) : &open_file; }
int seek(void) { struct file *f = get(); if (IS_ERR(f)) return -1; f->position++; return 0; }
// CHECK:seek:
// CHECK-NEXT:err_ptr.c:open_file.position
// CHECK-NEXT:end
