// RUN: rm -rf %t && split-file --leading-lines %s %t && cd %t && %not %check --manifest m.manifest server.c client.c 2>&1 | %FileCheck
// RUN: cd %t && cat m.manifest declarations > declared.manifest && %check --manifest declared.manifest server.c client.c
/* Ways that lead out of a spill-free transaction: a table of functions, a kept argument, an object that outlives it, a static of a header, assembly.
   Beside each the same without a trace. */
// clang-format off
//--- m.manifest
[kernel]
name = ways
source_root = .
[entity server]
path = server.c
contract = spill-free
[entity client]
path = client.c
role = client
[transactions]
entry = by_table
entry = by_other_table
entry = keep
entry = use
entry = allocate
entry = allocate_and_free
entry = by_header
entry = by_constant_of_header
entry = by_assembly
entry = by_assembly_of_client
//--- declarations
[declare server.c:steps]
kind = soft
reason = a test
[declare server.c:kept]
kind = unavoidable
reason = a test
[declare server.c:last]
kind = exempt
reason = a test
[declare struct node.value]
kind = exempt
reason = a test
[declare header.h:next_number:number]
kind = soft
reason = a test
[declare server.c:ticks]
kind = exempt
reason = a test
//--- header.h
    static inline int
    next_number(void) {
    static int number;
    return ++number;
    // CHECK-DAG: header.h:[[#@LINE-1]]: error: 'by_header' of 'server' is spill-free, but may modify 'header.h:next_number:number'
    // [spillscope-may-spill]
}
static inline int first_number(void) {
    static const int number = 7;
    return number;
}
//--- server.c
#include "header.h"
void *malloc(unsigned long);
void free(void *);
struct node {
    int value;
};
static int steps, ticks;
static int *kept;
static struct node *last;
static void count(int *unused) {
    (void)unused;
    steps++;
    // CHECK-DAG: server.c:[[#@LINE-1]]: error: 'by_table' of 'server' is spill-free, but may modify 'server.c:steps' [spillscope-may-spill]
}
static void set(int *to) {
    *to = 1;
}
static void (*const table[])(int *) = {count, set};
static void (*const other_table[])(int *) = {set, set};
void by_table(int which, int *to) {
    table[which & 1](to);
}
void by_other_table(int which, int *to) {
    other_table[which & 1](to);
}
void keep(int *from_client) {
    kept = from_client;
    // CHECK-DAG: server.c:[[#@LINE-1]]: error: 'keep' of 'server' is spill-free, but may modify 'server.c:kept' [spillscope-may-spill]
}
int use(const int *from_client) {
    return *from_client + (kept != 0);
}
void allocate(int value) {
    struct node *node = malloc(sizeof *node);
    node->value = value;
    // CHECK-DAG: server.c:[[#@LINE-1]]: error: 'allocate' of 'server' is spill-free, but may modify 'struct node.value' [spillscope-may-spill]
    last = node;
    // CHECK-DAG: server.c:[[#@LINE-1]]: error: 'allocate' of 'server' is spill-free, but may modify 'server.c:last' [spillscope-may-spill]
}
int allocate_and_free(int value) {
    struct node *node = malloc(sizeof *node);
    node->value = value;
    int result = node->value + (last != 0);
    free(node);
    return result;
}
int by_header(void) {
    return next_number();
}
int by_constant_of_header(void) {
    return first_number();
}
void by_assembly(void) {
    __asm__ volatile("incl %0" : "+m"(ticks));
    // CHECK-DAG: server.c:[[#@LINE-1]]: error: 'by_assembly' of 'server' is spill-free, but may modify 'server.c:ticks' [spillscope-may-spill]
}
void by_assembly_of_client(int *to) {
    __asm__ volatile("incl %0" : "+m"(*to));
}
//--- client.c
void by_table(int, int *), by_other_table(int, int *), keep(int *), allocate(int), by_assembly(void), by_assembly_of_client(int *);
int use(const int *), allocate_and_free(int), by_header(void), by_constant_of_header(void);
int mine;
void run(void) {
    by_table(0, &mine);
    by_other_table(1, &mine);
    keep(&mine);
    allocate(use(&mine));
    by_assembly();
    by_assembly_of_client(&mine);
    mine = allocate_and_free(by_header() + by_constant_of_header());
}
// CHECK: fail: 6 violations
