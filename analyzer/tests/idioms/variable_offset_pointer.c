// RUN: %may_modify %s | %FileCheck
// IDIOM: generic_setter
// A pointer is stored at an offset that is not known: it may lie in any member that is declared as a pointer, in bytes.

struct node {
    int value;
};

struct holder {
    struct node *first;
    unsigned long count;
    void (*notify)(void);
    void *second;
    unsigned char raw[16];
};

static struct holder holder;
static struct node target;

void put(unsigned long offset) {
    *(struct node **)((char *)&holder + offset) = &target;
}

void through_first(void) {
    holder.first->value = 1;
}

void through_second(void) {
    ((struct node *)holder.second)->value = 2;
}

void through_raw(void) {
    (*(struct node **)holder.raw)->value = 3;
}
// CHECK:put:
// CHECK-NEXT:variable_offset_pointer.c:holder.count  [by unknown]
// CHECK-NEXT:variable_offset_pointer.c:holder.first  [by unknown]
// CHECK-NEXT:variable_offset_pointer.c:holder.notify  [by unknown]
// CHECK-NEXT:variable_offset_pointer.c:holder.raw[]  [by unknown]
// CHECK-NEXT:variable_offset_pointer.c:holder.second  [by unknown]
// CHECK-NEXT:unknown: unknown-offset variable_offset_pointer.c:holder in put
// CHECK-NEXT:end
// CHECK:through_first:
// CHECK-NEXT:variable_offset_pointer.c:target.value
// CHECK-NEXT:end
// CHECK:through_raw:
// CHECK-NEXT:variable_offset_pointer.c:target.value
// CHECK-NEXT:end
// CHECK:through_second:
// CHECK-NEXT:variable_offset_pointer.c:target.value
// CHECK-NEXT:end
